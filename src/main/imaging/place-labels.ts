import { boxArea, intersectionArea, type Box } from '#shared/geometry/box.ts'
import type { Size } from '#shared/geometry/size.ts'
import type { Point, VisibleSpots } from './visible-spots.ts'

/** A chip that wants a place, and what it belongs to. All in pixels of the picture. */
export interface LabelWish extends Size, VisibleSpots {
  /** Around the object. */
  readonly box: Box
}

export interface PlacedLabel {
  readonly box: Box
  /** Whether it had to go so far from its object that a line has to say whose it is. */
  readonly isAway: boolean
}

interface Candidate {
  readonly x: number
  readonly y: number
  /** By how much the place is worse than the best, before it is known what it covers. */
  readonly cost: number
}

/** How bad a place is. A chip on a chip is the worst: both are hidden. */
const COST = {
  /** For touching another chip, and for a whole chip under it. */
  meetsChip: 2.5,
  onChip: 12,
  /** For a whole other object under it. */
  onObject: 2.5,
  /** For every height of a chip between it and its object. */
  perHeightAway: 0.45,
  /** For every place before it in the order of preference. */
  perPlace: 0.07,
  /** On the object, but not where it is thickest. */
  elsewhere: 0.5,
} as const
/** An object of this many areas of a chip can carry it. */
const CARRIES = 5
/** Rings of places around an object that are tried when the near ones are taken. */
const RINGS = 6
/** In heights of a chip: from here on a line leads to it. */
const AWAY = 1

/**
 * A place for each chip: on large objects or beside small ones, within the picture, and on no other
 * chip where there is room. Small objects choose first, as they have the fewest places.
 *
 * @returns in the order of the wishes
 */
export function placeLabels(wishes: readonly LabelWish[], picture: Size): PlacedLabel[] {
  const placed: (PlacedLabel | undefined)[] = wishes.map(() => undefined)
  const bySize = wishes
    .map((wish, index) => ({ wish, index, area: boxArea(wish.box) }))
    .sort((a, b) => a.area - b.area || a.index - b.index)
  const taken: Box[] = []
  for (const { wish, index } of bySize) {
    const box = bestPlace(wish, wishes, taken, picture)
    placed[index] = { box, isAway: heightsAway(wish, box) > AWAY }
    taken.push(box)
  }
  return placed as PlacedLabel[]
}

function bestPlace(
  wish: LabelWish,
  wishes: readonly LabelWish[],
  taken: readonly Box[],
  picture: Size,
): Box {
  let best = within({ x: wish.heart[0], y: wish.heart[1] }, wish, picture)
  let lowest = Infinity
  for (const candidate of candidatesOf(wish)) {
    if (candidate.cost >= lowest) continue
    const box = within(candidate, wish, picture)
    let cost = candidate.cost + heightsAway(wish, box) * COST.perHeightAway
    for (const other of taken) cost += overlapCost(box, other)
    if (cost >= lowest) continue
    for (const other of wishes) {
      if (other !== wish) cost += COST.onObject * coveredShare(other, box)
    }
    if (cost >= lowest) continue
    lowest = cost
    best = box
  }
  return best
}

function overlapCost(chip: Box, other: Box): number {
  const shared = intersectionArea(chip, other)
  return shared === 0 ? 0 : COST.meetsChip + (COST.onChip * shared) / boxArea(chip)
}

/** How far a chip is from what is seen of its object, in its own heights; 0 when it lies on it. */
function heightsAway(
  { points, heart, height }: LabelWish,
  [left, top, right, bottom]: Box,
): number {
  let nearest = Infinity
  for (const [x, y] of [heart, ...points]) {
    const dx = Math.max(left - x, 0, x - right)
    const dy = Math.max(top - y, 0, y - bottom)
    nearest = Math.min(nearest, Math.hypot(dx, dy))
  }
  return nearest / height
}

/** How much of what is seen of an object lies under a chip. */
function coveredShare({ box, points }: LabelWish, chip: Box): number {
  if (intersectionArea(box, chip) === 0) return 0
  const covered = points.filter(
    ([x, y]) => x >= chip[0] && x <= chip[2] && y >= chip[1] && y <= chip[3],
  )
  return covered.length / points.length
}

/** Places in the order of preference. */
function* candidatesOf(wish: LabelWish): Generator<Candidate> {
  const { box, heart, points, width, height } = wish
  const [left, top, right, bottom] = box
  const carries =
    boxArea(box) >= CARRIES * width * height && right - left >= width && bottom - top >= 2 * height
  const near = carries ? [...placesOn(wish), ...placesAround(wish)] : placesAround(wish)
  for (const [order, place] of near.entries()) yield { ...place, cost: order * COST.perPlace }
  const rest = near.length * COST.perPlace
  for (const [x, y] of carries ? points : []) {
    yield { ...centredAt(x, y, wish), cost: COST.elsewhere }
  }
  for (let ring = 1; ring <= RINGS; ring++) {
    for (const [dx, dy] of DIRECTIONS) {
      const x = heart[0] + dx * ((right - left) / 2 + ring * width * 0.4)
      const y = heart[1] + dy * ((bottom - top) / 2 + ring * height)
      yield { ...centredAt(x, y, wish), cost: rest }
    }
  }
}

function placesOn(wish: LabelWish): { x: number; y: number }[] {
  const [x, y] = wish.heart
  return [0, -1.2, 1.2].map((heights) => centredAt(x, y + heights * wish.height, wish))
}

function placesAround({
  box,
  heart,
  points,
  width,
  height,
}: LabelWish): { x: number; y: number }[] {
  const [left, top, right, bottom] = box
  const gap = height * 0.15
  const highest = points.reduce((best, point) => (point[1] < best[1] ? point : best), heart)
  const above = top - height - gap
  return [
    { x: highest[0] - width / 2, y: above },
    { x: left, y: above },
    { x: heart[0] - width / 2, y: above },
    { x: right - width, y: above },
    { x: heart[0] - width / 2, y: bottom + gap },
    { x: left, y: bottom + gap },
    { x: right + gap, y: heart[1] - height / 2 },
    { x: left - width - gap, y: heart[1] - height / 2 },
    { x: right - width, y: bottom + gap },
    { x: right + gap, y: top },
    { x: left - width - gap, y: top },
    { x: right + gap, y: bottom - height },
    { x: left - width - gap, y: bottom - height },
  ]
}

function centredAt(x: number, y: number, { width, height }: Size): { x: number; y: number } {
  return { x: x - width / 2, y: y - height / 2 }
}

const DIRECTIONS: readonly Point[] = [
  [0, -1],
  [1, -1],
  [-1, -1],
  [1, 0],
  [-1, 0],
  [0, 1],
  [1, 1],
  [-1, 1],
]

/** Moved into the picture, on whole pixels; a chip that is larger than it begins at its corner. */
function within(
  { x, y }: { readonly x: number; readonly y: number },
  { width, height }: Size,
  picture: Size,
): Box {
  const left = Math.max(0, Math.min(Math.round(x), picture.width - width))
  const top = Math.max(0, Math.min(Math.round(y), picture.height - height))
  return [left, top, left + width, top + height]
}
