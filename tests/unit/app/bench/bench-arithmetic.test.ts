import { describe, expect, it } from 'vitest'
import { withoutNovel } from '#main/app/bench/bench-words.ts'
import { compareBadness } from '#main/app/bench/row-tally.ts'
import { nameObjects, TrueBoxTally } from '#main/app/bench/true-boxes.ts'
import { RegionTally } from '#main/app/bench/region-variants.ts'
import type { BenchImage } from '#main/app/bench/bench-data.ts'
import type { CocoAnnotation } from '#main/formats/coco-types.ts'
import type { Candidate } from '#main/vision/candidate.ts'
import type { Detection } from '#main/vision/detections.ts'
import type { XywhBox } from '#shared/geometry/box.ts'
import { boxFromXywh } from '#shared/geometry/box.ts'
import { rasterisePolygon } from '#shared/geometry/rasterise-polygon.ts'

const categories = [
  { id: 11, name: 'person' },
  { id: 22, name: 'dog' },
]
const size = { width: 60, height: 40 }
const outline = ([x, y, w, h]: XywhBox): number[] => [x, y, x + w, y, x + w, y + h, x, y + h]

const truth = (id: number, category_id: number, bbox: XywhBox): CocoAnnotation => ({
  id,
  image_id: 1,
  category_id,
  bbox,
  area: bbox[2] * bbox[3],
  iscrowd: 0,
  segmentation: [outline(bbox)],
})

function photo(...annotations: CocoAnnotation[]): BenchImage {
  return { id: 1, file_name: 'a.jpg', path: '/a.jpg', ...size, annotations }
}

function candidate(bbox: XywhBox, rest: Partial<Candidate> = {}): Candidate {
  return {
    box: boxFromXywh(bbox),
    mask: rasterisePolygon(outline(bbox), size),
    objectness: 0.5,
    detectorClass: null,
    posterior: { classes: Uint16Array.of(), probabilities: Float32Array.of() },
    vector: null,
    ...rest,
  }
}

const called = (candidate: number, classIndex: number | null, score: number): Detection => ({
  candidate,
  classIndex,
  isNegative: classIndex === null,
  score,
  servedAs: null,
})

const LEFT: XywhBox = [0, 0, 20, 20]
const RIGHT: XywhBox = [30, 0, 20, 20]

describe('classification on the true boxes', () => {
  const person = truth(1, 11, LEFT)
  const dog = truth(2, 22, RIGHT)

  it('takes the best score of a class over all that was said of a box', () => {
    const candidates = [[candidate(LEFT), candidate(LEFT)], [candidate(RIGHT)]]
    const scores = [
      called(0, 0, 0.2),
      called(1, 0, 0.6),
      called(1, 1, 0.3),
      called(2, 1, 0.9),
      called(2, null, 1),
    ]
    const scorer = { call: () => ({ scorable: [], called: scores }) }
    const named = nameObjects([person, dog], candidates, scorer)
    expect(named.map(({ scores }) => Object.fromEntries(scores))).toEqual([
      { 0: 0.6, 1: 0.3 },
      { 1: 0.9 },
    ])
  })

  it('is right where the own class scores highest, and not where another does as well', () => {
    const tally = new TrueBoxTally(categories)
    tally.add(photo(person, dog), [
      {
        annotation: person,
        scores: new Map([
          [0, 0.6],
          [1, 0.3],
        ]),
      },
      {
        annotation: dog,
        scores: new Map([
          [0, 0.5],
          [1, 0.5],
        ]),
      },
    ])
    tally.add({ ...photo(), id: 2 }, [])
    const result = tally.result()
    expect(result).toMatchObject({ objects: 2, top1: 0.5 })
    // The dog is a dog at 0.5 and a person at 0.5: its class is perfect, and the person's ranks first.
    expect(result?.AP50).toBeCloseTo(1, 12)
    expect(result?.split?.base.AP50).toBeCloseTo(1, 12)
  })

  it('counts an object that nothing was said of as wrong', () => {
    const tally = new TrueBoxTally(categories)
    tally.add(photo(dog), [{ annotation: dog, scores: new Map() }])
    expect(tally.result()).toMatchObject({ objects: 1, top1: 0, AP: 0 })
  })
})

describe('localisation with the right labels', () => {
  it('is perfect for regions on the objects, whatever else is proposed where nothing is', () => {
    const tally = new RegionTally(categories)
    const image = photo(truth(1, 11, LEFT), truth(2, 22, RIGHT))
    tally.add(image, [
      candidate([0, 30, 10, 10], { objectness: 0.9 }),
      candidate(LEFT),
      candidate(RIGHT),
    ])
    expect(tally.result()).toEqual({
      maskAP: expect.closeTo(1, 12) as number,
      maskAP50: expect.closeTo(1, 12) as number,
      boxAP: expect.closeTo(1, 12) as number,
      boxAP50: expect.closeTo(1, 12) as number,
    })
  })

  it('tells masks from boxes: half of a mask in a full box', () => {
    const tally = new RegionTally(categories)
    const half = { ...candidate(LEFT), mask: rasterisePolygon(outline([0, 0, 8, 20]), size) }
    tally.add(photo(truth(1, 11, LEFT)), [half])
    const { maskAP50, boxAP50 } = tally.result()
    expect(maskAP50).toBe(0)
    expect(boxAP50).toBeCloseTo(1, 12)
  })
})

describe('a detector that never heard of the novel classes', () => {
  const narrowed = withoutNovel(['person', 'dog', 'horse'])
  const posterior = {
    classes: Uint16Array.of(1, 2, 0),
    probabilities: Float32Array.of(0.6, 0.2, 0.1),
  }

  it('has names in their place that no word means', () => {
    expect(narrowed.detectorClasses).toEqual(['person', '#2', 'horse'])
  })

  it('gives their probability to the others in proportion, and has no box or mask of them', () => {
    const seen = narrowed.narrow([
      candidate(LEFT, { detectorClass: 1, posterior }),
      candidate(LEFT, { detectorClass: 2, posterior }),
    ])
    expect(seen.map(({ detectorClass }) => detectorClass)).toEqual([2])
    expect([...seen[0].posterior.classes]).toEqual([2, 0])
    expect(seen[0].posterior.probabilities[0]).toBeCloseTo(0.6, 6)
    expect(seen[0].posterior.probabilities[1]).toBeCloseTo(0.3, 6)
  })
})

describe('the worst images', () => {
  it('are those of which least agrees, then those with most mistakes', () => {
    const empty = { right: 0, wrong: 0, missed: 0 }
    const perfect = { right: 3, wrong: 0, missed: 0 }
    const half = { right: 1, wrong: 1, missed: 1 }
    const none = { right: 0, wrong: 1, missed: 1 }
    const worse = { right: 0, wrong: 5, missed: 1 }
    const sorted = [perfect, half, none, empty, worse].toSorted(compareBadness)
    expect(sorted.slice(0, 3)).toEqual([worse, none, half])
  })
})
