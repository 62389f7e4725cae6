import { describe, expect, it } from 'vitest'
import type { AnnotationRecord, ProjectRecord } from '#shared/contract/records.ts'
import { maskFromPolygons, polygonsFromMask } from '#shared/geometry/contours.ts'
import type { MaskPolygon } from '#shared/geometry/contours.ts'
import { strokeMask } from '#shared/geometry/edit/brush.ts'
import { growMask, shrinkMask } from '#shared/geometry/edit/morphology.ts'
import { moveMask } from '#shared/geometry/edit/move.ts'
import { fillHoles, largestPart, partsOf } from '#shared/geometry/edit/parts.ts'
import { insertVertex, moveVertices, removeVertices } from '#shared/geometry/edit/polygon-edit.ts'
import type { VertexRef } from '#shared/geometry/edit/polygon-edit.ts'
import { smoothMask } from '#shared/geometry/edit/smooth.ts'
import { splitByLine } from '#shared/geometry/edit/split.ts'
import type { Point } from '#shared/geometry/point.ts'
import { rasterisePolygon } from '#shared/geometry/rasterise-polygon.ts'
import {
  rleArea,
  rleBbox,
  rleDifference,
  rleIntersection,
  rleUnion,
} from '#shared/geometry/rle-algebra.ts'
import { rleFromBitmap } from '#shared/geometry/rle-bitmap.ts'
import { rleFromCocoString, rleToCocoString } from '#shared/geometry/rle.ts'
import type { Rle } from '#shared/geometry/rle.ts'
import type { Size } from '#shared/geometry/size.ts'
import {
  applyDiff,
  diffRecords,
  findConflicts,
  invertDiff,
  isEmptyDiff,
} from '#shared/history/record-diff.ts'
import type { RecordDiff, RecordKey } from '#shared/history/record-diff.ts'
import { bitmapOf } from '../../../support/random-masks.ts'
import type { Bitmap } from '../../../support/random-masks.ts'
import { SeededRandom } from '../../../support/random.ts'
import {
  countSet,
  cutByLine,
  differenceOf,
  filled,
  grown,
  intersectionOf,
  moved,
  partsOfBitmap,
  shrunk,
  smoothed,
  stroked,
  unionOf,
  walkBoundary,
} from '../../../support/raster-model.ts'

const SEQUENCES = 100
const GESTURES = 500
const FIRST_SEED = Number(process.env.LEXMASK_TEST_SEED ?? 5000)

/** One operation in both worlds: what it makes of one shape, or of a shape and another. */
interface World<Shape> {
  readonly area: (shape: Shape) => number
  readonly stroke: (points: readonly Point[], diameterPx: number, isRound: boolean) => Shape
  readonly polygon: (ring: readonly number[]) => Shape
  readonly reshape: (shape: Shape, edit: (polygons: MaskPolygon[]) => MaskPolygon[]) => Shape
  readonly union: (a: Shape, b: Shape) => Shape
  readonly difference: (a: Shape, b: Shape) => Shape
  readonly intersection: (a: Shape, b: Shape) => Shape
  readonly grow: (shape: Shape, radius: number) => Shape
  readonly shrink: (shape: Shape, radius: number) => Shape
  readonly smooth: (shape: Shape, radius: number) => Shape
  readonly move: (shape: Shape, by: Point) => Shape
  readonly fill: (shape: Shape) => Shape
  readonly parts: (shape: Shape) => Shape[]
  readonly largest: (shape: Shape) => Shape
  readonly split: (shape: Shape, line: readonly Point[]) => Shape[]
}

function worldOfMasks(size: Size): World<Rle> {
  return {
    area: rleArea,
    stroke: (points, diameterPx, isRound) =>
      strokeMask(points, { shape: isRound ? 'round' : 'square', diameterPx }, size),
    polygon: (ring) => rasterisePolygon(ring, size),
    reshape: (mask, edit) => maskFromPolygons(edit(polygonsFromMask(mask)), size),
    union: rleUnion,
    difference: rleDifference,
    intersection: rleIntersection,
    grow: growMask,
    shrink: shrinkMask,
    smooth: smoothMask,
    move: moveMask,
    fill: fillHoles,
    parts: partsOf,
    largest: largestPart,
    split: splitByLine,
  }
}

function worldOfBitmaps(size: Size): World<Bitmap> {
  const empty = bitmapOf(size, () => false)
  const polygon = (ring: readonly number[]) => ({ ...size, pixels: walkBoundary(ring, size) })
  return {
    area: countSet,
    stroke: (points, diameterPx, isRound) =>
      stroked(empty, points, { shape: isRound ? 'round' : 'square', diameterPx }),
    polygon,
    reshape: (bitmap, edit) =>
      edit(polygonsFromMask(encode(bitmap)))
        .map(({ outer, holes }) =>
          holes.reduce((part, hole) => differenceOf(part, polygon(hole)), polygon(outer)),
        )
        .reduce(unionOf, empty),
    union: unionOf,
    difference: differenceOf,
    intersection: intersectionOf,
    grow: grown,
    shrink: shrunk,
    smooth: smoothed,
    move: moved,
    fill: filled,
    parts: partsOfBitmap,
    largest: (bitmap) => partsOfBitmap(bitmap).at(0) ?? bitmap,
    split: (bitmap, line) => cutByLine(bitmap, line),
  }
}

const encode = (bitmap: Bitmap): Rle => rleFromBitmap(bitmap.pixels, bitmap)

/** What a gesture makes of the shapes by annotation, in either world. */
type Gesture = <Shape>(
  shapes: ReadonlyMap<number, Shape>,
  world: World<Shape>,
) => Map<number, Shape>

/** Annotations of nothing are deleted. */
function changed<Shape>(
  shapes: ReadonlyMap<number, Shape>,
  world: World<Shape>,
  changes: readonly (readonly [id: number, shape: Shape | null])[],
): Map<number, Shape> {
  const next = new Map(shapes)
  for (const [id, shape] of changes) {
    if (shape === null || world.area(shape) === 0) next.delete(id)
    else next.set(id, shape)
  }
  return next
}

function onOne(
  id: number,
  change: <Shape>(shape: Shape, world: World<Shape>) => Shape | null,
): Gesture {
  return (shapes, world) => {
    const shape = shapes.get(id)
    return shape === undefined
      ? new Map(shapes)
      : changed(shapes, world, [[id, change(shape, world)]])
  }
}

function onTwo(
  a: number,
  b: number,
  change: <Shape>(a: Shape, b: Shape, world: World<Shape>) => [Shape | null, Shape | null],
): Gesture {
  return (shapes, world) => {
    const [shapeA, shapeB] = [shapes.get(a), shapes.get(b)]
    if (shapeA === undefined || shapeB === undefined || a === b) return new Map(shapes)
    const [nextA, nextB] = change(shapeA, shapeB, world)
    return changed(shapes, world, [[a, nextA], [b, nextB]]) // prettier-ignore
  }
}

function severalOf(
  id: number,
  newId: number,
  divide: <Shape>(shape: Shape, world: World<Shape>) => Shape[],
): Gesture {
  return (shapes, world) => {
    const shape = shapes.get(id)
    if (shape === undefined) return new Map(shapes)
    const pieces = divide(shape, world).slice(0, 6)
    return changed(shapes, world, pieces.map((piece, i) => [i === 0 ? id : newId + i, piece])) // prettier-ignore
  }
}

function randomGesture(
  random: SeededRandom,
  shapes: ReadonlyMap<number, Bitmap>,
  size: Size,
): readonly [name: string, gesture: Gesture] {
  const newId = Math.max(0, ...shapes.keys()) + 1
  const ids = [...shapes.keys()]
  const id = ids.length === 0 ? newId : random.pick(ids)
  const other = ids.length === 0 ? newId : random.pick(ids)
  const place = (): Point => ({
    x: random.between(-2, size.width + 2),
    y: random.between(-2, size.height + 2),
  })
  const points = (low: number, high: number) =>
    Array.from({ length: random.integer(low, high) }, place)
  const stroke = points(1, 3)
  const diameter = random.pick([1, 2, 3, random.between(1, 7)])
  const isRound = random.next() < 0.7
  const ring = points(3, 7).flatMap(({ x, y }) => [x, y])
  const line = points(2, 4)
  const radius = random.pick([1, Math.SQRT2, 2])
  const by = { x: random.integer(-5, 5), y: random.integer(-5, 5) }

  if (ids.length === 0 || (ids.length < 5 && random.next() < 0.25)) {
    return random.next() < 0.5
      ? ['draw by brush', (all, world) => changed(all, world, [[newId, world.stroke(stroke, diameter, isRound)]])] // prettier-ignore
      : ['draw a polygon', (all, world) => changed(all, world, [[newId, world.polygon(ring)]])]
  }
  const gestures: (readonly [string, Gesture])[] = [
    ['brush', onOne(id, (one, world) => world.union(one, world.stroke(stroke, diameter, isRound)))],
    ['erase', onOne(id, (one, world) => world.difference(one, world.stroke(stroke, diameter, isRound)))], // prettier-ignore
    ['add a polygon', onOne(id, (one, world) => world.union(one, world.polygon(ring)))],
    ['cut a hole', onOne(id, (one, world) => world.difference(one, world.polygon(ring)))],
    ['fill holes', onOne(id, (one, world) => world.fill(one))],
    ['keep the largest part', onOne(id, (one, world) => world.largest(one))],
    ['grow', onOne(id, (one, world) => world.grow(one, radius))],
    ['shrink', onOne(id, (one, world) => world.shrink(one, radius))],
    ['smooth', onOne(id, (one, world) => world.smooth(one, radius))],
    ['move', onOne(id, (one, world) => world.move(one, by))],
    ['delete', onOne(id, () => null)],
    ['merge', onTwo(id, other, (a, b, world) => [world.union(a, b), null])],
    ['subtract', onTwo(id, other, (a, b, world) => [world.difference(a, b), b])],
    ['intersect', onTwo(id, other, (a, b, world) => [world.intersection(a, b), b])],
    ['split parts', severalOf(id, newId, (one, world) => world.parts(one))],
    ['split by a line', splitGesture(id, newId, line)],
    ['edit vertices', vertexGesture(random, id, shapes.get(id))],
  ]
  return random.pick(gestures)
}

/** One part of at most 100 pixels: what was apart before, and crumbs, have tests of their own. */
function splitGesture(id: number, newId: number, line: readonly Point[]): Gesture {
  return severalOf(id, newId, (one, world) => {
    const parts = world.parts(one)
    return parts.length === 1 && world.area(one) <= 100 ? world.split(one, line) : [one]
  })
}

/** Drawn from the model's shape, so that both worlds get the same vertices. */
function vertexGesture(random: SeededRandom, id: number, shape: Bitmap | undefined): Gesture {
  const polygons = shape === undefined ? [] : polygonsFromMask(encode(shape))
  const vertices: VertexRef[] = polygons.flatMap(({ outer, holes }, polygon) =>
    [outer, ...holes].flatMap((flat, ring) =>
      Array.from({ length: flat.length / 2 }, (_, vertex) => ({ polygon, ring, vertex })),
    ),
  )
  const some = vertices.filter(() => random.next() < 0.15)
  const by = { x: random.between(-4, 4), y: random.between(-4, 4) }
  const edit = random.pick([
    (all: MaskPolygon[]) => moveVertices(all, some, by),
    (all: MaskPolygon[]) => removeVertices(all, some),
    (all: MaskPolygon[]) => {
      const more = insertVertex(all, { x: 5 + by.x, y: 5 + by.y })
      return more === null ? all : moveVertices(more.polygons, [more.vertex], by)
    },
  ])
  return onOne(id, (one, world) => world.reshape(one, edit))
}

function recordOf(id: number, mask: Rle): AnnotationRecord {
  return {
    id,
    imageId: 1,
    classId: 1,
    maskHash: rleToCocoString(mask),
    bbox: rleBbox(mask),
    area: rleArea(mask),
    isCrowd: false,
    isOccluded: false,
    isTruncated: false,
    attributes: {},
    position: id,
    score: null,
    state: 'edited',
    origin: 'person',
    candidateId: null,
    provenance: null,
  }
}

/** Annotations as the product keeps them: records by key, immutable masks, steps as diffs. */
class RecordedMasks {
  readonly #size: Size
  readonly #records = new Map<RecordKey, ProjectRecord>()
  readonly #done: RecordDiff[] = []
  readonly #undone: RecordDiff[] = []

  constructor(size: Size) {
    this.#size = size
  }

  do(gesture: Gesture): void {
    const before = this.#annotations()
    const masks = new Map(
      before.map(({ id, maskHash }) => [id, rleFromCocoString(maskHash, this.#size)]),
    )
    const after = [...gesture(masks, worldOfMasks(this.#size))].map(([id, mask]) =>
      recordOf(id, mask),
    )
    const diff = diffRecords('annotation', before, after)
    if (isEmptyDiff(diff)) return
    this.#apply(diff)
    this.#done.push(diff)
    this.#undone.length = 0
  }

  undo(): void {
    const diff = this.#done.pop()
    if (diff === undefined) return
    this.#apply(invertDiff(diff))
    this.#undone.push(diff)
  }

  redo(): void {
    const diff = this.#undone.pop()
    if (diff === undefined) return
    this.#apply(diff)
    this.#done.push(diff)
  }

  toString(): string {
    const shown = this.#annotations().sort((a, b) => a.id - b.id)
    return shown
      .map((one) => `${one.id}: ${one.maskHash} ${one.area} ${one.bbox.join()}`)
      .join('\n')
  }

  #apply(diff: RecordDiff): void {
    if (findConflicts(diff, (key) => this.#records.get(key)).length > 0) throw new Error('conflict')
    applyDiff(this.#records, diff)
  }

  #annotations(): AnnotationRecord[] {
    return [...this.#records.values()] as AnnotationRecord[]
  }
}

/** Bitmaps, and every state kept whole. */
class SnapshotModel {
  readonly size: Size
  #states: ReadonlyMap<number, Bitmap>[] = [new Map()]
  #at = 0

  constructor(size: Size) {
    this.size = size
  }

  get shapes(): ReadonlyMap<number, Bitmap> {
    return this.#states[this.#at]
  }

  do(gesture: Gesture): void {
    const next = gesture(this.shapes, worldOfBitmaps(this.size))
    if (textOf(next) === textOf(this.shapes)) return
    this.#states = [...this.#states.slice(0, this.#at + 1), next]
    this.#at++
  }

  undo(): void {
    this.#at = Math.max(0, this.#at - 1)
  }

  redo(): void {
    this.#at = Math.min(this.#states.length - 1, this.#at + 1)
  }

  toString(): string {
    return textOf(this.shapes)
  }
}

function textOf(shapes: ReadonlyMap<number, Bitmap>): string {
  return [...shapes]
    .sort(([a], [b]) => a - b)
    .map(([id, bitmap]) => `${id}: ${textOfBitmap(bitmap)}`)
    .join('\n')
}

const texts = new WeakMap<Bitmap, string>()

function textOfBitmap(bitmap: Bitmap): string {
  const known = texts.get(bitmap)
  if (known !== undefined) return known
  const mask = encode(bitmap)
  const text = `${rleToCocoString(mask)} ${countSet(bitmap)} ${rleBbox(mask).join()}`
  texts.set(bitmap, text)
  return text
}

describe(`${SEQUENCES} sequences of ${GESTURES} gestures, undo and redo (LEXMASK_TEST_SEED=${FIRST_SEED})`, () => {
  it('leave the masks that a raster model has, bit for bit', () => {
    const counts = new Map<string, number>()
    const started = performance.now()
    for (let seed = FIRST_SEED; seed < FIRST_SEED + SEQUENCES; seed++) {
      const random = new SeededRandom(Math.imul(seed, 0x9e3779b1))
      const size = { height: random.integer(1, 16), width: random.integer(1, 24) }
      const [tested, model] = [new RecordedMasks(size), new SnapshotModel(size)]
      for (let step = 0; step < GESTURES; step++) {
        const name = gestureInBoth(random, tested, model)
        counts.set(name, (counts.get(name) ?? 0) + 1)
        if (tested.toString() !== model.toString()) {
          console.error(`sequence of seed ${seed} differs after step ${step}, "${name}"`)
          expect(tested.toString()).toBe(model.toString())
        }
      }
      for (let step = 0; step < GESTURES; step++) tested.undo()
      expect(tested.toString()).toBe('')
      for (let step = 0; step < GESTURES; step++) tested.redo()
      for (let step = 0; step < GESTURES; step++) model.redo()
      expect(tested.toString()).toBe(model.toString())
    }
    console.log(`seeds ${FIRST_SEED} to ${FIRST_SEED + SEQUENCES - 1}:`, Object.fromEntries(counts))
    console.log(`${((performance.now() - started) / 1000).toFixed(1)} s`)
    expect(Math.min(...counts.values())).toBeGreaterThan(SEQUENCES)
  }, 600_000)
})

function gestureInBoth(random: SeededRandom, tested: RecordedMasks, model: SnapshotModel): string {
  const dice = random.next()
  if (dice < 0.25) {
    const name = dice < 0.15 ? 'undo' : 'redo'
    for (let times = random.integer(1, 4); times > 0; times--) {
      tested[name]()
      model[name]()
    }
    return name
  }
  const [name, gesture] = randomGesture(random, model.shapes, model.size)
  tested.do(gesture)
  model.do(gesture)
  return name
}
