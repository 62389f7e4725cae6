import type { Box } from '#shared/geometry/box.ts'
import type { Size } from '#shared/geometry/size.ts'
import type { SpatialWord } from '#shared/vocabulary/referring.ts'

/** One object of the kind that a phrase names. */
export interface Instance {
  /** In pixels of the image. */
  readonly box: Box
  /** That it is of this kind, 0..1. */
  readonly score: number
  /** That the rest of the phrase is true of it, 0..1; null when nobody can say. */
  readonly attribute: number | null
}

export interface Places {
  readonly spatial: readonly SpatialWord[]
  /** Boxes of what it is to be near to; null when the phrase names nothing. */
  readonly near: readonly Box[] | null
}

/** How fast a place counts less, by the share of the image's side between it and the very one. */
const SHARPNESS = 8
/** Of an instance that is not the one of its rank. */
const OTHER_RANK = 0.05

/**
 * Weights of the instances, each 0..1: √score · attribute · the prior of each spatial word. The prior of
 * "left" is exp(−8 d), d being the distance of the box's centre from the leftmost centre in widths of
 * the image: of two that stand side by side the more certain one wins. "largest" is the area as a
 * share of the largest, "middle" takes distances from the image's centre and "near" those between
 * boxes, in diagonals. With a rank ("second from the left") only the one of that rank keeps 1.
 * A prior of ours; nothing of it was learnt.
 *
 * @param image size of the oriented image
 */
export function referringWeights(
  instances: readonly Instance[],
  { spatial, near }: Places,
  image: Size,
): number[] {
  const priors = [
    ...spatial.map(({ kind, rank }) => priorOf(distancesFor(kind, instances, image), rank)),
    ...(near === null || near.length === 0
      ? []
      : [priorOf(instances.map(({ box }) => nearest(box, near, image)))]),
  ]
  return instances.map(({ score, attribute }, i) =>
    priors.reduce((weight, prior) => weight * prior[i], Math.sqrt(score) * (attribute ?? 1)),
  )
}

/** 1 for the first in the order of a spatial word. */
export function rankAmong(
  kind: SpatialWord['kind'],
  instances: readonly Pick<Instance, 'box'>[],
  at: number,
  image: Size,
): number {
  const distances = distancesFor(kind, instances, image)
  return 1 + distances.filter((distance) => distance < distances[at]).length
}

/** From the very one of a kind, 0 for itself; exp(−8 d) is the prior. */
function distancesFor(
  kind: SpatialWord['kind'],
  instances: readonly Pick<Instance, 'box'>[],
  { width, height }: Size,
): number[] {
  const centres = instances.map(({ box: [x1, y1, x2, y2] }) => [(x1 + x2) / 2, (y1 + y2) / 2])
  const from = (values: readonly number[]): number[] => {
    const least = Math.min(...values)
    return values.map((value) => value - least)
  }
  switch (kind) {
    case 'left':
      return from(centres.map(([x]) => x / width))
    case 'right':
      return from(centres.map(([x]) => -x / width))
    case 'top':
      return from(centres.map(([, y]) => y / height))
    case 'bottom':
      return from(centres.map(([, y]) => -y / height))
    case 'middle': {
      const diagonal = Math.hypot(width, height)
      return from(centres.map(([x, y]) => Math.hypot(x - width / 2, y - height / 2) / diagonal))
    }
    case 'largest':
      return from(instances.map(({ box }) => -Math.log(areaOf(box)) / SHARPNESS))
    case 'smallest':
      return from(instances.map(({ box }) => Math.log(areaOf(box)) / SHARPNESS))
  }
}

function priorOf(distances: readonly number[], rank = 1): number[] {
  if (rank === 1) return distances.map((distance) => Math.exp(-SHARPNESS * distance))
  const order = [...distances.keys()].sort((a, b) => distances[a] - distances[b])
  return distances.map((_, i) => (order[rank - 1] === i ? 1 : OTHER_RANK))
}

/** Between a box and the nearest of others, in diagonals of the image; 0 where they touch. */
function nearest([x1, y1, x2, y2]: Box, others: readonly Box[], { width, height }: Size): number {
  const gaps = others.map(([ox1, oy1, ox2, oy2]) =>
    Math.hypot(Math.max(0, ox1 - x2, x1 - ox2), Math.max(0, oy1 - y2, y1 - oy2)),
  )
  return Math.min(...gaps) / Math.hypot(width, height)
}

const areaOf = ([x1, y1, x2, y2]: Box): number => Math.max(1, (x2 - x1) * (y2 - y1))
