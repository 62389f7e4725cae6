import { GeometryError } from './geometry-error.ts'
import { rleFromRuns } from './rle.ts'
import type { Rle } from './rle.ts'
import { assertMaskSize } from './size.ts'
import type { Size } from './size.ts'

/**
 * Columns handled at a time. Bitmaps lie row by row and runs column by column; going down one
 * column at a time would fetch a cache line for every pixel.
 */
const BAND = 64

/**
 * @param bitmap [height * width] row by row; every value but 0 is set
 * @throws GeometryError BITMAP_INVALID when its length is not height * width; MASK_SIZE_INVALID
 */
export function rleFromBitmap(bitmap: Uint8Array | Uint8ClampedArray, size: Size): Rle {
  assertMaskSize(size)
  const { height, width } = size
  if (bitmap.length !== height * width) {
    throw new GeometryError(
      'BITMAP_INVALID',
      `A bitmap of ${bitmap.length} values is not one of height ${height} and width ${width}.`,
    )
  }
  const band = new Uint8Array(height * Math.min(BAND, width))
  const runs = new GrowingRuns()
  let value = 0
  let run = 0
  for (let left = 0; left < width; left += BAND) {
    const columns = Math.min(BAND, width - left)
    for (let y = 0; y < height; y++) {
      const row = y * width + left
      for (let x = 0; x < columns; x++) band[x * height + y] = bitmap[row + x] === 0 ? 0 : 1
    }
    for (let i = 0; i < columns * height; i++) {
      if (band[i] === value) {
        run++
      } else {
        runs.push(run)
        value = band[i]
        run = 1
      }
    }
  }
  runs.push(run)
  return rleFromRuns(runs.take(), size)
}

/** @returns [height * width] row by row, of 0 and 1 */
export function rleToBitmap({ height, width, counts }: Rle): Uint8Array {
  const bitmap = new Uint8Array(height * width)
  const band = new Uint8Array(height * Math.min(BAND, width))
  let index = 0
  let runEnd = counts[0]
  for (let left = 0; left < width; left += BAND) {
    const columns = Math.min(BAND, width - left)
    const bandStart = left * height
    const bandEnd = bandStart + columns * height
    let from = bandStart
    while (from < bandEnd) {
      while (runEnd <= from) runEnd += counts[++index]
      const to = Math.min(runEnd, bandEnd)
      band.fill(index & 1, from - bandStart, to - bandStart)
      from = to
    }
    for (let y = 0; y < height; y++) {
      const row = y * width + left
      for (let x = 0; x < columns; x++) bitmap[row + x] = band[x * height + y]
    }
  }
  return bitmap
}

/** Runs whose number is not known before; a plain array would take twice the memory. */
class GrowingRuns {
  #runs = new Uint32Array(1024)
  #length = 0

  push(run: number): void {
    if (this.#length === this.#runs.length) {
      const longer = new Uint32Array(2 * this.#length)
      longer.set(this.#runs)
      this.#runs = longer
    }
    this.#runs[this.#length++] = run
  }

  take(): Uint32Array {
    return this.#runs.subarray(0, this.#length)
  }
}
