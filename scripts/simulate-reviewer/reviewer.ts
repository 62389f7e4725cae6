import type { AnnotationRecord } from '#shared/contract/records.ts'
import { rleFromCocoSegmentation } from '#shared/geometry/coco-segmentation.ts'
import { measureRle, rleIou, type MeasuredRle } from '#shared/geometry/rle-algebra.ts'
import { rleFromCocoString } from '#shared/geometry/rle.ts'
import { listOpenCandidates } from '#main/app/annotations/candidates.ts'
import type { RunScorers } from '#main/app/scoring/run-scorers.ts'
import type { ProjectDatabase } from '#main/storage/project-database.ts'
import type { CocoDataset } from '#main/formats/coco-types.ts'

/** A proposal whose mask covers an object so far is that object. */
const MATCH_IOU = 0.5

/** Proposals under the threshold from here on are ranked behind those that are shown. */
const RANKED_FROM = 0.05

type Judged = Pick<AnnotationRecord, 'classId' | 'maskHash'>

export interface Counts {
  /** Shown annotations that match an object of their class with a mask IoU of 0.5. */
  readonly right: number
  readonly wrong: number
  /** Of all that is shown, what nobody has judged. */
  readonly waiting: number
  /** Average precision at IoU 0.5 of all classes in one ranking, with what is under the threshold. */
  readonly rankedAp: number
}

interface TrueObject {
  readonly classId: number
  readonly mask: MeasuredRle
}

export type Verdict = { readonly say: 'yes' | 'no' } | { readonly say: 'other'; classId: number }

/** The ground truth of a project's images, by their names. */
export class Truth {
  readonly #project: ProjectDatabase
  readonly #objects = new Map<number, readonly TrueObject[]>()
  readonly #masks = new Map<string, MeasuredRle>()

  /** @param truth its categories are the classes of the project, by name */
  constructor(project: ProjectDatabase, truth: CocoDataset) {
    this.#project = project
    const classIds = new Map(project.vocabulary.list().map(({ id, name }) => [name, id]))
    const names = new Map(truth.categories.map(({ id, name }) => [id, name]))
    const sizes = new Map(truth.images.map((image) => [image.id, image]))
    for (const { id, name } of project.images.iterate()) {
      const image = truth.images.find(({ file_name }) => file_name === name)
      const own = truth.annotations.filter((one) => one.image_id === image?.id && !one.iscrowd)
      this.#objects.set(
        id,
        own.flatMap(({ segmentation, image_id, category_id }) => {
          const classId = classIds.get(names.get(category_id) ?? '')
          const size = sizes.get(image_id)
          if (classId === undefined || !size) return []
          return [{ classId, mask: measureRle(rleFromCocoSegmentation(segmentation, size)) }]
        }),
      )
    }
  }

  /** Of a proposal, beside what is accepted in its image already. */
  judge(proposal: AnnotationRecord): Verdict {
    const accepted = this.#project.annotations
      .listForImage(proposal.imageId)
      .filter(({ state }) => state === 'accepted' || state === 'edited')
    const objects = this.#objects.get(proposal.imageId) ?? []
    const taken = new Set<TrueObject>()
    for (const one of accepted) {
      const match = this.#bestMatch(one, objects, taken, (object) => object.classId === one.classId)
      if (match) taken.add(match)
    }
    const isOwn = ({ classId }: TrueObject): boolean => classId === proposal.classId
    if (this.#bestMatch(proposal, objects, taken, isOwn)) return { say: 'yes' }
    const other = this.#bestMatch(proposal, objects, taken, (object) => !isOwn(object))
    return other ? { say: 'other', classId: other.classId } : { say: 'no' }
  }

  /** What is shown now, with what is right in it. */
  async count(scorers: RunScorers): Promise<Counts> {
    let [right, wrong, waiting, objectCount] = [0, 0, 0, 0]
    const ranked: { score: number; isRight: boolean }[] = []
    for (const [imageId, objects] of this.#objects) {
      objectCount += objects.length
      const shown = this.#project.annotations
        .listForImage(imageId)
        .filter(({ state }) => state !== 'rejected')
        .map((one) => ({ ...one, score: scoreOf(one) }))
      waiting += shown.filter(({ state }) => state === 'proposed').length
      const shownCandidates = new Set(shown.map(({ candidateId }) => candidateId))
      const below = (await listOpenCandidates(this.#project, scorers, imageId)).filter(
        ({ candidateId, score }) => score >= RANKED_FROM && !shownCandidates.has(candidateId),
      )
      const taken = new Set<TrueObject>()
      const isHit = (one: Judged): boolean => {
        const match = this.#bestMatch(one, objects, taken, (it) => it.classId === one.classId)
        if (match) taken.add(match)
        return match !== null
      }
      for (const one of shown.sort((a, b) => b.score - a.score)) {
        const isRight = isHit(one)
        if (isRight) right++
        else wrong++
        ranked.push({ score: one.score, isRight })
      }
      for (const one of below.sort((a, b) => b.score - a.score)) {
        ranked.push({ score: one.score, isRight: isHit(one) })
      }
    }
    return { right, wrong, waiting, rankedAp: averagePrecision(ranked, objectCount) }
  }

  #bestMatch(
    annotation: Judged,
    objects: readonly TrueObject[],
    taken: ReadonlySet<TrueObject>,
    isMeant: (object: TrueObject) => boolean,
  ): TrueObject | null {
    let best: { object: TrueObject; iou: number } | null = null
    for (const object of objects) {
      if (taken.has(object) || !isMeant(object)) continue
      const iou = rleIou(this.#maskOf(annotation), object.mask, false)
      if (iou >= MATCH_IOU && iou > (best?.iou ?? 0)) best = { object, iou }
    }
    return best?.object ?? null
  }

  #maskOf({ maskHash }: Judged): MeasuredRle {
    const known = this.#masks.get(maskHash)
    if (known) return known
    const stored = this.#project.masks.getMany([maskHash]).get(maskHash)
    if (!stored) throw new Error(`mask ${maskHash} is missing`)
    const mask = measureRle(rleFromCocoString(stored.counts, stored))
    this.#masks.set(maskHash, mask)
    return mask
  }
}

/** What a person accepted is certain. */
export const scoreOf = ({ state, score }: AnnotationRecord): number =>
  state === 'proposed' ? (score ?? 0) : 1

/** Area under the curve of precision over recall, with precision made monotone. */
function averagePrecision(
  ranked: readonly { readonly score: number; readonly isRight: boolean }[],
  objects: number,
): number {
  const sorted = ranked.toSorted((a, b) => b.score - a.score)
  let found = 0
  const precisions = sorted.flatMap(({ isRight }, i) => {
    if (isRight) found++
    return isRight ? [found / (i + 1)] : []
  })
  let [area, best] = [0, 0]
  for (const precision of precisions.reverse()) {
    best = Math.max(best, precision)
    area += best / objects
  }
  return area
}
