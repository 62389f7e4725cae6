import type { Box } from '#shared/geometry/box.ts'
import type { Size } from '#shared/geometry/size.ts'
import { boxesOutside, frameInImage } from '../compose/layer-frame.ts'
import type { MaskLayer } from '../compose/layer-source.ts'
import { imageInSight, imageToScreen, PIXELATED_SCALE } from '../view-transform.ts'
import type { View } from '../view-transform.ts'
import { paintChip } from './paint-chip.ts'
import type { Chip } from './paint-chip.ts'
import { levelFor } from './picture-levels.ts'
import type { PictureLevel } from './picture-levels.ts'

/** An outline over all masks, of what the pointer is on. */
export interface Highlight {
  /** Image pixels. */
  readonly path: Path2D
  readonly colour: string
}

/** All that one frame shows. */
export interface Scene {
  /** On whole device pixels. */
  readonly view: View
  readonly viewport: Size
  readonly pixelRatio: number
  readonly image: Size
  readonly levels: readonly PictureLevel[]
  readonly sharp: MaskLayer | null
  readonly coarse: MaskLayer | null
  readonly highlights: readonly Highlight[]
  readonly chips: readonly Chip[]
  /** CSS pixels. */
  readonly sweep: Box | null
  readonly paper: string
}

/** Paints one frame: bitmaps that were made before, moved and scaled, and a few things on top. */
export function paintStage(context: CanvasRenderingContext2D, scene: Scene): void {
  const { viewport, pixelRatio } = scene
  context.setTransform(pixelRatio, 0, 0, pixelRatio, 0, 0)
  context.clearRect(0, 0, viewport.width, viewport.height)
  paintPicture(context, scene)
  paintMasks(context, scene)
  paintHighlights(context, scene)
  for (const chip of scene.chips) paintChip(context, chip, scene.view, viewport)
  if (scene.sweep !== null) paintSweep(context, scene.sweep)
}

function paintPicture(context: CanvasRenderingContext2D, scene: Scene): void {
  const { view, image, levels, viewport, pixelRatio } = scene
  const [x1, y1, x2, y2] = imageInSight(view, image, viewport)
  if (x2 <= x1 || y2 <= y1) return
  const at = imageToScreen(view, { x: x1, y: y1 })
  const width = (x2 - x1) * view.scale
  const height = (y2 - y1) * view.scale
  if (levels.length === 0) {
    context.fillStyle = scene.paper
    context.fillRect(at.x, at.y, width, height)
    return
  }
  const level = levelFor(levels, image.width * view.scale * pixelRatio)
  const across = level.width / image.width
  const down = level.height / image.height
  context.imageSmoothingEnabled = view.scale < PIXELATED_SCALE
  context.drawImage(
    level.source,
    x1 * across,
    y1 * down,
    (x2 - x1) * across,
    (y2 - y1) * down,
    at.x,
    at.y,
    width,
    height,
  )
  context.imageSmoothingEnabled = true
}

/** The sharp layer where there is one, and the coarse one around it; never one over the other. */
function paintMasks(context: CanvasRenderingContext2D, scene: Scene): void {
  const { sharp, coarse, view, image, viewport, pixelRatio } = scene
  const inSight = imageInSight(view, image, viewport)
  if (sharp !== null) {
    context.imageSmoothingEnabled = sharp.frame.scale !== view.scale * pixelRatio
    paintLayer(context, sharp, view, intersection(inSight, frameInImage(sharp.frame)))
    context.imageSmoothingEnabled = true
  }
  if (coarse === null) return
  const rest = sharp === null ? [inSight] : boxesOutside(inSight, frameInImage(sharp.frame))
  for (const box of rest) paintLayer(context, coarse, view, box)
}

function paintLayer(
  context: CanvasRenderingContext2D,
  { bitmap, frame }: MaskLayer,
  view: View,
  [x1, y1, x2, y2]: Box,
): void {
  if (x2 <= x1 || y2 <= y1) return
  const at = imageToScreen(view, { x: x1, y: y1 })
  context.drawImage(
    bitmap,
    x1 * frame.scale - frame.left,
    y1 * frame.scale - frame.top,
    (x2 - x1) * frame.scale,
    (y2 - y1) * frame.scale,
    at.x,
    at.y,
    (x2 - x1) * view.scale,
    (y2 - y1) * view.scale,
  )
}

function intersection(a: Box, b: Box): Box {
  return [Math.max(a[0], b[0]), Math.max(a[1], b[1]), Math.min(a[2], b[2]), Math.min(a[3], b[3])]
}

const HIGHLIGHT_PX = 2
const HALO_PX = 4

function paintHighlights(context: CanvasRenderingContext2D, { highlights, view }: Scene): void {
  for (const { path, colour } of highlights) {
    context.save()
    context.translate(view.x, view.y)
    context.scale(view.scale, view.scale)
    context.lineJoin = 'round'
    context.fillStyle = 'rgb(255 255 255 / 0.14)'
    context.fill(path, 'evenodd')
    context.lineWidth = HALO_PX / view.scale
    context.strokeStyle = 'rgb(255 255 255 / 0.9)'
    context.stroke(path)
    context.lineWidth = HIGHLIGHT_PX / view.scale
    context.strokeStyle = colour
    context.stroke(path)
    context.restore()
  }
}

/** A box that chooses what lies in it. CSS pixels. */
export function paintSweep(context: CanvasRenderingContext2D, [x1, y1, x2, y2]: Box): void {
  context.fillStyle = 'rgb(90 160 255 / 0.15)'
  context.fillRect(x1, y1, x2 - x1, y2 - y1)
  context.lineWidth = 1
  context.strokeStyle = 'rgb(90 160 255)'
  context.strokeRect(
    Math.round(x1) + 0.5,
    Math.round(y1) + 0.5,
    Math.round(x2 - x1),
    Math.round(y2 - y1),
  )
}
