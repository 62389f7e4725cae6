import type { RecipeChoice } from '#shared/contract/commands.ts'
import { isClipRecipe } from '#shared/contract/recipes.ts'
import type { ServiceReport } from '#shared/vocabulary/service-report.ts'
import type { Vocabulary } from '#shared/contract/records.ts'
import type { ProjectDatabase } from '#main/storage/project-database.ts'
import type { InferenceService } from '../models/inference-service.ts'
import { parametersOfRun, type RunParameters } from '../models/run-parameters.ts'
import { createImageScorer, taughtScorer, type ImageScorer, type TextSources } from './scoring.ts'
import type { TaughtLessons } from './taught-lessons.ts'
import { hasClipPack, reportFor } from '../words/vocabulary-report.ts'
import type { WordSources } from '../words/word-sources.ts'

/** The scorers of the runs on record, for the present vocabulary. */
export class RunScorers {
  readonly #project: ProjectDatabase
  readonly #inference: InferenceService
  readonly #words: WordSources
  readonly #lessons: TaughtLessons
  /** By run, or for prompts: all images use the same until words change. */
  readonly #scorers = new Map<number | 'prompts', { key: string; scorer: Promise<ImageScorer> }>()

  constructor(
    project: ProjectDatabase,
    inference: InferenceService,
    words: WordSources,
    lessons: TaughtLessons,
  ) {
    this.#project = project
    this.#inference = inference
    this.#words = words
    this.#lessons = lessons
  }

  /**
   * By words and what answers taught.
   * @throws LexmaskError PACK_MISSING when words were never embedded and no text encoder is there
   */
  async ofRun(runId: number): Promise<ImageScorer> {
    const scorer = await this.untaught(runId)
    const teach = this.#lessons.of(scorer)
    return teach ? taughtScorer(scorer, teach) : scorer
  }

  /** By words alone. @throws LexmaskError as `ofRun` */
  untaught(runId: number): Promise<ImageScorer> {
    return this.#kept(runId, '', (vocabulary) => this.forWords(runId, vocabulary))
  }

  /**
   * For regions that no run found, such as a box that a person drew.
   *
   * @throws LexmaskError as `ofRun`
   */
  forPrompts(parameters: RunParameters): Promise<ImageScorer> {
    return this.#kept('prompts', JSON.stringify(parameters), (vocabulary) =>
      this.#create(parameters, vocabulary),
    )
  }

  #kept(
    owner: number | 'prompts',
    parametersKey: string,
    create: (vocabulary: Vocabulary) => Promise<ImageScorer>,
  ): Promise<ImageScorer> {
    const vocabulary = this.#project.vocabulary.get()
    const key = parametersKey + wordsOf(vocabulary)
    const known = this.#scorers.get(owner)
    const scorer = known?.key === key ? known.scorer : create(vocabulary)
    this.#scorers.set(owner, { key, scorer })
    // What could not be made is tried again the next time: a pack may be there then.
    scorer.catch(() => {
      if (this.#scorers.get(owner)?.scorer === scorer) this.#scorers.delete(owner)
    })
    // Thresholds are applied to what it answers: another one needs no other scorer.
    return scorer.then((made) => ({ ...made, vocabulary }))
  }

  /** By these words alone, whatever the vocabulary is. @throws LexmaskError as `ofRun` */
  async forWords(runId: number, vocabulary: Vocabulary): Promise<ImageScorer> {
    const run = this.#project.runs.get(runId)
    if (!run) throw new Error(`run ${runId} is not on record`)
    return this.#create(parametersOfRun(run), vocabulary)
  }

  /** After the parameters of runs were changed. */
  forget(): void {
    this.#scorers.clear()
  }

  /** How a run of this recipe would serve the present words. */
  async report({ name, scoring }: RecipeChoice): Promise<ServiceReport> {
    const { models, facts } = await this.#inference.modelsFor(name)
    return this.#reportOf(name, models.detector, facts.detectorClasses, scoring)
  }

  /** How scoring again serves the present words, once for each recipe and detector among the runs. */
  async reportsOf(runs: readonly RunParameters[]): Promise<ServiceReport[]> {
    const reports = new Map<string, Promise<ServiceReport>>()
    for (const { recipe, models, facts, scoring } of runs) {
      const key = JSON.stringify([recipe, models.detector, scoring.crossClassNmsIou === 1])
      if (reports.has(key)) continue
      reports.set(key, this.#reportOf(recipe, models.detector, facts.detectorClasses, scoring))
    }
    return Promise.all(reports.values())
  }

  async #reportOf(
    recipe: RecipeChoice['name'],
    pack: string,
    detectorClasses: readonly string[],
    { crossClassNmsIou }: { readonly crossClassNmsIou: number },
  ): Promise<ServiceReport> {
    const found = await this.#words.packs()
    return reportFor(this.#words, found, {
      ...{ recipe, pack, detectorClasses, crossClassNmsIou, packAdvice: null },
      // Words that were embedded once are served also when the pack is gone.
      hasClip: isClipRecipe(recipe) || hasClipPack(found, recipe),
      vocabulary: this.#project.vocabulary.get(),
    })
  }

  async #create(parameters: RunParameters, vocabulary: Vocabulary): Promise<ImageScorer> {
    const sources = await this.#sources()
    return createImageScorer(this.#project, vocabulary, parameters, {
      ...sources,
      embed: async (texts) => {
        await this.#inference.load(parameters.models)
        return sources.embed(texts)
      },
    })
  }

  async #sources(): Promise<TextSources> {
    return {
      table: await this.#words.table(),
      lexicon: await this.#words.lexicon(),
      embed: (texts) => this.#inference.embedTexts(texts),
      regionSpace: (pack) => this.#inference.regionSpace(pack),
    }
  }
}

/** All of a vocabulary that scores depend on. */
function wordsOf({ classes, negatives }: Vocabulary): string {
  const words = classes.map((one) => [one.name, one.synonyms, one.prompts, one.negatives])
  return JSON.stringify([words, negatives])
}
