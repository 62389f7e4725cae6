import { boxIou, type Box } from '#shared/geometry/box.ts'
import { IOU_THRESHOLDS } from './criteria.ts'

/** How many of an image's proposals are looked at, the surest first. */
export const PROPOSAL_COUNTS = [100, 300, 1000] as const

export interface RecallAt {
  /** Proposals an image at most. */
  readonly count: number
  /** Part of the objects that a proposal covers with an IoU of 0.5 or more; -1 without objects. */
  readonly at50: number
  /** Mean over the IoU thresholds 0.5, 0.55, ..., 0.95; -1 without objects. */
  readonly mean: number
}

/**
 * Recall of proposals whatever they are called: the part of the objects that have a box of their own.
 * The pair that overlaps most is taken first, then the best of what is left, so that no box covers two
 * objects and none is covered twice (as the evaluation of box proposals in detectron2).
 */
export class ProposalRecall {
  readonly #covered = PROPOSAL_COUNTS.map(() => IOU_THRESHOLDS.map(() => 0))
  #objects = 0

  /**
   * @param proposals of one image, the surest first
   * @param objects its ground truth without crowds
   */
  add(proposals: readonly Box[], objects: readonly Box[]): void {
    this.#objects += objects.length
    PROPOSAL_COUNTS.forEach((count, c) => {
      for (const iou of coveredIous(proposals.slice(0, count), objects)) {
        IOU_THRESHOLDS.forEach((threshold, t) => {
          if (iou >= threshold) this.#covered[c][t]++
        })
      }
    })
  }

  recalls(): RecallAt[] {
    return PROPOSAL_COUNTS.map((count, c) => {
      if (this.#objects === 0) return { count, at50: -1, mean: -1 }
      const recalls = this.#covered[c].map((covered) => covered / this.#objects)
      const mean = recalls.reduce((sum, recall) => sum + recall, 0) / recalls.length
      return { count, at50: recalls[0], mean }
    })
  }
}

/** IoU of each object with its proposal, for the objects that have one from the lowest threshold on. */
function coveredIous(proposals: readonly Box[], objects: readonly Box[]): number[] {
  const pairs = objects
    .flatMap((object, o) => proposals.map((box, p) => ({ o, p, iou: boxIou(box, object) })))
    .filter(({ iou }) => iou >= IOU_THRESHOLDS[0])
    .sort((a, b) => b.iou - a.iou)
  const objectsTaken = new Set<number>()
  const proposalsTaken = new Set<number>()
  const ious: number[] = []
  for (const { o, p, iou } of pairs) {
    if (objectsTaken.has(o) || proposalsTaken.has(p)) continue
    objectsTaken.add(o)
    proposalsTaken.add(p)
    ious.push(iou)
  }
  return ious
}
