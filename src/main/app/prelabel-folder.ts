import { commands, type CommandRequest, type RecipeChoice } from '#shared/contract/commands.ts'
import type { JobRecord } from '#shared/contract/records.ts'
import type { ServiceReport } from '#shared/vocabulary/service-report.ts'
import type { LoadedNetworks } from '#main/inference/protocol.ts'
import { addImages, type SkippedPath } from './images/add-images.ts'
import type { App } from './create-app.ts'
import { findSameRegions } from './models/run-parameters.ts'

export interface FolderOrder {
  /** Folders and files. */
  readonly paths: readonly string[]
  /** null when the project has this vocabulary already. */
  readonly vocabulary: CommandRequest<'vocabulary.replace'> | null
  readonly recipe: RecipeChoice
  /** Also images that were labelled in this way before. */
  readonly again: boolean
}

export interface FolderOutcome {
  readonly images: number
  /** Found in the same way by an earlier run: only scored again, if the words or thresholds changed. */
  readonly kept: number
  /** Sent through the models and saved. */
  readonly labelled: number
  /** Images of this order that could not be labelled. */
  readonly failed: readonly { readonly name: string; readonly reason: string }[]
  readonly skipped: readonly SkippedPath[]
  /** How the words were served. */
  readonly words: ServiceReport
  readonly unservedWords: readonly string[]
  /** Images that still wait because the work was stopped. */
  readonly waiting: number
  /** What was scored again without a model; null when nothing had to be. */
  readonly rescored: { readonly images: number; readonly ms: number } | null
  /** The job as a whole ended for this reason. */
  readonly error: string | null
}

/** What is known before the first image goes to the model. */
export interface FolderPlan {
  /** null when no image needs a model. */
  readonly networks: LoadedNetworks | null
  /** Images that go to the model. */
  readonly images: number
  /** An earlier call was cut off, and this one goes on where it was. */
  readonly isResumed: boolean
  /** Jobs with other parameters that were cut off, and are given up for this one. */
  readonly abandonedJobs: number
}

export interface FolderListener {
  /** Before any model is loaded. */
  words(report: ServiceReport): void
  /** Before the first image. */
  ready(plan: FolderPlan): void
}

/**
 * Label a folder, or go on where an earlier call was cut off: images whose regions were found in the
 * same way are not sent through the models again, and only scored with the present words.
 *
 * @throws LexmaskError PACK_MISSING before anything is changed; as `addImages`; CLASS_IN_USE
 */
export async function prelabelFolder(
  app: App,
  { paths, vocabulary, recipe, again }: FolderOrder,
  listener: FolderListener,
): Promise<FolderOutcome> {
  const { project, prelabelling, scorers, inference } = app
  const { models } = await inference.modelsFor(recipe.name)
  const search = { recipe: recipe.name, regions: recipe.regions, models } as const
  const { imageIds, skipped } = await addImages(project, paths)
  if (vocabulary) {
    await app.handlers['vocabulary.replace'](commands['vocabulary.replace'].input.parse(vocabulary))
  }

  const words = await scorers.report(recipe)
  listener.words(words)

  const { same, other } = prelabelling.openJobs(search)
  const resumed = !again || areInJobs(app, imageIds, same) ? same : []
  const abandoned = [...other, ...same.filter((job) => !resumed.includes(job))]
  project.transaction(() => abandoned.forEach(({ id }) => project.jobs.cancel(id)))
  const open = new Set(resumed.flatMap(({ id }) => project.jobs.listItems(id, 'queued').map(idOf)))
  const found =
    again && resumed.length === 0 ? new Set<number>() : prelabelling.imagesFoundLike(search)
  const isDone = (id: number): boolean => {
    const image = project.images.get(id)
    // The hash is missing from a file that changed since it was labelled.
    return found.has(id) && image?.status !== 'failed' && image?.sha256 !== null
  }
  const kept = imageIds.filter((id) => !open.has(id) && isDone(id))
  const missing = imageIds.filter((id) => !open.has(id) && !isDone(id))
  const toDo = open.size + missing.length
  listener.ready({
    networks: toDo > 0 ? await inference.load(models) : null,
    images: toDo,
    isResumed: resumed.length > 0,
    abandonedJobs: abandoned.length,
  })

  const rescored = await rescoreIfStale(app, search, recipe)
  const doneBefore = countItems(resumed, 'done')
  const started =
    missing.length === 0
      ? null
      : await prelabelling.start({
          images: { imageIds: missing },
          recipe,
          vocabularyRevision: project.meta.vocabularyRevision(),
          replaceTouched: false,
        })
  await prelabelling.finished()

  const jobIds = [...resumed.map(({ id }) => id), ...(started ? [started.jobId] : [])]
  const jobs = jobIds.flatMap((id) => project.jobs.get(id) ?? [])
  return {
    images: imageIds.length,
    kept: kept.length,
    labelled: countItems(jobs, 'done') - doneBefore,
    failed: [...new Set([...imageIds, ...open])].flatMap((id) => {
      const image = project.images.get(id)
      return image?.status === 'failed' ? [{ name: image.name, reason: image.error ?? '' }] : []
    }),
    skipped,
    words,
    unservedWords: words.classes.flatMap(({ name, way }) => (way === 'unserved' ? name : [])),
    waiting: countItems(jobs, 'queued'),
    rescored,
    error: jobs.find(({ error }) => error !== null)?.error ?? inference.state().error,
  }
}

/** What the last session left unscored counts as well as what changed in this one. */
async function rescoreIfStale(
  { project, rescoring }: App,
  search: Parameters<typeof findSameRegions>[1],
  { scoring }: RecipeChoice,
): Promise<FolderOutcome['rescored']> {
  const runs = rescoring.runsInUse()
  const revision = project.meta.vocabularyRevision()
  const otherwise = runs.filter(
    ({ parameters }) => findSameRegions(parameters, search) && !isSame(parameters.scoring, scoring),
  )
  const isStale = runs.some(({ parameters }) => parameters.scoredRevision !== revision)
  if (otherwise.length === 0 && !isStale) return null
  const startedAt = performance.now()
  const { images } = await rescoring.rescore({
    scoring: otherwise.length > 0 ? scoring : {},
    runIds: otherwise.map(({ id }) => id),
  })
  return { images, ms: Math.round(performance.now() - startedAt) }
}

/** Whether jobs that were cut off are about all of these images. */
function areInJobs(
  { project }: App,
  imageIds: readonly number[],
  jobs: readonly JobRecord[],
): boolean {
  const states = ['queued', 'done', 'failed'] as const
  const covered = new Set(
    jobs.flatMap(({ id }) =>
      states.flatMap((state) => project.jobs.listItems(id, state).map(idOf)),
    ),
  )
  return imageIds.every((id) => covered.has(id))
}

function countItems(jobs: readonly JobRecord[], state: 'done' | 'queued'): number {
  return jobs.reduce((sum, { items }) => sum + items[state], 0)
}

const idOf = ({ imageId }: { readonly imageId: number }): number => imageId

const isSame = (a: object, b: object): boolean =>
  JSON.stringify(Object.entries(a).sort()) === JSON.stringify(Object.entries(b).sort())
