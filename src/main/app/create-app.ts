import { basename, dirname, resolve } from 'node:path'
import type { ProjectInfo } from '#shared/contract/commands.ts'
import type { ProjectHandlers } from '#shared/contract/dispatch.ts'
import { createEventHub } from '#shared/contract/event-hub.ts'
import type { AppEvents } from '#shared/contract/events.ts'
import { writeCoco } from '#main/formats/coco.ts'
import type { FoundPacks } from '#main/packs/find-packs.ts'
import { openProject, type OpenOptions } from '#main/storage/open-project.ts'
import type { ProjectDatabase } from '#main/storage/project-database.ts'
import { annotationHandlers } from './handlers/annotation-handlers.ts'
import type { AppServices } from './handlers/app-services.ts'
import { exportDataset, readCategories, refuseTarget } from './files/export-dataset.ts'
import { SimilarImages, type TakeFingerprint } from './images/find-similar.ts'
import { imageHandlers } from './handlers/image-handlers.ts'
import { InferenceService, type InferenceOptions } from './models/inference-service.ts'
import { labellingHandlers } from './handlers/labelling-handlers.ts'
import { Prelabelling } from './labelling/prelabel.ts'
import { Rescoring } from './scoring/rescoring.ts'
import { promptHandlers } from './handlers/prompt-handlers.ts'
import { RunScorers } from './scoring/run-scorers.ts'
import { FindByPhrase } from './search/find-by-phrase.ts'
import { Search } from './search/search.ts'
import { searchHandlers } from './handlers/search-handlers.ts'
import { TaughtLessons } from './scoring/taught-lessons.ts'
import { Teaching } from './teaching/teaching.ts'
import { teachHandlers } from './handlers/teach-handlers.ts'
import { vocabularyHandlers } from './handlers/vocabulary-handlers.ts'
import { createWordSources } from './words/word-sources.ts'

/** Read when they are needed, not when the project is opened: settings may change them. */
export interface AppOptions {
  readonly projectFile: string
  readonly open: OpenOptions
  readonly packRoots: readonly { readonly folder: string; readonly required: boolean }[]
  /** The product's own, with the lexicon. */
  readonly resourcesFolder: string
  readonly inference: InferenceOptions
  /** Who is at work: the name beside the steps of the history; null for none. */
  readonly reviewerName: string | null
  /** Left out in a shell without a window. */
  readonly snapMask?: AppServices['snapMask']
  /** By the picture process; missing in a shell without one. */
  readonly takeFingerprint?: TakeFingerprint | undefined
  /** Gets what no user can act on, for the log. */
  readonly report: (error: unknown) => void
}

/** The application on one project. It does not know which shell it runs in. */
export interface App extends AppServices {
  readonly handlers: ProjectHandlers
  findPacks(): Promise<FoundPacks>
  /** Looks into the folders of `packRoots` again when packs are asked for next. */
  forgetPacks(): void
  /** Lets the images in work end, then closes the project; once, however often it is asked. */
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
  const lessons = new TaughtLessons(project)
  const scorers = new RunScorers(project, inference, words, lessons)
  const rescoring = new Rescoring(project, scorers, events)
  const teaching = new Teaching(project, scorers, rescoring, lessons, options.report)
  const search = new Search(project, scorers)
  const phrases = new FindByPhrase(project, scorers)
  const similar = new SimilarImages(project, options.takeFingerprint, (progress) =>
    events.emit('duplicates.progress', progress),
  )
  events.subscribe('records.changed', ({ diff }) => teaching.note(diff))
  const prelabelling = new Prelabelling(project, inference, events, scorers, rescoring)
  const tell: AppServices['tell'] = (change) => {
    if (change) events.emit('records.changed', change)
  }
  const reviewerName = (): string | null => options.reviewerName
  const askedPack = (): string | null => options.inference.pack
  const close = async (): Promise<void> => {
    similar.stop()
    await prelabelling.pause()
    await teaching.close()
    await inference.stop()
    project.close()
  }
  let closing: Promise<void> | null = null
  const services = {
    project,
    events,
    words,
    askedPack,
    reviewerName,
    inference,
    scorers,
    rescoring,
    teaching,
    search,
    phrases,
    similar,
    prelabelling,
    tell,
    snapMask: options.snapMask,
  }
  return {
    ...services,
    findPacks: words.packs,
    forgetPacks: () => {
      words.forget()
      scorers.forget()
    },
    handlers: createHandlers(services),
    close: () => (closing ??= close()),
  }
}

function createHandlers(services: AppServices): ProjectHandlers {
  const { project } = services
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
    ...imageHandlers(services),
    ...vocabularyHandlers(services),
    ...labellingHandlers(services),
    ...annotationHandlers(services),
    ...promptHandlers(services),
    ...teachHandlers(services),
    ...searchHandlers(services),
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
