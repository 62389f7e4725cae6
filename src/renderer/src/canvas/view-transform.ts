import type { Box } from '#shared/geometry/box.ts'
import type { Size } from '#shared/geometry/size.ts'
import type { Point } from './canvas-content.ts'

/** Where the image lies on the screen: screen = image * scale + offset, in CSS pixels. */
export interface View {
  /** CSS pixels an image pixel. */
  readonly scale: number
  readonly x: number
  readonly y: number
}

export const MAX_SCALE = 40
/** From here on single pixels are looked at, and shown as squares. */
export const PIXELATED_SCALE = 4
const ZOOM_STEP = 1.25
const FIT_MARGIN_PX = 24
/** A stretch of the image that cannot be pushed out of sight. */
const KEPT_IN_SIGHT_PX = 64

export function imageToScreen(view: View, { x, y }: Point): Point {
  return { x: x * view.scale + view.x, y: y * view.scale + view.y }
}

export function screenToImage(view: View, { x, y }: Point): Point {
  return { x: (x - view.x) / view.scale, y: (y - view.y) / view.scale }
}

/** The scale at which the whole image is in sight; small images grow until their pixels would show. */
function fitScale(image: Size, viewport: Size): number {
  const width = Math.max(1, viewport.width - 2 * FIT_MARGIN_PX)
  const height = Math.max(1, viewport.height - 2 * FIT_MARGIN_PX)
  return Math.min(PIXELATED_SCALE / 2, width / image.width, height / image.height)
}

function minScale(image: Size, viewport: Size): number {
  return Math.min(fitScale(image, viewport) / 4, 0.25)
}

/** The whole image, in the middle. */
export function fitView(image: Size, viewport: Size): View {
  return centredView(image, viewport, fitScale(image, viewport))
}

function centredView(image: Size, viewport: Size, scale: number): View {
  return {
    scale,
    x: (viewport.width - image.width * scale) / 2,
    y: (viewport.height - image.height * scale) / 2,
  }
}

/** The view in which the image point under `anchor` stays under it. */
export function zoomAt(view: View, scale: number, anchor: Point): View {
  const { x, y } = screenToImage(view, anchor)
  return { scale, x: anchor.x - x * scale, y: anchor.y - y * scale }
}

export function clampScale(scale: number, image: Size, viewport: Size): number {
  return Math.min(MAX_SCALE, Math.max(minScale(image, viewport), scale))
}

/** One key press; stops at 100 % on the way, which people look for. */
export function steppedScale(scale: number, direction: 1 | -1): number {
  const next = direction > 0 ? scale * ZOOM_STEP : scale / ZOOM_STEP
  const passesOne = (scale - 1) * (next - 1) < 0 && Math.abs(scale - 1) > 1e-6
  return passesOne ? 1 : next
}

export function panBy(view: View, dx: number, dy: number): View {
  return { scale: view.scale, x: view.x + dx, y: view.y + dy }
}

/** The nearest view that keeps some of the image in sight. */
export function keepInSight(view: View, image: Size, viewport: Size): View {
  const clamp = (offset: number, extent: number, room: number) => {
    const kept = Math.min(KEPT_IN_SIGHT_PX, extent, room)
    return Math.min(Math.max(offset, kept - extent), room - kept)
  }
  return {
    scale: view.scale,
    x: clamp(view.x, image.width * view.scale, viewport.width),
    y: clamp(view.y, image.height * view.scale, viewport.height),
  }
}

/** After the viewport changed: what was in its middle still is. */
export function resizedView(view: View, before: Size, after: Size): View {
  return panBy(view, (after.width - before.width) / 2, (after.height - before.height) / 2)
}

/** The part of the image in sight, image pixels; empty when none is. */
export function imageInSight(view: View, image: Size, viewport: Size): Box {
  const topLeft = screenToImage(view, { x: 0, y: 0 })
  const bottomRight = screenToImage(view, { x: viewport.width, y: viewport.height })
  const x1 = Math.max(0, topLeft.x)
  const y1 = Math.max(0, topLeft.y)
  return [
    x1,
    y1,
    Math.max(x1, Math.min(image.width, bottomRight.x)),
    Math.max(y1, Math.min(image.height, bottomRight.y)),
  ]
}

export function isWhollyInSight(view: View, image: Size, viewport: Size): boolean {
  const [x1, y1, x2, y2] = imageInSight(view, image, viewport)
  return x1 === 0 && y1 === 0 && x2 === image.width && y2 === image.height
}

/** The view with a box in sight: unchanged when it is already, moved otherwise, never zoomed in. */
export function revealBox(view: View, [x1, y1, x2, y2]: Box, viewport: Size): View {
  const shift = (low: number, high: number, room: number) => {
    if (low >= 0 && high <= room) return 0
    return high - low > room - 2 * FIT_MARGIN_PX
      ? (room - low - high) / 2
      : low < 0
        ? FIT_MARGIN_PX - low
        : room - FIT_MARGIN_PX - high
  }
  const a = imageToScreen(view, { x: x1, y: y1 })
  const b = imageToScreen(view, { x: x2, y: y2 })
  return panBy(view, shift(a.x, b.x, viewport.width), shift(a.y, b.y, viewport.height))
}

/** A box fills this much of the viewport: enough around it to see what it is part of. */
const BOX_SHARE = 0.35
/** Small objects are not blown up until nothing can be told. */
const MAX_BOX_SCALE = 3

/** A box in the middle, with what is around it; never smaller than the whole image would be. */
export function boxView([x1, y1, x2, y2]: Box, image: Size, viewport: Size): View {
  const filling = Math.min(
    viewport.width / Math.max(1, x2 - x1),
    viewport.height / Math.max(1, y2 - y1),
  )
  const whole = fitScale(image, viewport)
  const scale = Math.max(whole, Math.min(filling * BOX_SHARE, Math.max(whole, MAX_BOX_SCALE)))
  return {
    scale,
    x: viewport.width / 2 - ((x1 + x2) / 2) * scale,
    y: viewport.height / 2 - ((y1 + y2) / 2) * scale,
  }
}

/** The view on its image origin's nearest device pixel, so that layers need no resampling. */
export function snappedView(view: View, devicePixelRatio: number): View {
  const snap = (offset: number) => Math.round(offset * devicePixelRatio) / devicePixelRatio
  return { scale: view.scale, x: snap(view.x), y: snap(view.y) }
}

/**
 * A view on the way from one to another. The scale grows evenly to the eye, and the image point that
 * both views have at the same place stays there all the way: a zoom turns around its anchor.
 */
export function viewBetween(from: View, to: View, share: number): View {
  const scale = from.scale * (to.scale / from.scale) ** share
  const growth = to.scale - from.scale
  const way = Math.abs(growth) < 1e-9 ? share : (scale - from.scale) / growth
  return { scale, x: from.x + (to.x - from.x) * way, y: from.y + (to.y - from.y) * way }
}

/** Whether nobody could tell the two apart. */
export function isSameView(a: View, b: View): boolean {
  return (
    Math.abs(Math.log(a.scale / b.scale)) < 5e-4 &&
    Math.abs(a.x - b.x) < 0.25 &&
    Math.abs(a.y - b.y) < 0.25
  )
}

/** Two fingers on the image: what lies under them moves with them. */
export function pinchedView(
  view: View,
  before: readonly [Point, Point],
  after: readonly [Point, Point],
  clamp: (scale: number) => number,
): View {
  const spread = ([a, b]: readonly [Point, Point]) => Math.hypot(a.x - b.x, a.y - b.y)
  const middle = ([a, b]: readonly [Point, Point]) => ({ x: (a.x + b.x) / 2, y: (a.y + b.y) / 2 })
  const from = middle(before)
  const to = middle(after)
  const scale = clamp((view.scale * spread(after)) / Math.max(1, spread(before)))
  return panBy(zoomAt(view, scale, from), to.x - from.x, to.y - from.y)
}
