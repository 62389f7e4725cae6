import type { Box } from '#shared/geometry/box.ts'
import type { Size } from '#shared/geometry/size.ts'

/** What the first part of a split encoder makes of an image. */
export interface FeatureMap extends Size {
  /** Float32Array // [channels, height, width], or [height, width, channels] */
  readonly data: Float32Array
  readonly channels: number
  /** Where the channels stand; regions keep the order. */
  readonly layout: 'CHW' | 'HWC'
}

export interface RoiAlignOptions {
  /** Cells a side of a region. */
  readonly cells: number
  /** Samples a side of a cell; 0 takes as many as the cell has cells of the map, rounded up. */
  readonly samplingRatio: number
}

/** One axis: which of the map's positions make a cell, and with which weights. */
interface AxisTaps {
  /** [cells] first position */
  readonly first: Int32Array
  /** [cells] list of weights from there on */
  readonly weights: readonly Float64Array[]
}

/**
 * The mean over a cell's samples of linear interpolation. Along one axis a sample beyond the map by more
 * than a position counts as zero, one beyond it by less as the map's edge; a sample of the map's plane
 * is the product of both axes, so that they can be taken one after the other.
 */
function axisTaps(
  from: number,
  to: number,
  length: number,
  { cells, samplingRatio }: RoiAlignOptions,
): AxisTaps {
  const cell = (to - from) / cells
  const samples = samplingRatio > 0 ? samplingRatio : Math.max(1, Math.ceil(cell))
  const first = new Int32Array(cells)
  const weights = Array.from({ length: cells }, (_, c) => {
    const taps = new Map<number, number>()
    const add = (at: number, weight: number): void => {
      taps.set(at, (taps.get(at) ?? 0) + weight / samples)
    }
    for (let s = 0; s < samples; s++) {
      const position = from + (c + (s + 0.5) / samples) * cell
      if (!(position >= -1 && position <= length)) continue
      const inside = Math.min(Math.max(position, 0), length - 1)
      const low = Math.floor(inside)
      add(low, 1 - (inside - low))
      if (inside > low) add(low + 1, inside - low)
    }
    const touched = [...taps.keys()]
    first[c] = touched.length === 0 ? 0 : Math.min(...touched)
    const last = touched.length === 0 ? -1 : Math.max(...touched)
    return Float64Array.from({ length: last - first[c] + 1 }, (_, k) => taps.get(first[c] + k) ?? 0)
  })
  return { first, weights }
}

/**
 * RoIAlign (He et al. 2017) with pixel centres at half positions, as torchvision's `roi_align` has it
 * with `aligned=True`.
 *
 * @param boxInMap far-edge corners in cells of the map: a position i of it covers i..i + 1
 * @param out Float32Array // [channels, cells, cells] or [cells, cells, channels], as the map's layout
 */
export function roiAlign(
  map: FeatureMap,
  boxInMap: Box,
  options: RoiAlignOptions,
  out: Float32Array,
): void {
  const { data, channels, width, height, layout } = map
  const { cells } = options
  // Half a position back: the value of position i stands at its centre, i + 0.5.
  const columns = axisTaps(boxInMap[0] - 0.5, boxInMap[2] - 0.5, width, options)
  const rows = axisTaps(boxInMap[1] - 0.5, boxInMap[3] - 0.5, height, options)
  const isLast = layout === 'HWC'
  const stride = {
    channel: isLast ? 1 : width * height,
    column: isLast ? channels : 1,
    row: isLast ? width * channels : width,
  }
  const target = {
    channel: isLast ? 1 : cells * cells,
    column: isLast ? channels : 1,
    row: isLast ? cells * channels : cells,
  }
  const used = rowsUsed(rows)
  // Across first, for each row of the map that counts. [used, cells, channels]
  const narrow = new Float32Array((used.to - used.from) * cells * channels)
  for (let y = used.from; y < used.to; y++) {
    for (let c = 0; c < cells; c++) {
      const to = ((y - used.from) * cells + c) * channels
      columns.weights[c].forEach((weight, k) => {
        let at = y * stride.row + (columns.first[c] + k) * stride.column
        for (let channel = 0; channel < channels; channel++, at += stride.channel) {
          narrow[to + channel] += weight * data[at]
        }
      })
    }
  }
  out.fill(0)
  for (let r = 0; r < cells; r++) {
    rows.weights[r].forEach((weight, k) => {
      for (let c = 0; c < cells; c++) {
        const from = ((rows.first[r] + k - used.from) * cells + c) * channels
        let to = r * target.row + c * target.column
        for (let channel = 0; channel < channels; channel++, to += target.channel) {
          out[to] += weight * narrow[from + channel]
        }
      }
    })
  }
}

function rowsUsed({ first, weights }: AxisTaps): { from: number; to: number } {
  const used = weights.flatMap(({ length }, c) =>
    length === 0 ? [] : [first[c], first[c] + length],
  )
  return used.length === 0 ? { from: 0, to: 0 } : { from: Math.min(...used), to: Math.max(...used) }
}
