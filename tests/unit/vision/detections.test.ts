import { describe, expect, it } from 'vitest'
import { boxIou, type Box } from '#shared/geometry/box.ts'
import {
  suppressDetections,
  type Detection,
  type SuppressionOptions,
} from '#main/vision/detections.ts'
import { property, type SeededRandom } from '../../support/random.ts'

const options: SuppressionOptions = { nmsIou: 0.5, crossClassNmsIou: 0.7, atMost: 100 }

const found = (
  candidate: number,
  classIndex: number | null,
  score: number,
  isNegative = false,
): Detection => ({
  ...{ candidate, classIndex, score, isNegative },
  servedAs: isNegative ? null : 'exact',
})

/** Unit boxes that overlap with the first by the given IoU: shifted along a line. */
const boxes = (...ious: number[]): Box[] =>
  [1, ...ious].map((iou): Box => {
    const shift = (10 * (1 - iou)) / (1 + iou)
    return [shift, 0, shift + 10, 10]
  })

const names = (detections: readonly Detection[]): string[] =>
  detections.map(({ candidate, classIndex }) => `${candidate}:${classIndex}`)

describe('suppressing detections', () => {
  it('keeps the better of two of one class that overlap by more than a half', () => {
    const both = [found(0, 0, 0.6), found(1, 0, 0.8)]
    expect(names(suppressDetections(both, boxes(0.55), options))).toEqual(['1:0'])
    expect(names(suppressDetections(both, boxes(0.45), options))).toEqual(['1:0', '0:0'])
  })

  it('keeps two classes on one place up to the overlap across classes', () => {
    const both = [found(0, 0, 0.6), found(1, 1, 0.8)]
    expect(names(suppressDetections(both, boxes(0.65), options))).toEqual(['1:1', '0:0'])
    expect(names(suppressDetections(both, boxes(0.75), options))).toEqual(['1:1'])
  })

  it('lets one region have several classes when the overlap across classes is 1', () => {
    const both = [found(0, 0, 0.6), found(0, 1, 0.8)]
    const permissive = { ...options, crossClassNmsIou: 1 }
    expect(names(suppressDetections(both, boxes(), permissive))).toEqual(['0:1', '0:0'])
    expect(names(suppressDetections(both, boxes(), options))).toEqual(['0:1'])
  })

  it('holds one class to the stricter of the two overlaps', () => {
    const both = [found(0, 0, 0.6), found(1, 0, 0.8)]
    const strict = { ...options, nmsIou: 0.9, crossClassNmsIou: 0.3 }
    expect(names(suppressDetections(both, boxes(0.4), strict))).toEqual(['1:0'])
  })

  it('suppresses nothing when both overlaps are 1', () => {
    const both = [found(0, 0, 0.6), found(1, 0, 0.8)]
    const all = { ...options, nmsIou: 1, crossClassNmsIou: 1 }
    expect(suppressDetections(both, boxes(1), all)).toHaveLength(2)
  })

  it('takes away what a negative of all classes wins, and emits no negative', () => {
    const both = [found(0, 0, 0.6), found(1, null, 0.8, true)]
    expect(suppressDetections(both, boxes(0.55), options)).toEqual([])
    expect(names(suppressDetections(both, boxes(0.45), options))).toEqual(['0:0'])
  })

  it('leaves what is better than the negative', () => {
    const both = [found(0, 0, 0.9), found(1, null, 0.8, true)]
    expect(names(suppressDetections(both, boxes(0.9), options))).toEqual(['0:0'])
  })

  it('hears a negative also where a better object stands beside it', () => {
    // In a row: the best does not reach the last, and the negative between them reaches both.
    const row: Box[] = [0, 3, 6].map((x): Box => [x, 0, x + 10, 10])
    const three = [found(0, 0, 0.9), found(1, null, 0.8, true), found(2, 0, 0.7)]
    expect(names(suppressDetections(three, row, options))).toEqual(['0:0'])
  })

  it("lets a class's own negative argue against that class alone", () => {
    const three = [found(0, 0, 0.6), found(0, 1, 0.5), found(1, 0, 0.8, true)]
    const permissive = { ...options, crossClassNmsIou: 1 }
    expect(names(suppressDetections(three, boxes(0.9), permissive))).toEqual(['0:1'])
  })

  it('emits at most as many as asked for, the best, not counting negatives', () => {
    const far: Box[] = [0, 1, 2, 3].map((n): Box => [n * 100, 0, n * 100 + 10, 10])
    const all = [found(0, 0, 0.5), found(1, null, 0.9, true), found(2, 0, 0.8), found(3, 0, 0.7)]
    const two = suppressDetections(all, far, { ...options, atMost: 2 })
    expect(names(two)).toEqual(['2:0', '3:0'])
  })

  it('decides equal scores by the order of the candidates, however they come', () => {
    const both = [found(1, 0, 0.5), found(0, 0, 0.5)]
    expect(names(suppressDetections(both, boxes(0.8), options))).toEqual(['0:0'])
    expect(names(suppressDetections(both.toReversed(), boxes(0.8), options))).toEqual(['0:0'])
  })

  it('leaves its input as it is', () => {
    const both = Object.freeze([found(0, 0, 0.5), found(1, 0, 0.9)])
    suppressDetections(both, boxes(0.8), options)
    expect(names(both)).toEqual(['0:0', '1:0'])
  })
})

function randomScene(random: SeededRandom): { boxes: Box[]; detections: Detection[] } {
  const candidates = random.integer(1, 12)
  return {
    boxes: Array.from({ length: candidates }, (): Box => {
      const [x, y] = [random.integer(0, 8), random.integer(0, 8)]
      return [x, y, x + random.integer(1, 8), y + random.integer(1, 8)]
    }),
    detections: Array.from({ length: random.integer(0, 30) }, () => {
      const isNegative = random.next() < 0.2
      const classIndex = isNegative && random.next() < 0.5 ? null : random.integer(0, 2)
      return found(
        random.integer(0, candidates - 1),
        classIndex,
        random.integer(1, 19) / 20,
        isNegative,
      )
    }),
  }
}

const randomOptions = (random: SeededRandom): SuppressionOptions => ({
  nmsIou: random.pick([0, 0.3, 0.5, 1]),
  crossClassNmsIou: random.pick([0, 0.6, 0.7, 1]),
  atMost: random.pick([1, 3, 100]),
})

describe('any scene', () => {
  it('comes out the same whether a threshold is applied before or afterwards', () => {
    property(
      (random) => {
        const scene = randomScene(random)
        const chosen = randomOptions(random)
        const threshold = random.integer(0, 20) / 20
        const isAbove = ({ score }: Detection): boolean => score >= threshold
        const before = suppressDetections(scene.detections.filter(isAbove), scene.boxes, chosen)
        const afterwards = suppressDetections(scene.detections, scene.boxes, chosen).filter(isAbove)
        expect(before).toEqual(afterwards)
      },
      { cases: 500 },
    )
  })

  it('has no two objects on one place, and lost none without a better one there', () => {
    property(
      (random) => {
        const scene = randomScene(random)
        const chosen = { ...randomOptions(random), atMost: 100 }
        const kept = suppressDetections(scene.detections, scene.boxes, chosen)
        const limit = (a: Detection, b: Detection): number =>
          a.classIndex === b.classIndex
            ? Math.min(chosen.nmsIou, chosen.crossClassNmsIou)
            : chosen.crossClassNmsIou
        const overlap = (a: Detection, b: Detection): number =>
          boxIou(scene.boxes[a.candidate], scene.boxes[b.candidate])
        kept.forEach((one, i) => {
          for (const other of kept.slice(0, i)) {
            expect(overlap(one, other) <= limit(one, other) || limit(one, other) === 1).toBe(true)
          }
        })
        for (const lost of scene.detections.filter(
          (one) => !one.isNegative && !kept.includes(one),
        )) {
          const reasons = scene.detections.filter(
            (other) =>
              other.score >= lost.score &&
              (other.isNegative ? overlap(other, lost) > chosen.nmsIou : kept.includes(other)) &&
              (other.isNegative || overlap(other, lost) > limit(other, lost)),
          )
          expect(reasons).not.toEqual([])
        }
      },
      { cases: 500 },
    )
  })
})
