/**
 * The constants of the COCO challenge (`Params` in the COCO API's cocoeval). The grids repeat
 * NumPy's `linspace`, start + i * step, to the last bit: real IoUs and recalls do fall on them.
 */
export const IOU_THRESHOLDS: readonly number[] = Array.from({ length: 10 }, (_, i) =>
  i === 9 ? 0.95 : i * ((0.95 - 0.5) / 9) + 0.5,
)

export const RECALL_POINTS: readonly number[] = Array.from({ length: 101 }, (_, i) =>
  i === 100 ? 1 : i * 0.01,
)

/** Detections of one class in one image that count, the surest first. */
export const MAX_DETECTIONS = 100

export type AreaName = 'all' | 'small' | 'medium' | 'large'

export interface AreaRange {
  readonly name: AreaName
  /** Square pixels, both included. */
  readonly min: number
  readonly max: number
}

export const AREA_RANGES: readonly AreaRange[] = [
  { name: 'all', min: 0, max: 1e10 },
  { name: 'small', min: 0, max: 32 ** 2 },
  { name: 'medium', min: 32 ** 2, max: 96 ** 2 },
  { name: 'large', min: 96 ** 2, max: 1e10 },
]

export function isOutside(area: number, { min, max }: AreaRange): boolean {
  return area < min || area > max
}
