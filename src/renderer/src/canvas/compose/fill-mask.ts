import type { XywhBox } from '#shared/geometry/box.ts'
import { runAt } from '../mask-runs.ts'
import type { MaskRuns } from '../mask-runs.ts'
import type { LayerFrame } from './layer-frame.ts'
import type { Rgba } from './pixels.ts'

/**
 * Sets the layer pixels whose centres lie in a mask. What was there is replaced: where masks
 * overlap, the one painted last is seen alone, in its own colour.
 * @param pixels [height * width] of the layer
 * @param bbox of the mask
 */
export function fillMask(
  pixels: Int32Array,
  frame: LayerFrame,
  { rle, ends }: MaskRuns,
  bbox: XywhBox,
  colour: Rgba,
): void {
  const { scale, left, top, width, height } = frame
  // The first layer pixel whose centre is not before an edge between image pixels.
  const column = (edge: number) => clamp(Math.ceil(edge * scale - left - 0.5), width)
  const row = (edge: number) => clamp(Math.ceil(edge * scale - top - 0.5), height)

  const firstColumn = Math.max(0, bbox[0], Math.floor(left / scale) - 1)
  const endColumn = Math.min(rle.width, bbox[0] + bbox[2], Math.ceil((left + width) / scale) + 1)
  if (firstColumn >= endColumn || row(bbox[1]) === row(bbox[1] + bbox[3])) return

  let run = runAt(ends, firstColumn * rle.height)
  for (let x = firstColumn; x < endColumn; x++) {
    const from = column(x)
    const to = column(x + 1)
    if (from === to) continue
    const head = x * rle.height
    const foot = head + rle.height
    while (ends[run] <= head) run++
    for (let at = run; at < ends.length; at++) {
      const start = at === 0 ? 0 : ends[at - 1]
      if (start >= foot) break
      if ((at & 1) === 0) continue
      const y1 = row(Math.max(start, head) - head)
      const y2 = row(Math.min(ends[at], foot) - head)
      fillBlock(pixels, width, from, to, y1, y2, colour)
    }
  }
}

function clamp(value: number, limit: number): number {
  return value < 0 ? 0 : value > limit ? limit : value
}

function fillBlock(
  pixels: Int32Array,
  width: number,
  x1: number,
  x2: number,
  y1: number,
  y2: number,
  colour: Rgba,
): void {
  const end = y2 * width
  // A call of `fill` costs more than a few pixels do.
  if (x2 - x1 > 8) {
    for (let line = y1 * width; line < end; line += width) pixels.fill(colour, line + x1, line + x2)
    return
  }
  for (let line = y1 * width; line < end; line += width) {
    for (let x = line + x1; x < line + x2; x++) pixels[x] = colour
  }
}
