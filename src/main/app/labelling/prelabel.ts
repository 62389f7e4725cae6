import type { CommandInput, ListedJob, StartedJob } from '#shared/contract/commands.ts'
import { LexmaskError, type Failure } from '#shared/contract/errors.ts'
import type { AppEvents } from '#shared/contract/events.ts'
import type { EventHub } from '#shared/contract/event-hub.ts'
import type { ProviderFallback } from '#shared/contract/providers.ts'
import { asksDrawnBoxes, type RegionRecipe } from '#shared/contract/recipes.ts'
import type { ImageRecord, JobRecord } from '#shared/contract/records.ts'
import { diffRecords } from '#shared/history/record-diff.ts'
import type { ImageAnalysis } from '#main/inference/protocol.ts'
import { JobRunner } from '#main/jobs/job-runner.ts'
import type { ClaimedItem } from '#main/storage/job-repository.ts'
import type { ProjectDatabase } from '#main/storage/project-database.ts'
import { fileOfImage } from '../images/add-images.ts'
import { changeBeside } from '../images/change-beside.ts'
import { commitProposals } from '../scoring/commit-proposals.ts'
import { drawnBoxes } from '../scoring/drawn-annotations.ts'
import { packsOfRun, type InferenceService } from '../models/inference-service.ts'
import { factsOf } from '../models/model-facts.ts'
import {
  findSameRegions,
  parametersOfRun,
  type RegionSearch,
  type RunParameters,
} from '../models/run-parameters.ts'
import { StatisticsCollector } from './run-statistics.ts'
import type { Rescoring } from '../scoring/rescoring.ts'
import type { RunScorers } from '../scoring/run-scorers.ts'
import type { ImageScorer } from '../scoring/scoring.ts'

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

interface AnalysedImage {
  readonly analysis: ImageAnalysis
  readonly scorer: ImageScorer
}

/** Auto-labelling: from a selection of images to stored candidates and proposed annotations. */
export class Prelabelling {
  readonly #project: ProjectDatabase
  readonly #inference: InferenceService
  readonly #events: EventHub<AppEvents>
  readonly #scorers: RunScorers
  readonly #rescoring: Rescoring
  readonly #runner: JobRunner<AnalysedImage>
  readonly statistics: StatisticsCollector
  /** The vocabulary changed between an image's scoring and its transaction. */
  #isStale = false

  constructor(
    project: ProjectDatabase,
    inference: InferenceService,
    events: EventHub<AppEvents>,
    scorers: RunScorers,
    rescoring: Rescoring,
  ) {
    this.#project = project
    this.#inference = inference
    this.#events = events
    this.#scorers = scorers
    this.#rescoring = rescoring
    this.statistics = new StatisticsCollector(() => inference.workerMemory())
    this.#runner = new JobRunner(
      project,
      {
        perform: (item) => this.#analyse(item),
        commit: (item, result) => this.#commit(item, result),
        commitFailure: (item, failure) => this.#commitFailure(item, failure),
        endsJob: (failure) => ENDS_JOB.has(failure.code),
        // The images are not at fault: they wait until a person tries again.
        pausesWork: () => inference.hasFailed,
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
    const { classes } = await this.#scorers.report(input.recipe)
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
    this.#work()
    this.#runner.tellJob(created.jobId)
    return { ...created, images: imageIds.length, unservedWords: unserved.map(({ name }) => name) }
  }

  /** Go on with what an earlier session left, and with what is queued. */
  async finished(): Promise<void> {
    await this.#runner.run()
    if (!this.#isStale) return
    this.#isStale = false
    await this.#rescoring.rescore({})
  }

  pause(): Promise<void> {
    return this.#runner.pause()
  }

  /** Goes on with what is queued, also by an earlier session; how many images that are. */
  resume(): number {
    this.#runner.resume()
    this.#work()
    for (const { id } of this.#project.jobs.findResumable()) this.#runner.tellJob(id)
    return this.#project.jobs.countQueued()
  }

  /** @throws LexmaskError NOT_FOUND */
  cancel(jobId: number): JobRecord {
    const { jobs } = this.#project
    this.#project.transaction(() => jobs.cancel(jobId))
    const job = jobs.get(jobId)
    if (!job) throw noSuchJob(jobId)
    this.#runner.tellJob(jobId)
    return job
  }

  /** The newest first. */
  listJobs(): ListedJob[] {
    return this.#project.jobs
      .list()
      .map((job) => ({ ...job, isPaused: this.#runner.isPaused(job) }))
  }

  #work(): void {
    // Whoever waits for the end is told what went wrong; here nobody may be.
    this.finished().catch(() => undefined)
  }

  /** Images whose regions were found as this search would find them. */
  imagesFoundLike(search: RegionSearch): Set<number> {
    // More may have been drawn since.
    if (asksDrawnBoxes(search.regions)) return new Set()
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

  async #analyse(item: ClaimedItem): Promise<AnalysedImage> {
    const image = this.#imageOf(item)
    const parameters = await this.#loadedParameters(runIdOf(item))
    const { recipe, regions } = parameters
    const path = fileOfImage(this.#project.path, image.path)
    this.statistics.imageStarted()
    const drawn = asksDrawnBoxes(regions)
      ? drawnBoxes(this.#project.annotations.listForImage(item.imageId))
      : []
    const order = { recipe, parameters: regions } as RegionRecipe
    const analysis = await this.#inference.analyse(path, order, drawn)
    this.#noteFallbacks(runIdOf(item))
    return { analysis, scorer: await this.#scorers.ofRun(runIdOf(item)) }
  }

  #commit(item: ClaimedItem, { analysis, scorer }: AnalysedImage): () => void {
    const project = this.#project
    const startedAt = performance.now()
    const { width, height, sha256, candidates } = analysis
    project.images.update(item.imageId, { width, height, sha256, error: null })
    // Half of what a region takes in the file, and of no use in another space.
    const { sameTextSpace } = scorer.parameters.facts
    const kept = candidates.map((one) => (sameTextSpace ? one : { ...one, boxHeadVector: null }))
    project.candidates.replaceForImage(item.imageId, runIdOf(item), kept)
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

  #commitFailure({ imageId }: ClaimedItem, { message }: Failure): () => void {
    const before = this.#project.images.get(imageId)
    const after = this.#project.images.update(imageId, { status: 'failed', error: message })
    if (!before || !after) return () => undefined
    const change = changeBeside(this.#project, diffRecords('image', [before], [after]))
    return () => this.#events.emit('records.changed', change)
  }

  /** The models of a run, loaded, and what they say of themselves on record. */
  async #loadedParameters(runId: number): Promise<RunParameters> {
    const run = this.#project.runs.get(runId)
    if (!run) throw new Error(`run ${runId} of an open job is not on record`)
    const parameters = parametersOfRun(run)
    const networks = await this.#inference.load(parameters.models)
    if (run.packs.length > 0) return parameters
    const facts = await factsOf(this.#project, this.#inference, parameters.models, networks)
    const known = { ...run.parameters, facts }
    this.#project.transaction(() => {
      this.#project.runs.setPacks(runId, packsOfRun(networks))
      this.#project.runs.setParameters(runId, known)
    })
    return parametersOfRun({ ...run, parameters: known })
  }

  /** A driver may give up after the first image; what a run says of itself is to stay true. */
  #noteFallbacks(runId: number): void {
    const { networks } = this.#inference
    const run = this.#project.runs.get(runId)
    if (!networks || !run) return
    const packs = packsOfRun(networks)
    const known = new Set(run.packs.flatMap(({ fallbacks = [] }) => fallbacks.map(keyOf)))
    const isNew = packs.some(({ fallbacks = [] }) =>
      fallbacks.some((one) => !known.has(keyOf(one))),
    )
    if (!isNew) return
    this.#project.transaction(() => this.#project.runs.setPacks(runId, packs))
  }

  #imageOf({ imageId }: ClaimedItem): ImageRecord {
    const image = this.#project.images.get(imageId)
    if (image) return image
    throw new LexmaskError('NOT_FOUND', 'The image was removed from the project.', { imageId })
  }
}

const keyOf = ({ provider, role, code }: ProviderFallback): string =>
  JSON.stringify([provider, role, code])

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

export function noSuchJob(jobId: number): LexmaskError {
  return new LexmaskError('NOT_FOUND', 'There is no such job in this project.', { jobId })
}
