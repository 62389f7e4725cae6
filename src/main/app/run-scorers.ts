import type { RecipeChoice } from '#shared/contract/commands.ts'
import type { Vocabulary } from '#shared/contract/records.ts'
import type { ProjectDatabase } from '#main/storage/project-database.ts'
import type { InferenceService } from './inference-service.ts'
import { parametersOfRun, type RunParameters } from './run-parameters.ts'
import { createImageScorer, type ImageScorer, type TextSources } from './scoring.ts'

/** The scorers of the runs on record, for the present vocabulary. */
export class RunScorers {
  readonly #project: ProjectDatabase
  readonly #inference: InferenceService
  readonly #table: () => Promise<TextSources['table']>
  /** By run: all its images use the same until words change. */
  readonly #scorers = new Map<number, { key: string; scorer: Promise<ImageScorer> }>()

  constructor(
    project: ProjectDatabase,
    inference: InferenceService,
    table: () => Promise<TextSources['table']>,
  ) {
    this.#project = project
    this.#inference = inference
    this.#table = table
  }

  /** @throws LexmaskError PACK_MISSING when words were never embedded and no text encoder is there */
  ofRun(runId: number): Promise<ImageScorer> {
    const vocabulary = this.#project.vocabulary.get()
    const key = wordsOf(vocabulary)
    const known = this.#scorers.get(runId)
    const scorer = known?.key === key ? known.scorer : this.#create(runId, vocabulary)
    this.#scorers.set(runId, { key, scorer })
    // What could not be made is tried again the next time: a pack may be there then.
    scorer.catch(() => {
      if (this.#scorers.get(runId)?.scorer === scorer) this.#scorers.delete(runId)
    })
    // Thresholds are applied to what it answers: another one needs no other scorer.
    return scorer.then((made) => ({ ...made, vocabulary }))
  }

  /** After the parameters of runs were changed. */
  forget(): void {
    this.#scorers.clear()
  }

  /** Classes of the vocabulary that nothing here understands in this recipe. */
  async unservedWords({ name, regions, scoring }: RecipeChoice): Promise<readonly string[]> {
    // A text encoder serves every word; without one, what detector and table know is known now.
    if (name === 'crop') return []
    const { models, facts } = await this.#inference.modelsFor(name)
    const unused = { replaceTouched: false, scoredRevision: null }
    const parameters = { recipe: name, regions, scoring, models, facts, ...unused } as RunParameters
    const scorer = await createImageScorer(
      this.#project,
      this.#project.vocabulary.get(),
      parameters,
      await this.#sources(),
    )
    return scorer.unservedWords
  }

  async #create(runId: number, vocabulary: Vocabulary): Promise<ImageScorer> {
    const run = this.#project.runs.get(runId)
    if (!run) throw new Error(`run ${runId} is not on record`)
    const parameters = parametersOfRun(run)
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
      table: await this.#table(),
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
