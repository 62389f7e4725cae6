import { ColumnRunWriter, columnRunsOf } from '../column-runs.ts'
import { rleComplement } from '../rle.ts'
import type { Rle } from '../rle.ts'
import { cropRle, placeRle, windowAround } from './crop.ts'
import { pixelDisc } from './disc.ts'

/**
 * The pixels whose centre is within `radiusPx` of the centre of a set pixel, exactly.
 *
 * A run of one column grows into a run of each column that the disc reaches, so the time follows
 * runs * radius and the pixels of the box around the result, and the memory the runs alone.
 * @throws GeometryError RADIUS_INVALID
 */
export function growMask(mask: Rle, radiusPx: number): Rle {
  const { reach, halfHeights } = pixelDisc(radiusPx)
  const window = windowAround(mask, reach)
  if (window === null) return mask
  const { firstRun, ends } = columnRunsOf(mask)
  const foot = window.top + window.height
  const writer = new ColumnRunWriter(mask)
  // How many more grown runs cover a row than the row above it.
  const begun = new Int32Array(window.height + 1)
  for (let column = window.left; column < window.left + window.width; column++) {
    const firstSource = Math.max(window.left, column - reach)
    const lastSource = Math.min(window.left + window.width - 1, column + reach)
    for (let source = firstSource; source <= lastSource; source++) {
      const rows = halfHeights[Math.abs(source - column)]
      for (let run = firstRun[source]; run < firstRun[source + 1]; run++) {
        begun[Math.max(ends[2 * run] - rows, window.top) - window.top]++
        begun[Math.min(ends[2 * run + 1] + rows, foot) - window.top]--
      }
    }
    let covering = 0
    let top = 0
    for (let row = 0; row <= window.height; row++) {
      const before = covering
      covering += begun[row]
      begun[row] = 0
      if (before === 0 && covering > 0) top = row
      else if (before > 0 && covering === 0) writer.add(column, window.top + top, window.top + row)
    }
  }
  return writer.finish()
}

/**
 * The set pixels that have no unset pixel within `radiusPx`, centre to centre, exactly. Outside of
 * the image counts as set: an object that the photo cuts off does not shrink from the photo's edge.
 * @throws GeometryError RADIUS_INVALID
 */
export function shrinkMask(mask: Rle, radiusPx: number): Rle {
  // What is unset beyond one pixel around the box is farther from every set pixel than that pixel.
  const window = windowAround(mask, 1)
  if (window === null) {
    pixelDisc(radiusPx)
    return mask
  }
  const unset = rleComplement(cropRle(mask, window))
  return placeRle(rleComplement(growMask(unset, radiusPx)), window, mask)
}
