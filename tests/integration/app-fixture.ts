import { onTestFinished } from 'vitest'
import { commands } from '#shared/contract/commands.ts'
import type { CommandName, CommandOutput, CommandRequest } from '#shared/contract/commands.ts'
import { dispatch } from '#shared/contract/dispatch.ts'
import { errorOfFailure } from '#shared/contract/errors.ts'
import type { AppEvents, RecordsChanged } from '#shared/contract/events.ts'
import { detectorRegionsSchema, detectorScoringSchema } from '#shared/contract/recipes.ts'
import type { Box } from '#shared/geometry/box.ts'
import { createApp, type App, type AppOptions } from '#main/app/create-app.ts'
import type { LaunchWorker } from '#main/inference/worker-process.ts'
import type { ProjectDatabase } from '#main/storage/project-database.ts'
import type { Candidate } from '#main/vision/candidate.ts'
import {
  candidateAt,
  classDraft,
  imageDraft,
  temporaryPath,
  writeVocabulary,
} from './storage-fixture.ts'
import { resourcesFolder } from '../support/lexicon.ts'

export const DETECTOR_CLASSES = ['bus', 'tram', 'car'] as const
export type DetectorClass = (typeof DETECTOR_CLASSES)[number]

export interface Bench {
  readonly app: App
  readonly project: ProjectDatabase
  readonly imageIds: readonly number[]
  /** As a window would ask; a failure is thrown. */
  readonly request: <Name extends CommandName>(
    name: Name,
    input?: CommandRequest<Name>,
  ) => Promise<CommandOutput<Name>>
  /** Every `records.changed`, as they come. */
  readonly changes: RecordsChanged[]
  readonly progress: AppEvents['job.progress'][]
}

export interface BenchOptions {
  readonly path?: string
  readonly words?: readonly string[]
  readonly launch?: LaunchWorker
  readonly packFolder?: string
  readonly graph?: 'regions' | 'detections'
  readonly snapMask?: AppOptions['snapMask']
  /** By its name; the first that is found otherwise. */
  readonly pack?: string
}

/** A region that the detector calls so with these probabilities, the first by its own class. */
export function regionOf(
  posterior: readonly (readonly [DetectorClass, number])[],
  { at = 0, box = [at * 20, 0, at * 20 + 10, 10] }: { at?: number; box?: Box } = {},
): Candidate {
  const classes = posterior.map(([name]) => DETECTOR_CLASSES.indexOf(name))
  return {
    // Masks two pixels high that do not touch.
    ...candidateAt(at * 6),
    box,
    detectorClass: classes[0],
    posterior: {
      classes: Uint16Array.from(classes),
      probabilities: Float32Array.from(posterior, ([, p]) => p),
    },
    vector: null,
  }
}

/** The application on a project file; closed with the test. */
export function openApp(
  path: string,
  { launch, packFolder, graph, pack, snapMask }: BenchOptions = {},
): Bench {
  const app = createApp({
    projectFile: path,
    open: { create: true },
    resourcesFolder,
    reviewerName: 'Anna',
    packRoots: packFolder === undefined ? [] : [{ folder: packFolder, required: true }],
    inference: {
      launch: launch ?? unexpectedLaunch,
      ...{ pack: pack ?? null, precision: null, graph: graph ?? null, provider: 'cpu', threads: 0 },
      maxPixels: 2 ** 28,
    },
    ...(snapMask ? { snapMask } : {}),
    report: (error) => {
      throw error
    },
  })
  onTestFinished(() => app.close())
  const changes: RecordsChanged[] = []
  const progress: AppEvents['job.progress'][] = []
  app.events.subscribe('records.changed', (change) => changes.push(change))
  app.events.subscribe('job.progress', (event) => progress.push(event))
  return {
    app,
    project: app.project,
    imageIds: app.project.images.listIds({}, 'added'),
    changes,
    progress,
    request: async (name, input) => {
      const reply = await dispatch(app.handlers, name, input ?? {})
      if (!reply.ok) throw errorOfFailure(reply.error)
      return reply.data as CommandOutput<typeof name>
    },
  }
}

/** A project of images with these stored regions, which were scored once for the words. */
export async function openLabelled(
  regions: readonly (readonly Candidate[])[],
  { path = temporaryPath(), words = ['bus', 'tram'], ...options }: BenchOptions = {},
): Promise<Bench> {
  const first = openApp(path, options)
  const { project } = first
  const runId = project.transaction(() => {
    writeVocabulary(project, { classes: words.map((word) => classDraft(word)), negatives: [] })
    return project.runs.insert({
      recipe: 'detector',
      parameters: {
        regions: detectorRegionsSchema.parse({}),
        scoring: detectorScoringSchema.parse({}),
        models: { detector: 'fake', graph: 'regions', precision: 'int8', clip: null },
        facts: { detectorClasses: [...DETECTOR_CLASSES], clip: null },
        replaceTouched: false,
        scoredRevision: null,
      },
      packs: [],
      vocabulary: project.vocabulary.get(),
      createdMs: 1,
    })
  })
  const imageIds = project.transaction(() =>
    regions.map((candidates, n) => {
      const name = `image-${String(n).padStart(4, '0')}.jpg`
      const [image] = project.images.insertMany([imageDraft(name)]).added
      project.candidates.replaceForImage(image.id, runId, candidates)
      return image.id
    }),
  )
  await first.app.rescoring.rescore({})
  first.changes.length = 0
  return { ...first, imageIds }
}

/** The present vocabulary as an edit of it begins. */
export async function editVocabulary(
  { request }: Bench,
  edit: (
    input: CommandRequest<'vocabulary.replace'>,
  ) => Partial<CommandRequest<'vocabulary.replace'>>,
): Promise<CommandOutput<'vocabulary.replace'>> {
  const { revision, classes, negatives } = await request('vocabulary.get')
  const input = commands['vocabulary.replace'].input.parse({
    revision,
    negatives,
    classes: classes.map(
      ({ id, name, synonyms, prompts, negatives: ofClass, threshold, colour }) => ({
        ...{ id, name, synonyms, prompts, negatives: ofClass, threshold, colour },
      }),
    ),
  })
  return request('vocabulary.replace', { ...input, ...edit(input) })
}

export async function rescore(
  { request }: Bench,
  more: Partial<CommandRequest<'rescore.all'>> = {},
): Promise<CommandOutput<'rescore.all'>> {
  const { revision } = await request('vocabulary.get')
  return request('rescore.all', { vocabularyRevision: revision, ...more })
}

function unexpectedLaunch(): never {
  throw new Error('No model is needed here.')
}
