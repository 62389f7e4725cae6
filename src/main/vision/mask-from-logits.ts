import type { Rle } from '#shared/geometry/rle.ts'
import type { Size } from '#shared/geometry/size.ts'

/** A network's mask of a whole image, smaller or larger than the image. */
export interface LogitMap extends Size {
  /** Float32Array // at `offset`: [height, width], row-major */
  readonly logits: Float32Array
  readonly offset: number
  /** Pixels of the image to one cell. */
  readonly scaleX: number
  readonly scaleY: number
}

/**
 * The pixels of an image where a mask's logit is above 0: logits are sampled bilinearly at pixel
 * centres, and beyond the centres of the outer cells as these, like PyTorch's `interpolate` without
 * aligned corners. Cells beyond the image, such as padding, are not looked at.
 *
 * Along a column the samples are linear between two rows of cells, so the runs are found a pair of
 * rows at a time, and no image of logits is made: the cost is image width × map height.
 */
export function maskFromLogits(map: LogitMap, image: Size): Rle {
  const { width, height } = image
  const { logits, offset } = map
  const runs: number[] = []
  const column = new Float64Array(map.height)
  let written = 0
  let end = -1
  const add = (from: number, to: number): void => {
    if (from === end) runs[runs.length - 1] += to - from
    else runs.push(from - written, to - from)
    written = end = to
  }
  for (let x = 0; x < width; x++) {
    const u = Math.min(Math.max((x + 0.5) / map.scaleX - 0.5, 0), map.width - 1)
    const left = Math.min(Math.floor(u), Math.max(0, map.width - 2))
    const right = Math.min(left + 1, map.width - 1)
    const fraction = u - left
    for (let v = 0; v < map.height; v++) {
      const at = offset + v * map.width
      const a = logits[at + left]
      column[v] = a + (logits[at + right] - a) * fraction
    }
    let from = 0
    // Between rows v - 1 and v of cells; the first and the last part reach to the image's edges.
    for (let v = 0; v <= map.height && from < height; v++) {
      const a = column[Math.max(v - 1, 0)]
      const b = column[Math.min(v, map.height - 1)]
      /** The pixel row, as a real number, of the centre of cell row v - 1. */
      const top = (v - 0.5) * map.scaleY - 0.5
      const to = v === map.height ? height : Math.min(height, Math.ceil(top + map.scaleY))
      if (to <= from) continue
      let onFrom = from
      let onTo = to
      const crossing = top + (a / (a - b)) * map.scaleY
      if (a <= 0 && b <= 0) onTo = onFrom
      else if (a <= 0) onFrom = Math.max(from, Math.floor(crossing) + 1)
      else if (b <= 0) onTo = Math.min(to, Math.ceil(crossing))
      if (onTo > onFrom) add(x * height + onFrom, x * height + onTo)
      from = to
    }
  }
  if (written < width * height) runs.push(width * height - written)
  return { width, height, counts: Uint32Array.from(runs) }
}
