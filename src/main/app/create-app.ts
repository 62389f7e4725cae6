import { basename, dirname, resolve } from 'node:path'
import {
  recipeSchema,
  type ChangeReceipt,
  type HistoryState,
  type ProjectInfo,
} from '#shared/contract/commands.ts'
import type { Handlers } from '#shared/contract/dispatch.ts'
import { LexmaskError } from '#shared/contract/errors.ts'
import { createEventHub, type EventHub } from '#shared/contract/event-hub.ts'
import type { AppEvents } from '#shared/contract/events.ts'
import { writeCoco } from '#main/formats/coco.ts'
import type { FoundPacks } from '#main/packs/find-packs.ts'
import type { CommittedChange } from '#main/storage/history-store.ts'
import { openProject, type OpenOptions } from '#main/storage/open-project.ts'
import type { ProjectDatabase } from '#main/storage/project-database.ts'
import { addImages } from './add-images.ts'
import { deleteAnnotations, receiptOf, setClass, setMask, setState } from './edit-annotations.ts'
import { exportDataset, readCategories, refuseTarget } from './export-dataset.ts'
import { InferenceService, type InferenceOptions } from './inference-service.ts'
import { Prelabelling } from './prelabel.ts'
import { replaceVocabulary } from './replace-vocabulary.ts'
import { reportVocabulary } from './vocabulary-report.ts'
import { createWordSources } from './word-sources.ts'

export interface AppOptions {
  readonly projectFile: string
  readonly open: OpenOptions
  readonly packRoots: readonly { readonly folder: string; readonly required: boolean }[]
  /** The product's own, with the lexicon. */
  readonly resourcesFolder: string
  readonly inference: InferenceOptions
  /** Gets what no user can act on, for the log. */
  readonly report: (error: unknown) => void
}

/** The application on one project. It does not know which shell it runs in. */
export interface App {
  readonly project: ProjectDatabase
  readonly handlers: Handlers
  readonly events: EventHub<AppEvents>
  readonly inference: InferenceService
  readonly prelabelling: Prelabelling
  findPacks(): Promise<FoundPacks>
  /** Lets the images in work end, then closes the project. */
  close(): Promise<void>
}

/** @throws LexmaskError as `openProject` */
export function createApp(options: AppOptions): App {
  const project = openProject(options.projectFile, options.open)
  // Of a process that was killed: what it had in work is to be done again.
  if (!project.isReadOnly) project.transaction(() => project.jobs.requeueRunningItems())
  const events = createEventHub<AppEvents>(options.report)
  const words = createWordSources(options)
  const inference = new InferenceService(options.inference, words.packs, (state) =>
    events.emit('inference.state', state),
  )
  const prelabelling = new Prelabelling(project, inference, events, words)
  return {
    project,
    events,
    inference,
    prelabelling,
    findPacks: words.packs,
    handlers: {
      ...createHandlers(project, prelabelling, inference, events),
      'vocabulary.report': ({ recipe, classes, negatives }) =>
        reportVocabulary(words, {
          recipe,
          vocabulary: classes ? { classes, negatives } : project.vocabulary.get(),
          pack: options.inference.pack,
          crossClassNmsIou: recipeSchema.parse({ name: recipe }).scoring.crossClassNmsIou,
        }),
    },
    close: async () => {
      await prelabelling.pause()
      inference.stop()
      project.close()
    },
  }
}

function createHandlers(
  project: ProjectDatabase,
  prelabelling: Prelabelling,
  inference: InferenceService,
  events: EventHub<AppEvents>,
): Omit<Handlers, 'vocabulary.report'> {
  const tell = (change: CommittedChange | null): ChangeReceipt => {
    if (change) events.emit('records.changed', change)
    return receiptOf(project, change)
  }
  const historyOf = (imageId: number): HistoryState => ({
    undo: project.changes.lastUndoable(imageId),
    redo: project.changes.lastRedoable(imageId),
  })
  return {
    'project.info': () => infoOf(project),
    'project.snapshot': ({ imageIds }) =>
      project.read(() => ({
        revision: project.meta.revision(),
        project: infoOf(project),
        vocabulary: project.vocabulary.get(),
        images: imageIds.flatMap((id) => project.images.get(id) ?? []),
        annotations: imageIds.flatMap((id) => project.annotations.listForImage(id)),
      })),
    'images.list': ({ filter, ...page }) => project.images.list(filter, page),
    'images.add': async ({ paths }) => {
      const { added, known, skipped } = await addImages(project, paths)
      return { added, known, skipped }
    },
    'images.remove': ({ imageIds }) => ({
      removed: project.transaction(() => imageIds.filter((id) => project.images.delete(id)).length),
    }),
    'vocabulary.get': () => project.vocabulary.get(),
    'vocabulary.replace': async (input) => {
      const { vocabulary, changes } = replaceVocabulary(project, input)
      changes.forEach(tell)
      return Promise.resolve(vocabulary)
    },
    'prelabel.start': (input) => prelabelling.start(input),
    'rescore.all': ({ vocabularyRevision, scoring }) => {
      if (vocabularyRevision !== project.meta.vocabularyRevision()) {
        throw new LexmaskError(
          'CONFLICT',
          'The vocabulary was changed in the meantime. Look at it and start again.',
        )
      }
      return prelabelling.rescore(scoring)
    },
    'jobs.list': () => project.jobs.list(),
    'jobs.cancel': ({ jobId }) => {
      project.transaction(() => project.jobs.cancel(jobId))
      const job = project.jobs.get(jobId)
      if (job) return job
      throw new LexmaskError('NOT_FOUND', 'There is no such job in this project.', { jobId })
    },
    'inference.get': () => inference.state(),
    'annotations.list': ({ imageId }) => project.annotations.listForImage(imageId),
    'annotations.update': (input) => tell(setMask(project, input)),
    'annotations.delete': (input) => tell(deleteAnnotations(project, input)),
    'annotations.setClass': (input) => tell(setClass(project, input)),
    'annotations.setState': (input) => tell(setState(project, input)),
    'masks.get': ({ hashes }) => [...project.masks.getMany(hashes).values()],
    'history.get': ({ imageId }) => historyOf(imageId),
    'history.undo': ({ imageId }) => {
      tell(project.transaction(() => project.history.undo(imageId)))
      return historyOf(imageId)
    },
    'history.redo': ({ imageId }) => {
      tell(project.transaction(() => project.history.redo(imageId)))
      return historyOf(imageId)
    },
    'history.undoRun': ({ runId }) => {
      const undoneImageIds: number[] = []
      const conflictingImageIds: number[] = []
      for (const { id } of project.jobs.listForRun(runId)) {
        // Told once they are saved; their number is that of the run's images.
        const changes: CommittedChange[] = []
        const undone = project.transaction(() =>
          project.history.undoJob(id, 'Undo auto-label', (change) => changes.push(change)),
        )
        changes.forEach(tell)
        undoneImageIds.push(...undone.undoneImageIds)
        conflictingImageIds.push(...undone.conflicts.flatMap(({ imageId }) => imageId ?? []))
      }
      return { undoneImageIds, conflictingImageIds }
    },
    'export.coco': async ({ path, states, categoriesFrom, ...options }) => {
      const target = resolve(dirname(project.path), path)
      await refuseTarget(target, project.path)
      const template = categoriesFrom === null ? [] : await readCategories(categoriesFrom)
      const dataset = exportDataset(project, states)
      const { images, annotations, omitted, sharedNames } = await writeCoco(dataset, target, {
        ...options,
        categoriesFrom: template,
        // What did not change is written as it was, byte for byte.
        createdAt: new Date(project.changes.lastMs() ?? Date.now()),
      })
      const categories = dataset.classes.length
      return { path: target, images, annotations, categories, omitted, sharedNames }
    },
  }
}

function countsByClass(project: ProjectDatabase): ProjectInfo['annotationsByClass'] {
  const counts = new Map<number, number>()
  for (const { classId, state, count } of project.annotations.countByClass()) {
    if (state !== 'rejected') counts.set(classId, (counts.get(classId) ?? 0) + count)
  }
  return Array.from(counts, ([classId, count]) => ({ classId, count }))
}

function infoOf(project: ProjectDatabase): ProjectInfo {
  return {
    path: project.path,
    name: basename(project.path, '.lexmask'),
    isReadOnly: project.isReadOnly,
    damage: project.damage,
    revision: project.meta.revision(),
    vocabularyRevision: project.meta.vocabularyRevision(),
    imagesByStatus: project.images.countByStatus(),
    annotationsByClass: countsByClass(project),
  }
}
