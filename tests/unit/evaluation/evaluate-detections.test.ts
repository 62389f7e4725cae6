import { describe, expect, it } from 'vitest'
import type { CocoAnnotation, CocoDataset, CocoDetection } from '#main/evaluation/coco-types.ts'
import { evaluateDetections } from '#main/evaluation/evaluate-detections.ts'
import type { EvaluationSummary } from '#main/evaluation/evaluate-detections.ts'
import type { XywhBox } from '#shared/geometry/box.ts'

const CAT = 1
const DOG = 2

/** Images 1 and 2 of 200x200 pixels, with rectangles as masks. */
function dataset(...annotations: Partial<CocoAnnotation & { bbox: XywhBox }>[]): CocoDataset {
  const size = { width: 200, height: 200 }
  return {
    images: [
      { id: 1, ...size },
      { id: 2, ...size },
    ],
    categories: [
      { id: CAT, name: 'cat' },
      { id: DOG, name: 'dog' },
    ],
    annotations: annotations.map(({ bbox = [0, 0, 50, 50], ...rest }, i) => ({
      id: i + 1,
      image_id: 1,
      category_id: CAT,
      iscrowd: 0,
      area: bbox[2] * bbox[3],
      bbox,
      segmentation: [rectangle(bbox)],
      ...rest,
    })),
  }
}

function rectangle([x, y, width, height]: XywhBox): number[] {
  return [x, y, x + width, y, x + width, y + height, x, y + height]
}

function detection(bbox: XywhBox, score: number, rest: Partial<CocoDetection> = {}): CocoDetection {
  const segmentation = [rectangle(bbox)]
  return { image_id: 1, category_id: CAT, score, bbox, segmentation, ...rest }
}

function summaryOf(
  groundTruth: CocoDataset,
  detections: CocoDetection[],
  {
    iouType = 'bbox',
    useCategories = true,
  }: { iouType?: 'bbox' | 'segm'; useCategories?: boolean } = {},
): EvaluationSummary {
  return evaluateDetections({ groundTruth, detections, iouType, useCategories }).summary
}

// 50x50 = 2500 square pixels: medium.
const box: XywhBox = [10, 10, 50, 50]

describe.each(['bbox', 'segm'] as const)('the metrics by %s', (iouType) => {
  it('are all 1 for one perfect detection, and -1 where there is nothing to find', () => {
    const summary = summaryOf(dataset({ bbox: box }), [detection(box, 0.9)], { iouType })
    const one = expect.closeTo(1, 12) as number
    expect(summary).toEqual({
      AP: one,
      AP50: one,
      AP75: one,
      APsmall: -1,
      APmedium: one,
      APlarge: -1,
      AR1: 1,
      AR10: 1,
      AR100: 1,
      ARsmall: -1,
      ARmedium: 1,
      ARlarge: -1,
    })
  })

  it('are 0 when nothing is found, and -1 when there is nothing at all', () => {
    expect(summaryOf(dataset({ bbox: box }), [], { iouType }).AP).toBe(0)
    expect(summaryOf(dataset({ bbox: box }), [], { iouType }).AR100).toBe(0)
    expect(summaryOf(dataset(), [detection(box, 0.9)], { iouType }).AP).toBe(-1)
  })

  it('count a match at the thresholds it reaches', () => {
    // 40 of 50 columns: IoU 0.8, so 7 of the 10 thresholds from 0.5 to 0.8.
    const summary = summaryOf(dataset({ bbox: box }), [detection([10, 10, 40, 50], 0.9)], {
      iouType,
    })
    expect(summary.AP).toBeCloseTo(0.7, 10)
    expect(summary.AP50).toBeCloseTo(1, 10)
    expect(summary.AR100).toBeCloseTo(0.7, 10)
  })

  it('count a duplicate as wrong', () => {
    // Right, wrong, right: precision 1, 1/2, 2/3. Recall 1/2 and 1 are reached at 1 and at 2/3;
    // of the 101 recall points 51 lie up to 0.5 and 50 beyond.
    const second: XywhBox = [100, 100, 50, 50]
    const summary = summaryOf(
      dataset({ bbox: box }, { bbox: second }),
      [detection(box, 0.9), detection(box, 0.8), detection(second, 0.7)],
      { iouType },
    )
    expect(summary.AP).toBeCloseTo((51 * 1 + (50 * 2) / 3) / 101, 10)
    expect(summary.AR1).toBeCloseTo(0.5, 10)
    expect(summary.AR10).toBeCloseTo(1, 10)
  })

  it('forgive any number of detections inside a crowd', () => {
    const crowd: XywhBox = [100, 0, 100, 200]
    const groundTruth = dataset({ bbox: crowd, iscrowd: 1 }, { bbox: box })
    const inCrowd = [0, 40, 80].map((y) => detection([120, y, 30, 30], 0.95))
    const summary = summaryOf(groundTruth, [...inCrowd, detection(box, 0.5)], { iouType })
    expect(summary.AP).toBeCloseTo(1, 10)
    const beside = detection([20, 120, 30, 30], 0.95)
    expect(summaryOf(groundTruth, [beside, detection(box, 0.5)], { iouType }).AP).toBeCloseTo(
      0.5,
      10,
    )
  })

  it('prefer an object to the crowd around it', () => {
    const groundTruth = dataset({ bbox: [0, 0, 200, 200], iscrowd: 1 }, { bbox: box })
    // With IoU 0.8 the crowd would fit better: the whole detection lies in it.
    const summary = summaryOf(groundTruth, [detection([10, 10, 40, 50], 0.9)], { iouType })
    expect(summary.AP50).toBeCloseTo(1, 10)
    expect(summary.AR100).toBeCloseTo(0.7, 10)
  })

  it('ignore objects of another size, and detections that match them or nothing', () => {
    const small: XywhBox = [100, 100, 10, 10]
    const summary = summaryOf(
      dataset({ bbox: box }, { bbox: small }),
      // The first is a small mistake: it counts among all and the small, not among the medium.
      [detection([150, 150, 10, 10], 0.95), detection(small, 0.9), detection(box, 0.8)],
      { iouType },
    )
    expect(summary.APmedium).toBeCloseTo(1, 10)
    expect(summary.APsmall).toBeCloseTo(0.5, 10)
    expect(summary.AP).toBeCloseTo(2 / 3, 10)
  })

  it('go by the area that an annotation states', () => {
    const groundTruth = dataset({ bbox: box, area: 900 })
    const summary = summaryOf(groundTruth, [detection(box, 0.9)], { iouType })
    expect(summary.APsmall).toBeCloseTo(1, 10)
    expect(summary.APmedium).toBe(-1)
  })

  it('know a wrong class from a right one, unless classes are not used', () => {
    const groundTruth = dataset({ bbox: box, category_id: DOG })
    const detections = [detection(box, 0.9, { category_id: CAT })]
    expect(summaryOf(groundTruth, detections, { iouType }).AP).toBe(0)
    expect(summaryOf(groundTruth, detections, { iouType, useCategories: false }).AP).toBeCloseTo(
      1,
      10,
    )
  })

  it('take the first of equal scores first, image by image', () => {
    const groundTruth = dataset({ bbox: box, image_id: 2 })
    const [wrong, right] = [
      detection(box, 0.5, { image_id: 1 }),
      detection(box, 0.5, { image_id: 2 }),
    ]
    // Image 1 comes before image 2 whatever the order of the detections.
    expect(summaryOf(groundTruth, [right, wrong], { iouType }).AP).toBeCloseTo(0.5, 10)
  })

  it('count 100 detections of a class in an image', () => {
    const wrong = Array.from({ length: 100 }, () => detection([120, 120, 50, 50], 0.9))
    const groundTruth = dataset({ bbox: box })
    expect(summaryOf(groundTruth, [...wrong, detection(box, 0.1)], { iouType }).AP).toBe(0)
    const summary = summaryOf(groundTruth, [...wrong.slice(1), detection(box, 0.1)], { iouType })
    expect(summary.AP).toBeCloseTo(0.01, 10)
    expect(summary.AR10).toBe(0)
    expect(summary.AR100).toBeCloseTo(1, 10)
  })
})

describe('detections', () => {
  const groundTruth = dataset({ bbox: box })

  it('are compared by their own box, and sized by it, when they carry one', () => {
    const loose = detection(box, 0.9, { segmentation: [rectangle([10, 10, 10, 10])] })
    expect(summaryOf(groundTruth, [loose], { iouType: 'bbox' }).AP).toBeCloseTo(1, 10)
    expect(summaryOf(groundTruth, [loose], { iouType: 'segm' }).AP).toBe(0)
  })

  it('need no box: that of their mask is taken', () => {
    const { bbox, ...masked } = detection(box, 0.9)
    expect(bbox).toEqual(box)
    expect(summaryOf(groundTruth, [masked], { iouType: 'bbox' }).AP).toBeCloseTo(1, 10)
    expect(summaryOf(groundTruth, [masked], { iouType: 'segm' }).APmedium).toBeCloseTo(1, 10)
  })

  it('may have run lengths for a mask', () => {
    const runs = { size: [200, 200] as const, counts: [40_000] }
    const empty = detection(box, 0.9, { segmentation: runs })
    expect(summaryOf(groundTruth, [empty], { iouType: 'segm' }).AP).toBe(0)
  })

  it('are refused by name when they cannot be measured', () => {
    const measure = (one: CocoDetection, iouType: 'bbox' | 'segm') => () =>
      summaryOf(groundTruth, [one], { iouType })
    const bare = { image_id: 1, category_id: CAT, score: 0.5 }
    const coded = (code: string): unknown => expect.objectContaining({ code })
    expect(measure(bare, 'bbox')).toThrow(coded('DETECTION_INCOMPLETE'))
    expect(measure({ ...bare, bbox: box }, 'segm')).toThrow(coded('DETECTION_INCOMPLETE'))
    expect(measure(detection(box, NaN), 'bbox')).toThrow(coded('SCORE_INVALID'))
    expect(measure(detection(box, 1, { image_id: 3 }), 'bbox')).toThrow(coded('UNKNOWN_IMAGE'))
    const otherSize = { size: [10, 10] as const, counts: [100] }
    const foreign = detection(box, 1, { segmentation: otherSize })
    expect(measure(foreign, 'segm')).toThrow(coded('MASK_SIZES_DIFFER'))
  })
})

describe('the table of classes', () => {
  it('has a row for every class, in the order of their ids', () => {
    const { perClass } = evaluateDetections({
      groundTruth: dataset({ bbox: box }, { bbox: [0, 0, 200, 200], iscrowd: 1 }),
      detections: [detection(box, 0.9), detection(box, 0.4, { category_id: DOG })],
      iouType: 'bbox',
      useCategories: true,
    })
    const one = expect.closeTo(1, 12) as number
    expect(perClass).toEqual([
      {
        categoryId: CAT,
        name: 'cat',
        AP: one,
        AP50: one,
        AR100: one,
        groundTruthCount: 1,
        detectionCount: 1,
      },
      {
        categoryId: DOG,
        name: 'dog',
        AP: -1,
        AP50: -1,
        AR100: -1,
        groundTruthCount: 0,
        detectionCount: 1,
      },
    ])
  })

  it('is empty when classes are not used', () => {
    const { perClass } = evaluateDetections({
      groundTruth: dataset({ bbox: box }),
      detections: [],
      iouType: 'bbox',
      useCategories: false,
    })
    expect(perClass).toEqual([])
  })
})
