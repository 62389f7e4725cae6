import type { Rle } from '#shared/geometry/rle.ts'

/** A network's small mask of one box, before it is placed in the image. */
export interface MaskPatch {
  /** Float32Array // at `offset`: [size, size] probabilities, row-major */
  readonly probabilities: Float32Array
  readonly offset: number
  readonly size: number
}

/**
 * Place a box's mask probabilities in the image and cut them at `threshold`, as Mask R-CNN does
 * (Detectron's paste): the patch is padded by `padCells` cells of zeros, the box grown in
 * proportion, and the result sampled bilinearly at pixel centres.
 *
 * Along a column the samples are linear between two rows of the patch, so the runs are found a cell
 * at a time: the cost is box width × patch size, whatever the height of the photo.
 *
 * @param box far-edge corners in pixels of the image
 * @returns the mask as runs; empty when nothing reaches the threshold
 */
export function pasteMask(
  patch: MaskPatch,
  box: readonly [number, number, number, number],
  image: { readonly width: number; readonly height: number },
  options: { readonly threshold: number; readonly padCells: number },
): Rle {
  const { size } = patch
  const pad = options.padCells
  const cells = size + 2 * pad
  const growth = cells / size / 2
  const centreX = (box[0] + box[2]) / 2
  const centreY = (box[1] + box[3]) / 2
  const left = centreX - (box[2] - box[0]) * growth
  const top = centreY - (box[3] - box[1]) * growth
  const pixelsPerCellX = ((box[2] - box[0]) * growth * 2) / cells
  const pixelsPerCellY = ((box[3] - box[1]) * growth * 2) / cells
  const runs: number[] = []
  const { width, height } = image
  if (!(pixelsPerCellX > 0 && pixelsPerCellY > 0)) {
    return { width, height, counts: Uint32Array.of(width * height) }
  }
  // Half a cell beyond the padded patch at most: there the samples have come down to zero.
  const firstX = Math.max(0, Math.floor(left + (pad - 0.5) * pixelsPerCellX - 0.5))
  const lastX = Math.min(width - 1, Math.ceil(left + (pad + size + 0.5) * pixelsPerCellX - 0.5))
  const column = new Float64Array(size + 2)
  /** Pixels written into `runs` so far, and whether the open run is of ones. */
  let written = 0
  let end = -1
  for (let x = firstX; x <= lastX; x++) {
    // Cell centres of the unpadded patch stand at 0, 1, … size - 1; -1 and size are zeros.
    const u = (x + 0.5 - left) / pixelsPerCellX - 0.5 - pad
    if (u <= -1 || u >= size) continue
    const u0 = Math.floor(u)
    const fraction = u - u0
    for (let v = 0; v < size; v++) {
      const at = patch.offset + v * size + u0
      const a = u0 >= 0 ? patch.probabilities[at] : 0
      const b = u0 + 1 < size ? patch.probabilities[at + 1] : 0
      column[v + 1] = a + (b - a) * fraction
    }
    let from = Math.max(0, Math.ceil(top + (pad - 0.5) * pixelsPerCellY - 0.5))
    for (let k = 0; k <= size && from < height; k++) {
      // Between column[k] and column[k + 1] lie the pixels y with row coordinate in [k - 1, k).
      const cellTop = top + (k - 1 + 0.5 + pad) * pixelsPerCellY - 0.5
      const to = Math.min(height, Math.ceil(cellTop + pixelsPerCellY))
      if (to <= from) continue
      const a = column[k] - options.threshold
      const b = column[k + 1] - options.threshold
      let onFrom = from
      let onTo = to
      if (a < 0 && b < 0) onTo = onFrom
      else if (a < 0) onFrom = Math.max(from, Math.ceil(cellTop + (a / (a - b)) * pixelsPerCellY))
      else if (b < 0) {
        onTo = Math.min(to, Math.floor(cellTop + (a / (a - b)) * pixelsPerCellY) + 1)
      }
      if (onTo > onFrom) {
        const start = x * height + onFrom
        if (start === end) runs[runs.length - 1] += onTo - onFrom
        else runs.push(start - written, onTo - onFrom)
        written = end = x * height + onTo
      }
      from = to
    }
  }
  if (written < width * height) runs.push(width * height - written)
  return { width, height, counts: Uint32Array.from(runs) }
}
