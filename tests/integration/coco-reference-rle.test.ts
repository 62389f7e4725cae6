import { describe, expect, it } from 'vitest'
import { maskFromPolygons, polygonsFromMask } from '#shared/geometry/contours.ts'
import { rleFromCocoSegmentation } from '#shared/geometry/coco-segmentation.ts'
import { rasterisePolygons } from '#shared/geometry/rasterise-polygon.ts'
import { rleArea, rleBbox, rleIouTable } from '#shared/geometry/rle-algebra.ts'
import { rleFromBitmap, rleToBitmap } from '#shared/geometry/rle-bitmap.ts'
import {
  rleFromCocoCounts,
  rleFromCocoString,
  rleToCocoCounts,
  rleToCocoString,
} from '#shared/geometry/rle.ts'
import type { Rle } from '#shared/geometry/rle.ts'
import type { Size } from '#shared/geometry/size.ts'
import { hasShared, readCocoMini, readShared } from '../support/coco-mini.ts'

interface Measured {
  size: [height: number, width: number]
  compressed: string
  area: number
  bbox: [number, number, number, number]
}

/** Made with the COCO API on another machine. */
interface Reference {
  masks: (Measured & { kind: string; counts: number[] })[]
  polygons: (Measured & { polygons: number[][] })[]
  real: (Measured & { annotation_id: number })[]
  iou: { size: [number, number]; dt: string[]; gt: string[]; iscrowd: number[]; iou: number[][] }[]
}

const sizeOf = ([height, width]: [number, number]): Size => ({ height, width })

function expectMeasured(rle: Rle, expected: Measured) {
  expect(rleToCocoString(rle)).toBe(expected.compressed)
  expect(rleArea(rle)).toBe(expected.area)
  expect(rleBbox(rle)).toEqual(expected.bbox)
}

describe.skipIf(!hasShared)('masks agree with the COCO API [needs ../shared]', () => {
  const reference = hasShared
    ? readShared<Reference>('data', 'reference', 'rle.json')
    : { masks: [], polygons: [], real: [], iou: [] }

  it('reads and writes the run lengths of 52 masks, and measures them', () => {
    expect(reference.masks).toHaveLength(52)
    for (const mask of reference.masks) {
      const rle = rleFromCocoCounts(mask.counts, sizeOf(mask.size))
      expectMeasured(rle, mask)
      expect(rleToCocoCounts(rle)).toEqual(mask.counts)
      expect(rleFromCocoString(mask.compressed, sizeOf(mask.size))).toEqual(rle)
      expect(rleFromBitmap(rleToBitmap(rle), rle)).toEqual(rle)
    }
  })

  it('rasterises 60 polygon sets bit for bit', () => {
    expect(reference.polygons).toHaveLength(60)
    for (const expected of reference.polygons) {
      expectMeasured(rasterisePolygons(expected.polygons, sizeOf(expected.size)), expected)
    }
  })

  it('rasterises 104 annotations of real photos bit for bit', () => {
    const annotations = new Map(readCocoMini().annotations.map((one) => [one.id, one]))
    expect(reference.real).toHaveLength(104)
    for (const expected of reference.real) {
      const annotation = annotations.get(expected.annotation_id)
      expect(annotation, `annotation ${expected.annotation_id}`).toBeDefined()
      if (annotation === undefined) continue
      const rle = rleFromCocoSegmentation(annotation.segmentation, sizeOf(expected.size))
      expectMeasured(rle, expected)
    }
  })

  it('takes the same IoUs, with crowds', () => {
    expect(reference.iou).toHaveLength(40)
    for (const { size, dt, gt, iscrowd, iou } of reference.iou) {
      const read = (text: string) => rleFromCocoString(text, sizeOf(size))
      const isCrowd = iscrowd.map((flag) => flag === 1)
      const table = rleIouTable(dt.map(read), gt.map(read), isCrowd)
      const expected = iou.flat()
      expect(table).toHaveLength(expected.length)
      table.forEach((value, i) => {
        expect(Math.abs(value - expected[i])).toBeLessThan(1e-9)
      })
    }
  })

  it('turns every mask into contours and back without loss', () => {
    const all = [...reference.masks, ...reference.polygons, ...reference.real]
    for (const { compressed, size } of all) {
      const rle = rleFromCocoString(compressed, sizeOf(size))
      expect(maskFromPolygons(polygonsFromMask(rle), rle)).toEqual(rle)
    }
  })
})
