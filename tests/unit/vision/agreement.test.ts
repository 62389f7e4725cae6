import { describe, expect, it } from 'vitest'
import type { Box } from '#shared/geometry/box.ts'
import { rleFromBitmap } from '#shared/geometry/rle-bitmap.ts'
import { agreementOf } from '#main/vision/agreement.ts'
import type { Candidate } from '#main/vision/candidate.ts'

const SIZE = { width: 20, height: 10 }

/** A region whose mask fills its box. */
function region(classIndex: number, probability: number, box: Box): Candidate {
  const [x1, y1, x2, y2] = box
  const bitmap = Uint8Array.from({ length: SIZE.width * SIZE.height }, (_, i) => {
    const [x, y] = [i % SIZE.width, Math.floor(i / SIZE.width)]
    return Number(x >= x1 && x < x2 && y >= y1 && y < y2)
  })
  return {
    box,
    mask: rleFromBitmap(bitmap, SIZE),
    objectness: 0.9,
    detectorClass: classIndex,
    posterior: {
      classes: Uint16Array.of(classIndex),
      probabilities: Float32Array.of(probability),
    },
    vector: null,
  }
}

const bus = region(1, 0.75, [0, 0, 10, 10])
const car = region(2, 0.5, [12, 0, 20, 10])
const doubtful = region(3, 0.25, [5, 5, 9, 9])

describe('how far two ways to run a detector agree', () => {
  it('is wholly, for the same regions in any order', () => {
    const agreement = agreementOf([[bus, car, doubtful]], [[doubtful, car, bus]])
    expect(agreement).toEqual({ regions: 2, found: 1, scoreDifference: 0, maskIou: 1 })
  })

  it('looks only at what the reference is sure of', () => {
    expect(agreementOf([[doubtful]], [[]])).toMatchObject({ regions: 0, found: 0 })
    expect(agreementOf([[bus]], [[bus, car]])).toMatchObject({ regions: 1, found: 1 })
  })

  it('counts another class, another place and another image as not found', () => {
    const other = region(2, 0.75, [0, 0, 10, 10])
    const elsewhere = region(1, 0.75, [8, 0, 18, 10])
    expect(agreementOf([[bus, car]], [[other, elsewhere]])).toMatchObject({ regions: 2, found: 0 })
    expect(agreementOf([[bus], []], [[], [bus]])).toMatchObject({ regions: 1, found: 0 })
  })

  it('measures scores and masks of what was found', () => {
    const shifted = region(1, 0.5, [0, 0, 8, 10])
    const { scoreDifference, maskIou, found } = agreementOf([[bus, car]], [[shifted, car]])
    expect(found).toBe(1)
    expect(scoreDifference).toBeCloseTo((0.25 + 0) / 2, 6)
    expect(maskIou).toBeCloseTo((0.8 + 1) / 2, 6)
  })

  it('gives one region to one other: two that are one are not both found', () => {
    const twin = region(1, 0.75, [1, 0, 11, 10])
    expect(agreementOf([[bus, twin]], [[bus]])).toMatchObject({ regions: 2, found: 0.5 })
  })
})
