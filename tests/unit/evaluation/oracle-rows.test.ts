import { describe, expect, it } from 'vitest'
import type { CocoDataset, CocoDetection } from '#main/evaluation/coco-types.ts'
import { evaluateWithOracles, oracleLabels } from '#main/evaluation/oracle-rows.ts'
import type { XywhBox } from '#shared/geometry/box.ts'

const CAT = 1
const DOG = 2
const PERSON = 3

function annotation(id: number, category_id: number, bbox: XywhBox, iscrowd = 0) {
  const area = bbox[2] * bbox[3]
  return { id, image_id: 1, category_id, bbox, area, iscrowd, segmentation: [] }
}

const groundTruth: CocoDataset = {
  images: [{ id: 1, width: 200, height: 200 }],
  categories: [
    { id: CAT, name: 'cat' },
    { id: DOG, name: 'dog' },
    { id: PERSON, name: 'person' },
  ],
  annotations: [
    annotation(1, CAT, [0, 0, 50, 50]),
    annotation(2, DOG, [20, 0, 50, 50]),
    annotation(3, PERSON, [0, 0, 200, 100], 1),
  ],
}

function found(bbox: XywhBox, category_id: number): CocoDetection {
  return { image_id: 1, category_id, score: 0.5, bbox }
}

describe('oracle labels', () => {
  it('are the class of the object that a detection overlaps best, and drop none', () => {
    const detections = [
      found([18, 0, 50, 50], CAT),
      found([2, 0, 50, 50], DOG),
      // Overlaps only the crowd.
      found([120, 10, 30, 30], DOG),
      // Overlaps nothing.
      found([120, 150, 30, 30], DOG),
    ]
    const labelled = oracleLabels({ groundTruth, detections, iouType: 'bbox' })
    expect(labelled.map(({ category_id }) => category_id)).toEqual([DOG, CAT, PERSON, DOG])
    expect(labelled.map(({ bbox, score }) => ({ bbox, score }))).toEqual(
      detections.map(({ bbox, score }) => ({ bbox, score })),
    )
  })

  it('stand beside the recipe: localisation alone', () => {
    const rows = evaluateWithOracles({
      groundTruth,
      detections: [found([0, 0, 50, 50], DOG), found([20, 0, 50, 50], CAT)],
      onGroundTruthBoxes: null,
      iouType: 'bbox',
    })
    expect(rows.recipe.summary.AP75).toBe(0)
    expect(rows.oracleLabels.summary.AP75).toBeCloseTo(1, 10)
    expect(rows.groundTruthBoxes).toBeNull()
  })

  it('stand beside classification alone, when the recipe was given the annotated boxes', () => {
    const rows = evaluateWithOracles({
      groundTruth,
      detections: [],
      onGroundTruthBoxes: [found([0, 0, 50, 50], CAT), found([20, 0, 50, 50], CAT)],
      iouType: 'bbox',
    })
    expect(rows.recipe.summary.AP).toBe(0)
    expect(rows.groundTruthBoxes?.perClass.map(({ AP }) => AP)).toEqual([
      expect.closeTo(1, 10),
      0,
      -1,
    ])
  })
})
