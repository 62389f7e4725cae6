import { describe, expect, it } from 'vitest'
import type { CocoAnnotation, CocoDetection } from '#main/evaluation/coco-types.ts'
import { DetectionEvaluator } from '#main/evaluation/detection-evaluator.ts'
import {
  BASE_CLASSES,
  NOVEL_CLASSES,
  splitCategories,
} from '#main/evaluation/open-vocabulary-split.ts'
import type { XywhBox } from '#shared/geometry/box.ts'

const PERSON = 1
const DOG = 2
const KETTLE = 3
const categories = [
  { id: PERSON, name: 'person' },
  { id: DOG, name: 'dog' },
  { id: KETTLE, name: 'kettle' },
]
const size = { width: 100, height: 100 }

const object = (
  image: number,
  category_id: number,
  bbox: XywhBox,
  iscrowd = 0,
): CocoAnnotation => ({
  id: image * 100 + bbox[0],
  image_id: image,
  category_id,
  bbox,
  area: bbox[2] * bbox[3],
  iscrowd,
  segmentation: [],
})
const found = (
  image: number,
  category_id: number,
  score: number,
  bbox: XywhBox,
): CocoDetection => ({ image_id: image, category_id, score, bbox })

const HERE: XywhBox = [0, 0, 20, 20]
const THERE: XywhBox = [50, 50, 20, 20]

/** Of two people one is found; the dog is found by half; nothing is a kettle. */
function evaluated() {
  const evaluator = new DetectionEvaluator({ categories, iouType: 'bbox', useCategories: true })
  const first = evaluator.add(
    { id: 1, ...size },
    [object(1, PERSON, HERE), object(1, PERSON, THERE)],
    [found(1, PERSON, 0.9, HERE), found(1, PERSON, 0.4, [80, 0, 10, 10])],
  )
  const second = evaluator.add(
    { id: 2, ...size },
    [object(2, DOG, HERE), object(2, KETTLE, [0, 40, 60, 60], 1)],
    // Half as wide: an IoU of 0.5, which one of the ten thresholds allows.
    [found(2, DOG, 0.8, [0, 0, 10, 20]), found(2, KETTLE, 0.7, [10, 50, 10, 10])],
  )
  return { evaluator, first, second }
}

describe('what is measured image by image', () => {
  it('is the AP of some classes alone, base or novel', () => {
    const { evaluator } = evaluated()
    const { base, novel } = splitCategories(categories)
    expect([base, novel]).toEqual([[PERSON], [DOG]])
    // One of two is found, with nothing wrong before it: precision 1 up to recall 0.5, 51 of 101 points.
    expect(evaluator.over(base).AP50).toBeCloseTo(51 / 101, 12)
    expect(evaluator.over(base).AP).toBeCloseTo(51 / 101, 12)
    expect(evaluator.over(novel).AP50).toBeCloseTo(1, 12)
    expect(evaluator.over(novel).AP).toBeCloseTo(0.1, 12)
    expect(evaluator.over([KETTLE])).toEqual({ AP: -1, AP50: -1, classCount: 0 })
    expect(evaluator.over([PERSON, DOG, KETTLE]).AP).toBe(evaluator.evaluation().summary.AP)
  })

  it('is the curve of precision over recall, mean over the classes with objects', () => {
    const { evaluator } = evaluated()
    const at50 = evaluator.precisionCurve(0.5)
    expect(at50).toHaveLength(101)
    expect([at50?.[0], at50?.[50], at50?.[51], at50?.[100]]).toEqual([
      expect.closeTo(1, 12),
      expect.closeTo(1, 12),
      expect.closeTo(0.5, 12),
      expect.closeTo(0.5, 12),
    ])
    expect(evaluator.precisionCurve(0.75)?.[0]).toBeCloseTo(0.5, 12)
  })

  it('is every score with whether it found an object; what is in a crowd is neither', () => {
    const { evaluator, first, second } = evaluated()
    expect(evaluator.judgedScores().toSorted((a, b) => b.score - a.score)).toEqual([
      { score: 0.9, isRight: true },
      { score: 0.8, isRight: true },
      { score: 0.4, isRight: false },
    ])
    expect(first.objectCount).toBe(2)
    expect(second).toEqual({ objectCount: 1, detections: [{ score: 0.8, isRight: true }] })
  })

  it('has no curve where nothing is to be found', () => {
    const evaluator = new DetectionEvaluator({ categories, iouType: 'bbox', useCategories: true })
    evaluator.add({ id: 1, ...size }, [], [found(1, DOG, 0.5, HERE)])
    expect(evaluator.precisionCurve(0.5)).toBeNull()
  })
})

describe('the base and novel classes', () => {
  it('are 48 and 17 different ones, found by name in any spelling of case', () => {
    expect(BASE_CLASSES).toHaveLength(48)
    expect(NOVEL_CLASSES).toHaveLength(17)
    expect(new Set([...BASE_CLASSES, ...NOVEL_CLASSES]).size).toBe(65)
    const others = [
      { id: 7, name: ' Person ' },
      { id: 8, name: 'wine glass' },
      { id: 9, name: 'CAT' },
    ]
    expect(splitCategories(others)).toEqual({ base: [7], novel: [9] })
  })
})
