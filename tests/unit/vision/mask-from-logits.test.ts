import { describe, expect, it } from 'vitest'
import { rleFromBitmap } from '#shared/geometry/rle-bitmap.ts'
import { maskFromLogits, type LogitMap } from '#main/vision/mask-from-logits.ts'
import type { Size } from '#shared/geometry/size.ts'
import { property } from '../../support/random.ts'

/** Every pixel by itself, as the definition of bilinear sampling reads. */
function pixelByPixel(map: LogitMap, { width, height }: Size): Uint8Array {
  const at = (column: number, row: number): number =>
    map.logits[
      map.offset +
        Math.min(Math.max(row, 0), map.height - 1) * map.width +
        Math.min(Math.max(column, 0), map.width - 1)
    ]
  return Uint8Array.from({ length: width * height }, (_, i) => {
    const u = ((i % width) + 0.5) / map.scaleX - 0.5
    const v = (Math.floor(i / width) + 0.5) / map.scaleY - 0.5
    const [left, top] = [Math.floor(u), Math.floor(v)]
    const row = (y: number): number => at(left, y) * (1 - (u - left)) + at(left + 1, y) * (u - left)
    return row(top) * (1 - (v - top)) + row(top + 1) * (v - top) > 0 ? 1 : 0
  })
}

const mapOf = (
  rows: readonly (readonly number[])[],
  scaleX: number,
  scaleY = scaleX,
): LogitMap => ({
  logits: Float32Array.from(rows.flat()),
  offset: 0,
  width: rows[0].length,
  height: rows.length,
  scaleX,
  scaleY,
})

describe('the mask of a map of logits', () => {
  it('is the map itself where a cell is a pixel', () => {
    const map = mapOf(
      [
        [1, -1, 2],
        [-3, 0, 1],
      ],
      1,
    )
    const expected = rleFromBitmap(Uint8Array.of(1, 0, 1, 0, 0, 1), { width: 3, height: 2 })
    expect(maskFromLogits(map, { width: 3, height: 2 })).toEqual(expected)
  })

  it('reaches to the edges of the image beyond the centres of the outer cells', () => {
    const mask = maskFromLogits(mapOf([[1, -1]], 4), { width: 8, height: 4 })
    expect(mask).toEqual({ width: 8, height: 4, counts: Uint32Array.of(0, 16, 16) })
  })

  it('leaves out cells that lie beyond the image', () => {
    const map = mapOf(
      [
        [-1, -1, 9],
        [-1, -1, 9],
        [9, 9, 9],
      ],
      2,
    )
    const mask = maskFromLogits({ ...map, scaleX: 2, scaleY: 2 }, { width: 2, height: 2 })
    expect(mask.counts).toEqual(Uint32Array.of(4))
  })

  it('equals bilinear sampling pixel by pixel, larger and smaller', () => {
    property(
      (random) => {
        const map: LogitMap = {
          width: random.integer(1, 9),
          height: random.integer(1, 9),
          offset: random.integer(0, 5),
          scaleX: random.between(0.3, 7),
          scaleY: random.between(0.3, 7),
          logits: Float32Array.from({ length: 90 }, () => random.between(-1, 1)),
        }
        const size = { width: random.integer(1, 40), height: random.integer(1, 40) }
        expect(maskFromLogits(map, size)).toEqual(rleFromBitmap(pixelByPixel(map, size), size))
      },
      { cases: 400 },
    )
  })
})
