import { ColumnRunWriter, columnRunsOf } from '../column-runs.ts'
import { GeometryError } from '../geometry-error.ts'
import { rleBbox } from '../rle-algebra.ts'
import type { Rle } from '../rle.ts'
import type { Size } from '../size.ts'

/** Whole pixels of an image, of one column and one row at least. */
export interface PixelWindow extends Size {
  readonly left: number
  readonly top: number
}

/** The box around the set pixels and `margin` pixels more, as far as the image goes; null of none. */
export function windowAround(mask: Rle, margin: number): PixelWindow | null {
  const [x, y, boxWidth, boxHeight] = rleBbox(mask)
  if (boxWidth === 0) return null
  const left = Math.max(0, x - margin)
  const top = Math.max(0, y - margin)
  const right = Math.min(mask.width, x + boxWidth + margin)
  const bottom = Math.min(mask.height, y + boxHeight + margin)
  return { left, top, width: right - left, height: bottom - top }
}

/**
 * The mask of the pixels of a window, of the window's size.
 * @throws GeometryError WINDOW_INVALID for one that is not inside the mask
 */
export function cropRle(mask: Rle, window: PixelWindow): Rle {
  assertWindow(window, mask)
  const { left, top, width, height } = window
  const writer = new ColumnRunWriter(window)
  const { firstRun, ends } = columnRunsOf(mask)
  for (let run = firstRun[left], column = left; column < left + width; column++) {
    for (; run < firstRun[column + 1]; run++) {
      const from = Math.max(ends[2 * run] - top, 0)
      const to = Math.min(ends[2 * run + 1] - top, height)
      writer.add(column - left, from, to)
    }
  }
  return writer.finish()
}

/**
 * The inverse of `cropRle`: an image of this size with `part` in the window and nothing elsewhere.
 * @throws GeometryError WINDOW_INVALID for one that is not inside the image or not of the part's size
 */
export function placeRle(part: Rle, window: PixelWindow, size: Size): Rle {
  assertWindow(window, size)
  if (part.width !== window.width || part.height !== window.height) throw windowError(window, part)
  const writer = new ColumnRunWriter(size)
  const { firstRun, ends } = columnRunsOf(part)
  for (let run = 0, column = 0; column < part.width; column++) {
    for (; run < firstRun[column + 1]; run++) {
      const top = window.top + ends[2 * run]
      writer.add(window.left + column, top, window.top + ends[2 * run + 1])
    }
  }
  return writer.finish()
}

function assertWindow(window: PixelWindow, size: Size): void {
  const { left, top, width, height } = window
  const isWhole = [left, top, width, height].every(Number.isInteger)
  const isInside =
    left >= 0 && top >= 0 && left + width <= size.width && top + height <= size.height
  if (!isWhole || !isInside || width < 1 || height < 1) throw windowError(window, size)
}

function windowError({ left, top, width, height }: PixelWindow, size: Size): GeometryError {
  return new GeometryError(
    'WINDOW_INVALID',
    `${width}x${height} pixels at (${left}, ${top}) are no window of ${size.width}x${size.height}.`,
  )
}
