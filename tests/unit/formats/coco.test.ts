import { describe, expect, it } from 'vitest'
import { cocoCategories, cocoSegmentation } from '#main/formats/coco.ts'
import {
  rleFromCocoSegmentation,
  type CocoRle,
  type CocoSegmentation,
} from '#shared/geometry/coco-segmentation.ts'
import { rleFromBitmap } from '#shared/geometry/rle-bitmap.ts'
import { isEmptyRle, rleArea, rleDifference } from '#shared/geometry/rle-algebra.ts'
import type { Rle } from '#shared/geometry/rle.ts'
import { bitmapFromRows, randomBitmap } from '../../support/random-masks.ts'
import { SeededRandom } from '../../support/random.ts'

const maskOf = (...rows: string[]): Rle => {
  const bitmap = bitmapFromRows(...rows)
  return rleFromBitmap(bitmap.pixels, bitmap)
}

const isRle = (segmentation: CocoSegmentation): segmentation is CocoRle => 'counts' in segmentation

/** Twice the signed area; of rings that turn against each other, the sum is the area between. */
function shoelace(ring: readonly number[]): number {
  let sum = 0
  for (let i = 0; i < ring.length; i += 2) {
    const next = (i + 2) % ring.length
    sum += ring[i] * ring[next + 1] - ring[next] * ring[i + 1]
  }
  return sum
}

describe('a segmentation', () => {
  it.each([
    ['auto', {}],
    ['rle', { segmentation: 'rle' }],
    ['uncompressed rle', { segmentation: 'rle', runLengths: 'uncompressed' }],
    ['polygon', { segmentation: 'polygon' }],
  ] as const)('as %s is the mask, bit for bit, whatever the mask', (_, options) => {
    for (let seed = 1; seed <= 400; seed++) {
      const bitmap = randomBitmap(new SeededRandom(seed))
      const mask = rleFromBitmap(bitmap.pixels, bitmap)
      if (isEmptyRle(mask)) continue
      const written = JSON.parse(
        JSON.stringify(cocoSegmentation(mask, options)),
      ) as CocoSegmentation
      expect(rleFromCocoSegmentation(written, mask), `seed ${seed}`).toEqual(mask)
    }
  })

  it('is one polygon a part, on whole pixels', () => {
    expect(cocoSegmentation(maskOf('##...', '##..#', '....#'))).toEqual([
      [0, 0, 2, 0, 2, 2, 0, 2],
      [4, 1, 5, 1, 5, 3, 4, 3],
    ])
  })

  it('is run lengths where the mask has a hole, and joined polygons where those are wanted', () => {
    const ring = maskOf('.....', '.###.', '.#.#.', '.###.', '.....')
    expect(cocoSegmentation(ring)).toEqual({ size: [5, 5], counts: '632NO0124' })
    const polygons = cocoSegmentation(ring, { segmentation: 'polygon' })
    if (isRle(polygons)) throw new Error('run lengths')
    expect(polygons).toHaveLength(1)
    expect(Math.abs(shoelace(polygons[0])) / 2).toBe(rleArea(ring))
  })

  it('covers with its polygons exactly the area that is written', () => {
    for (let seed = 1; seed <= 200; seed++) {
      const bitmap = randomBitmap(new SeededRandom(seed))
      const mask = rleFromBitmap(bitmap.pixels, bitmap)
      if (isEmptyRle(mask)) continue
      const polygons = cocoSegmentation(mask, { segmentation: 'polygon' })
      if (isRle(polygons)) throw new Error('run lengths')
      const covered = polygons.reduce((sum, polygon) => sum + shoelace(polygon) / 2, 0)
      expect(Math.abs(covered), `seed ${seed}`).toBe(rleArea(mask))
    }
  })

  it('with a tolerance has fewer points, stays near, and never loses the object', () => {
    const size = { width: 80, height: 80 }
    const disc = Uint8Array.from({ length: 6400 }, (_, i) =>
      ((i % 80) - 40) ** 2 + (Math.floor(i / 80) - 40) ** 2 < 900 ? 1 : 0,
    )
    const mask = rleFromBitmap(disc, size)
    const exact = cocoSegmentation(mask)
    const loose = cocoSegmentation(mask, { tolerancePx: 1 })
    if (isRle(exact) || isRle(loose)) throw new Error('run lengths')
    expect(loose[0].length).toBeLessThan(exact[0].length / 3)
    const back = rleFromCocoSegmentation(loose, mask)
    const strayed = rleArea(rleDifference(mask, back)) + rleArea(rleDifference(back, mask))
    expect(strayed).toBeLessThan(rleArea(mask) * 0.06)

    const thin = maskOf('......', '.####.', '......')
    expect(
      isEmptyRle(rleFromCocoSegmentation(cocoSegmentation(thin, { tolerancePx: 5 }), thin)),
    ).toBe(false)
  })
})

describe('categories', () => {
  const template = [
    { id: 1, name: 'person', supercategory: 'person' },
    { id: 3, name: 'car', supercategory: 'vehicle' },
    { id: 90, name: 'toothbrush' },
  ]

  it('have the ids of their classes', () => {
    const classes = [
      { id: 7, name: 'red bus' },
      { id: 2, name: '猫' },
    ]
    expect([...cocoCategories(classes, []).values()]).toEqual(classes)
  })

  it('take the ids of their namesakes, and leave those of others alone', () => {
    const classes = [
      { id: 1, name: 'Car ' },
      { id: 2, name: 'scooter' },
      { id: 3, name: 'person' },
      { id: 90, name: 'kite' },
    ]
    expect(Object.fromEntries(cocoCategories(classes, template))).toEqual({
      1: { id: 3, name: 'Car ', supercategory: 'vehicle' },
      2: { id: 2, name: 'scooter' },
      3: { id: 1, name: 'person', supercategory: 'person' },
      90: { id: 91, name: 'kite' },
    })
  })

  it('never share an id', () => {
    const classes = [
      { id: 5, name: 'car' },
      { id: 6, name: 'CAR' },
      { id: 3, name: 'tram' },
      { id: 91, name: 'sled' },
    ]
    const ids = [...cocoCategories(classes, template).values()].map(({ id }) => id)
    expect(new Set(ids).size).toBe(classes.length)
    expect(ids[0]).toBe(3)
  })
})
