import { commands, type CommandRequest, type RecipeChoice } from '#shared/contract/commands.ts'
import type { LoadedNetworks } from '#main/inference/protocol.ts'
import { addImages } from './add-images.ts'
import type { App } from './create-app.ts'
import { parametersOfRun } from './run-parameters.ts'

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
  /** Found in the same way by an earlier run: only scored again. */
  readonly kept: number
  readonly labelled: number
  readonly failed: readonly { readonly name: string; readonly reason: string }[]
  readonly skipped: readonly { readonly path: string; readonly reason: string }[]
  readonly unservedWords: readonly string[]
  /** Images that still wait because the work was stopped. */
  readonly waiting: number
  /** The job as a whole ended for this reason. */
  readonly error: string | null
}

export interface FolderListener {
  /** Before the first image; null when no image needs a model. */
  ready(networks: LoadedNetworks | null, isResumed: boolean, images: number): void
}

/**
 * Label a folder, or go on where an earlier call was cut off: images whose regions were found in the
 * same way are not sent through the models again, and only scored with the present words.
 */
export async function prelabelFolder(
  app: App,
  { paths, vocabulary, recipe, again }: FolderOrder,
  listener: FolderListener,
): Promise<FolderOutcome> {
  const { project, prelabelling, inference } = app
  const { imageIds, skipped } = await addImages(project, paths)
  const isNewVocabulary = vocabulary !== null
  if (vocabulary)
    await app.handlers['vocabulary.replace'](commands['vocabulary.replace'].input.parse(vocabulary))

  const { models } = await inference.modelsFor(recipe.name)
  const wanted = { recipe: recipe.name, regions: recipe.regions, models } as const
  const resumed = again ? null : prelabelling.findResumable(wanted)
  const open = new Set(resumed ? project.jobs.listItems(resumed.id, 'queued').map(idOf) : [])
  const found = again ? new Set<number>() : prelabelling.imagesFoundLike(wanted)
  const isDone = (id: number): boolean => {
    const status = project.images.get(id)?.status
    return found.has(id) && status !== 'new' && status !== 'failed'
  }
  const missing = imageIds.filter((id) => !open.has(id) && !isDone(id))
  const kept = imageIds.filter((id) => !open.has(id) && isDone(id))
  const toDo = open.size + missing.length
  listener.ready(toDo > 0 ? await inference.load(models) : null, resumed !== null, toDo)

  const hasOtherScoring = project.candidates.listRunIds().some((runId) => {
    const run = project.runs.get(runId)
    return run !== null && !isSame(parametersOfRun(run).scoring, recipe.scoring)
  })
  let unservedWords: readonly string[] = []
  if (kept.length + open.size > 0 && (isNewVocabulary || hasOtherScoring)) {
    unservedWords = (await prelabelling.rescore(hasOtherScoring ? recipe.scoring : {}))
      .unservedWords
  }
  const before = new Set(project.jobs.list().map(({ id }) => id))
  if (missing.length > 0) {
    const started = await prelabelling.start({
      images: { imageIds: missing },
      recipe,
      vocabularyRevision: project.meta.vocabularyRevision(),
      replaceTouched: false,
    })
    unservedWords = started.unservedWords
  }
  await prelabelling.finished()

  const jobs = project.jobs.list().filter(({ id }) => !before.has(id) || id === resumed?.id)
  const count = (state: 'done' | 'queued'): number =>
    jobs.reduce((n, job) => n + job.items[state], 0)
  return {
    images: imageIds.length,
    kept: kept.length,
    labelled: count('done'),
    failed: jobs.flatMap(({ id }) =>
      project.jobs.listItems(id, 'failed').map(({ imageId, error }) => ({
        name: project.images.get(imageId)?.name ?? String(imageId),
        reason: error ?? '',
      })),
    ),
    skipped,
    unservedWords,
    waiting: count('queued'),
    error: jobs.find(({ error }) => error !== null)?.error ?? null,
  }
}

const idOf = ({ imageId }: { readonly imageId: number }): number => imageId

const isSame = (a: object, b: object): boolean =>
  JSON.stringify(Object.entries(a).sort()) === JSON.stringify(Object.entries(b).sort())
