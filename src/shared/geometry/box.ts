import type { Size } from './size.ts'

/** Corners [x1, y1, x2, y2] in pixels; x2 and y2 are the far edges, so width = x2 - x1. */
export type Box = readonly [x1: number, y1: number, x2: number, y2: number]

/** COCO's form of a box: [x, y, width, height] in pixels. */
export type XywhBox = readonly [x: number, y: number, width: number, height: number]

export function boxFromXywh([x, y, width, height]: XywhBox): Box {
  return [x, y, x + width, y + height]
}

export function xywhFromBox([x1, y1, x2, y2]: Box): XywhBox {
  return [x1, y1, x2 - x1, y2 - y1]
}

/** In square pixels; 0 for a box whose corners are swapped. */
export function boxArea([x1, y1, x2, y2]: Box): number {
  return Math.max(0, x2 - x1) * Math.max(0, y2 - y1)
}

/** In square pixels; boxes that only touch share nothing. */
export function intersectionArea(a: Box, b: Box): number {
  return boxArea([
    Math.max(a[0], b[0]),
    Math.max(a[1], b[1]),
    Math.min(a[2], b[2]),
    Math.min(a[3], b[3]),
  ])
}

/** Intersection over union, in 0..1; 0 when both boxes are empty. */
export function boxIou(a: Box, b: Box): number {
  const shared = intersectionArea(a, b)
  return shared === 0 ? 0 : shared / (boxArea(a) + boxArea(b) - shared)
}

/**
 * IoU of a detection with a ground truth, as the COCO API takes it (`bbIou` in its maskApi): of a
 * crowd the union is the detection's area alone, so a detection that lies inside a crowd scores 1.
 */
export function cocoBoxIou(detection: XywhBox, groundTruth: XywhBox, isCrowd: boolean): number {
  const [dx, dy, dWidth, dHeight] = detection
  const [gx, gy, gWidth, gHeight] = groundTruth
  const width = Math.min(dx + dWidth, gx + gWidth) - Math.max(dx, gx)
  const height = Math.min(dy + dHeight, gy + gHeight) - Math.max(dy, gy)
  if (width <= 0 || height <= 0) return 0
  const shared = width * height
  const detectionArea = dWidth * dHeight
  return shared / (isCrowd ? detectionArea : detectionArea + gWidth * gHeight - shared)
}

/** A box whose sides are `factor` times as long, about the same centre. */
export function scaleBox([x1, y1, x2, y2]: Box, factor: number): Box {
  const growX = ((x2 - x1) * (factor - 1)) / 2
  const growY = ((y2 - y1) * (factor - 1)) / 2
  return [x1 - growX, y1 - growY, x2 + growX, y2 + growY]
}

/** The part of a box that lies in the image; of zero width or height when none does. */
export function clampBox([x1, y1, x2, y2]: Box, { height, width }: Size): Box {
  const clamp = (value: number, limit: number) => Math.min(Math.max(value, 0), limit)
  return [clamp(x1, width), clamp(y1, height), clamp(x2, width), clamp(y2, height)]
}
