import { setImmediate } from 'node:timers/promises'
import type {
  CommandInput,
  RecipeChoice,
  RescoreSummary,
  StartedJob,
} from '#shared/contract/commands.ts'
import { LexmaskError, type Failure } from '#shared/contract/errors.ts'
import type { AppEvents } from '#shared/contract/events.ts'
import type { EventHub } from '#shared/contract/event-hub.ts'
import type { RegionRecipe } from '#shared/contract/recipes.ts'
import type { ImageRecord, JobRecord } from '#shared/contract/records.ts'
import type { ServiceReport } from '#shared/vocabulary/service-report.ts'
import { recordsOfKind, updatesOfKind } from '#shared/history/record-diff.ts'
import type { ImageAnalysis } from '#main/inference/protocol.ts'
import { JobRunner } from '#main/jobs/job-runner.ts'
import type { ClaimedItem } from '#main/storage/job-repository.ts'
import type { ProjectDatabase } from '#main/storage/project-database.ts'
import { fileOfImage } from './add-images.ts'
import { commitProposals } from './commit-proposals.ts'
import { packsOfRun, type InferenceService } from './inference-service.ts'
import {
  findSameRegions,
  parametersOfRun,
  refuseUnscored,
  withScoring,
  type RegionSearch,
  type RunParameters,
} from './run-parameters.ts'
import { StatisticsCollector } from './run-statistics.ts'
import { createImageScorer, type ImageScorer, type TextSources } from './scoring.ts'
import { hasClipPack, reportFor } from './vocabulary-report.ts'
import type { WordSources } from './word-sources.ts'

/** Ends of the inference or storage side that no other image would escape. */
const ENDS_JOB = new Set<Failure['code']>([
  'PACK_MISSING',
  'PACK_INVALID',
  'MODEL_UNREADABLE',
  'DISK_FULL',
  'PROJECT_READ_ONLY',
  'STORAGE_FAILED',
])

const LABEL_OF_RUN = 'Auto-label'
const LABEL_OF_RESCORE = 'Re-score'

/** Images in one transaction: each waits for the disk, and all of it for the memory. */
const RESCORED_AT_ONCE = 32

interface AnalysedImage {
  readonly analysis: ImageAnalysis
  readonly scorer: ImageScorer
}

/** Auto-labelling: from a selection of images to stored candidates and proposed annotations. */
export class Prelabelling {
  readonly #project: ProjectDatabase
  readonly #inference: InferenceService
  readonly #events: EventHub<AppEvents>
  readonly #words: WordSources
  readonly #runner: JobRunner<AnalysedImage>
  readonly statistics: StatisticsCollector
  /** One at a time: all images of a run use the same until the vocabulary changes. */
  #scorer: { readonly key: string; readonly scorer: Promise<ImageScorer> } | null = null
  /** The vocabulary changed between an image's scoring and its transaction. */
  #isStale = false

  constructor(
    project: ProjectDatabase,
    inference: InferenceService,
    events: EventHub<AppEvents>,
    words: WordSources,
  ) {
    this.#project = project
    this.#inference = inference
    this.#events = events
    this.#words = words
    this.statistics = new StatisticsCollector(() => inference.workerMemory())
    this.#runner = new JobRunner(
      project,
      {
        perform: (item) => this.#analyse(item),
        commit: (item, result) => this.#commit(item, result),
        commitFailure: (item, failure) => {
          project.images.update(item.imageId, { status: 'failed', error: failure.message })
        },
        endsJob: (failure) => ENDS_JOB.has(failure.code) || inference.hasFailed,
      },
      (progress) => events.emit('job.progress', progress),
    )
  }

  /** Writes the job and answers; `finished` resolves when nothing is queued any more. */
  async start(input: CommandInput<'prelabel.start'>): Promise<StartedJob> {
    const project = this.#project
    const vocabulary = project.vocabulary.get()
    if (vocabulary.revision !== input.vocabularyRevision) throw vocabularyChanged()
    if (vocabulary.classes.length === 0) {
      throw new LexmaskError(
        'INVALID_INPUT',
        'The vocabulary is empty. Add the words that you want to find first.',
      )
    }
    const { models, facts } = await this.#inference.modelsFor(input.recipe.name)
    const { name: recipe, regions, scoring } = input.recipe
    const { replaceTouched } = input
    const scoredRevision = vocabulary.revision
    const stored = { regions, scoring, models, facts, replaceTouched, scoredRevision }
    const imageIds =
      'imageIds' in input.images
        ? input.images.imageIds
        : project.images.listIds(input.images.filter)
    const { classes } = await this.report(input.recipe)
    const unserved = classes.filter(({ way }) => way === 'unserved')
    const created = project.transaction(() => {
      const runId = project.runs.insert({
        recipe,
        parameters: stored,
        packs: [],
        vocabulary,
        createdMs: Date.now(),
      })
      const jobId = project.jobs.create({
        runId,
        kind: 'prelabel',
        createdMs: Date.now(),
        imageIds,
      })
      return { runId, jobId }
    })
    // Whoever waits for the end is told what went wrong; here nobody may be.
    this.finished().catch(() => undefined)
    return { ...created, images: imageIds.length, unservedWords: unserved.map(({ name }) => name) }
  }

  /** Go on with what an earlier session left, and with what is queued. */
  async finished(): Promise<void> {
    await this.#runner.run()
    if (!this.#isStale) return
    this.#isStale = false
    await this.rescore({})
  }

  pause(): Promise<void> {
    return this.#runner.pause()
  }

  /** Images whose regions were found as this search would find them. */
  imagesFoundLike(search: RegionSearch): Set<number> {
    const same = new Map<number, boolean>()
    const found = new Set<number>()
    for (const { imageId, runId } of [...this.#project.jobs.lastRuns()]) {
      if (!same.has(runId)) {
        const run = this.#project.runs.get(runId)
        const known = run && parametersOfRun(run)
        same.set(runId, known !== null && findSameRegions(known, search))
      }
      if (same.get(runId)) found.add(imageId)
    }
    return found
  }

  /** The open jobs of earlier sessions: those that would do just this, and the others. */
  openJobs(search: RegionSearch): { same: JobRecord[]; other: JobRecord[] } {
    const isSame = ({ runId }: JobRecord): boolean => {
      const run = runId === null ? null : this.#project.runs.get(runId)
      return run !== null && findSameRegions(parametersOfRun(run), search)
    }
    const open = this.#project.jobs.findResumable()
    return { same: open.filter(isSame), other: open.filter((job) => !isSame(job)) }
  }

  /** Runs that found the regions that the project has now, or are about to find more. */
  runsInUse(): { readonly id: number; readonly parameters: RunParameters }[] {
    const { candidates, jobs, runs } = this.#project
    const open = jobs.findResumable().flatMap(({ runId }) => runId ?? [])
    return [...new Set([...candidates.listRunIds(), ...open])].flatMap((id) => {
      const run = runs.get(id)
      return run ? [{ id, parameters: parametersOfRun(run) }] : []
    })
  }

  /**
   * Whether `rescore` would take these parameters.
   * @throws LexmaskError INVALID_INPUT
   */
  assertScoring(scoring: Readonly<Record<string, unknown>>): void {
    const runs = this.runsInUse()
    if (runs.length === 0) return
    const recipes = runs.map(({ parameters }) => parameters.recipe)
    refuseUnscored(scoring, recipes)
    for (const { parameters } of runs) withScoring(parameters, scoring)
  }

  /**
   * Score what is stored with the present vocabulary; no model runs. Images that a person has
   * finished are left alone.
   *
   * @param scoring replaces these parameters in the runs on record
   * @param runIds only in these runs; all, if not given
   * @throws LexmaskError INVALID_INPUT for a parameter that scoring does not have; nothing was changed
   */
  async rescore(
    scoring: Readonly<Record<string, unknown>>,
    runIds?: readonly number[],
  ): Promise<RescoreSummary> {
    const project = this.#project
    this.#changeScoring(scoring, runIds)
    const revision = project.meta.vocabularyRevision()
    const scorers = new Map<number, ImageScorer>()
    for (const runId of project.candidates.listRunIds())
      scorers.set(runId, await this.#scorerOfRun(runId))
    const summary = { images: 0, added: 0, updated: 0, removed: 0 }
    for (const batch of batchesOf(project.candidates.iterateByImage(), RESCORED_AT_ONCE)) {
      const committed = project.transaction(() =>
        batch.flatMap(({ imageId, candidates }) => {
          const scorer = scorers.get(candidates[0].runId)
          if (!scorer || project.images.get(imageId)?.status === 'reviewed') return []
          return commitProposals(project, imageId, candidates, scorer, {
            label: LABEL_OF_RESCORE,
            jobId: null,
            merge: true,
            replaceTouched: false,
          })
        }),
      )
      for (const { change, diff } of committed) {
        summary.images++
        summary.added += recordsOfKind(diff.added, 'annotation').length
        summary.updated += updatesOfKind(diff.updated, 'annotation').length
        summary.removed += recordsOfKind(diff.removed, 'annotation').length
        if (change) this.#events.emit('records.changed', change)
      }
      // Others want to be served in between.
      await setImmediate()
    }
    this.#noteScored(revision)
    const unserved = [...scorers.values()].flatMap((scorer) => scorer.unservedWords)
    return { ...summary, unservedWords: [...new Set(unserved)] }
  }

  #changeScoring(
    changes: Readonly<Record<string, unknown>>,
    runIds: readonly number[] | undefined,
  ): void {
    if (Object.keys(changes).length === 0) return
    this.assertScoring(changes)
    this.#project.transaction(() => {
      for (const { id, parameters } of this.runsInUse()) {
        if (runIds && !runIds.includes(id)) continue
        this.#setParameters(id, { ...withScoring(parameters, changes), scoredRevision: null })
      }
    })
    this.#scorer = null
  }

  #noteScored(revision: number): void {
    this.#project.transaction(() => {
      for (const { id, parameters } of this.runsInUse()) {
        this.#setParameters(id, { ...parameters, scoredRevision: revision })
      }
    })
  }

  #setParameters(runId: number, parameters: RunParameters): void {
    const { regions, scoring, models, facts, replaceTouched, scoredRevision } = parameters
    const stored = { regions, scoring, models, facts, replaceTouched, scoredRevision }
    this.#project.runs.setParameters(runId, stored)
  }

  /** How a run of this recipe would serve the present words. */
  async report({ name, scoring }: RecipeChoice): Promise<ServiceReport> {
    const { models, facts } = await this.#inference.modelsFor(name)
    return this.#reportOf(name, models.detector, facts.detectorClasses, scoring)
  }

  /**
   * How scoring again serves the present words, once for each recipe and detector among the runs.
   *
   * @param scoring as for `rescore`
   */
  async reportsOfRuns(scoring: Readonly<Record<string, unknown>>): Promise<ServiceReport[]> {
    const reports = new Map<string, Promise<ServiceReport>>()
    for (const { parameters } of this.runsInUse()) {
      const { recipe, models, facts, scoring: own } = withScoring(parameters, scoring)
      const key = JSON.stringify([recipe, models.detector, own.crossClassNmsIou === 1])
      if (reports.has(key)) continue
      reports.set(key, this.#reportOf(recipe, models.detector, facts.detectorClasses, own))
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
      hasClip: recipe === 'crop' || hasClipPack(found),
      vocabulary: this.#project.vocabulary.get(),
    })
  }

  async #analyse(item: ClaimedItem): Promise<AnalysedImage> {
    const image = this.#imageOf(item)
    const parameters = await this.#loadedParameters(runIdOf(item))
    const { recipe, regions } = parameters
    const path = fileOfImage(this.#project.path, image.path)
    this.statistics.imageStarted()
    const analysis = await this.#inference.analyse(path, {
      recipe,
      parameters: regions,
    } as RegionRecipe)
    return { analysis, scorer: await this.#scorerOfRun(runIdOf(item)) }
  }

  #commit(item: ClaimedItem, { analysis, scorer }: AnalysedImage): () => void {
    const project = this.#project
    const startedAt = performance.now()
    const { width, height, sha256, candidates } = analysis
    project.images.update(item.imageId, { width, height, sha256, error: null })
    project.candidates.replaceForImage(item.imageId, runIdOf(item), candidates)
    const stored = project.candidates.listForImage(item.imageId)
    const { change } = commitProposals(project, item.imageId, stored, scorer, {
      label: LABEL_OF_RUN,
      jobId: item.jobId,
      merge: false,
      replaceTouched: scorer.parameters.replaceTouched,
    })
    this.#isStale ||= scorer.vocabulary.revision !== project.meta.vocabularyRevision()
    return () => {
      this.statistics.imageSaved(analysis, performance.now() - startedAt)
      if (change) this.#events.emit('records.changed', change)
    }
  }

  /** The models of a run, loaded, and what they say of themselves on record. */
  async #loadedParameters(runId: number): Promise<RunParameters> {
    const run = this.#project.runs.get(runId)
    if (!run) throw new Error(`run ${runId} of an open job is not on record`)
    const parameters = parametersOfRun(run)
    const networks = await this.#inference.load(parameters.models)
    if (run.packs.length > 0) return parameters
    const facts = { detectorClasses: networks.detectorClasses, clip: networks.clip }
    const known = { ...run.parameters, facts }
    this.#project.transaction(() => {
      this.#project.runs.setPacks(runId, packsOfRun(networks))
      this.#project.runs.setParameters(runId, known)
    })
    return parametersOfRun({ ...run, parameters: known })
  }

  #scorerOfRun(runId: number): Promise<ImageScorer> {
    const vocabulary = this.#project.vocabulary.get()
    const key = `${runId} ${vocabulary.revision}`
    if (this.#scorer?.key === key) return this.#scorer.scorer
    const run = this.#project.runs.get(runId)
    if (!run) throw new Error(`run ${runId} is not on record`)
    const parameters = parametersOfRun(run)
    const scorer = this.#sources().then((sources) =>
      createImageScorer(this.#project, vocabulary, parameters, {
        ...sources,
        embed: async (texts) => {
          await this.#inference.load(parameters.models)
          return sources.embed(texts)
        },
      }),
    )
    this.#scorer = { key, scorer }
    return scorer
  }

  async #sources(): Promise<TextSources> {
    return {
      table: await this.#words.table(),
      lexicon: await this.#words.lexicon(),
      embed: (texts) => this.#inference.embedTexts(texts),
      regionSpace: (pack) => this.#inference.regionSpace(pack),
    }
  }

  #imageOf({ imageId }: ClaimedItem): ImageRecord {
    const image = this.#project.images.get(imageId)
    if (image) return image
    throw new LexmaskError('NOT_FOUND', 'The image was removed from the project.', { imageId })
  }
}

function* batchesOf<T>(items: Iterable<T>, size: number): Generator<T[]> {
  let batch: T[] = []
  for (const item of items) {
    batch.push(item)
    if (batch.length < size) continue
    yield batch
    batch = []
  }
  if (batch.length > 0) yield batch
}

function runIdOf({ runId }: ClaimedItem): number {
  if (runId === null) throw new Error('an item of a prelabel job has a run')
  return runId
}

function vocabularyChanged(): LexmaskError {
  return new LexmaskError(
    'CONFLICT',
    'The vocabulary was changed in the meantime. Look at it and start again.',
  )
}
