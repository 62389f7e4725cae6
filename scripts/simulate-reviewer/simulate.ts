import { copyFileSync, rmSync } from 'node:fs'
import { listOpenCandidates } from '#main/app/annotations/candidates.ts'
import type { App, AppOptions } from '#main/app/create-app.ts'
import { evaluateDetections } from '#main/evaluation/evaluate-detections.ts'
import type { CocoDataset, CocoDetection } from '#main/formats/coco-types.ts'
import { SeededRandom } from '../../tests/support/random.ts'
import { openWithoutModel } from '../open-without-model.ts'
import { scoreOf, Truth, type Counts } from './reviewer.ts'

/** One way of working through a project. */
export interface Way {
  /** 0..1; 0 teaches nothing. */
  readonly weight: number
  readonly order: 'queue' | 'random'
  readonly seed: number
  /** Raises the threshold until no more proposals wait than there did after as many answers. */
  readonly asFewAs?: readonly Point[]
}

export interface Point extends Counts {
  readonly answers: number
  /** COCO's, of the masks that an export would have. */
  readonly ap: number
  /** The same of all that is stored, down to the score floor: no threshold has a say. */
  readonly apOfAll: number
}

/** Answers between two looks at the numbers, and between two lessons. */
export const EVERY = 25

export interface Simulation {
  /** A labelled project; it is copied. */
  readonly source: string
  /** Where the copy lies. */
  readonly copy: string
  readonly truth: CocoDataset
  readonly app: Pick<AppOptions, 'packRoots' | 'resourcesFolder'>
}

/** Answers until nothing waits; images that the truth lacks are left out. */
export async function simulate(
  { source, copy, truth, app: options }: Simulation,
  { weight, order, seed, asFewAs }: Way,
): Promise<Point[]> {
  rmSync(copy, { force: true })
  copyFileSync(source, copy)
  const app = openWithoutModel(copy, options)
  const { project, handlers } = app
  try {
    const names = new Set(truth.images.map(({ file_name }) => file_name))
    const others = [...project.images.iterate()].filter(({ name }) => !names.has(name))
    if (others.length > 0) {
      await handlers['images.remove']({ imageIds: others.map(({ id }) => id) })
    }
    await handlers['teach.set']({ weight, firstImageIds: [] })
    const reviewer = new Truth(project, truth)
    const random = new SeededRandom(seed)
    const points: Point[] = []
    for (let answers = 0; ; answers++) {
      if (answers > 0 && answers % EVERY === 0) await handlers['teach.apply']({ firstImageIds: [] })
      const fewer = asFewAs?.findLast((point) => point.answers <= answers)
      if (fewer && answers % EVERY === 0) await raiseThreshold(app, fewer.waiting)
      const waiting = project.annotations.listWaiting(null, 100_000)
      if (answers % EVERY === 0 || waiting.length === 0) {
        const shown = shownIn(app)
        points.push({
          answers,
          ap: apOf(app, truth, shown),
          apOfAll: apOf(app, truth, [...shown, ...(await openIn(app))]),
          ...(await reviewer.count(app.scorers)),
        })
      }
      if (waiting.length === 0) return points
      const { annotationId, imageId } = order === 'queue' ? waiting[0] : random.pick(waiting)
      const proposal = project.annotations.get(annotationId)
      if (!proposal) throw new Error(`annotation ${annotationId} is missing`)
      const verdict = reviewer.judge(proposal)
      const selection = { imageId, annotationIds: [annotationId] }
      if (verdict.say === 'other') {
        await handlers['annotations.setClass']({ ...selection, classId: verdict.classId })
      } else {
        const state = verdict.say === 'yes' ? 'accepted' : 'rejected'
        await handlers['annotations.setState']({ ...selection, state })
      }
    }
  } finally {
    await app.close()
    rmSync(copy, { force: true })
  }
}

interface Scored {
  readonly imageId: number
  readonly classId: number
  readonly maskHash: string
  readonly score: number
}

const shownIn = ({ project }: App): Scored[] =>
  [...project.images.iterate()].flatMap(({ id }) =>
    project.annotations
      .listForImage(id)
      .filter(({ state }) => state !== 'rejected')
      .map((one) => ({ ...one, score: scoreOf(one) })),
  )

/** What nobody has judged and the threshold does not show. */
async function openIn({ project, scorers }: App): Promise<Scored[]> {
  const open: Scored[] = []
  for (const { id: imageId } of project.images.iterate()) {
    const shown = project.annotations.listForImage(imageId)
    const isShown = (candidateId: number): boolean =>
      shown.some((one) => one.candidateId === candidateId)
    for (const one of await listOpenCandidates(project, scorers, imageId)) {
      if (!isShown(one.candidateId)) open.push({ ...one, imageId })
    }
  }
  return open
}

async function raiseThreshold({ project, handlers }: App, most: number): Promise<void> {
  const scores = project.annotations
    .listWaiting(null, 100_000)
    .map(({ annotationId }) => project.annotations.get(annotationId)?.score ?? 0)
    .sort((a, b) => b - a)
  if (scores.length <= most) return
  await handlers['rescore.all']({
    vocabularyRevision: project.meta.vocabularyRevision(),
    scoring: { threshold: most > 0 ? scores[most - 1] : 1 },
    firstImageIds: [],
  })
}

function apOf({ project }: App, truth: CocoDataset, annotations: readonly Scored[]): number {
  const imageIds = new Map(truth.images.map(({ id, file_name }) => [file_name, id]))
  const categoryIds = new Map(truth.categories.map(({ id, name }) => [name, id]))
  const classes = new Map(project.vocabulary.list().map(({ id, name }) => [id, name]))
  const images = new Map([...project.images.iterate()].map(({ id, name }) => [id, name]))
  const detections = annotations.flatMap(({ imageId, classId, maskHash, score }) => {
    const mask = project.masks.getMany([maskHash]).get(maskHash)
    const image_id = imageIds.get(images.get(imageId) ?? '')
    const category_id = categoryIds.get(classes.get(classId) ?? '')
    if (!mask || image_id === undefined || category_id === undefined) return []
    const segmentation = { size: [mask.height, mask.width] as const, counts: mask.counts }
    return [{ image_id, category_id, score, segmentation } satisfies CocoDetection]
  })
  const input = { groundTruth: truth, detections, iouType: 'segm', useCategories: true } as const
  return evaluateDetections(input).summary.AP
}
