import type { MaskRuns } from '../mask-runs.ts'
import { fillMask } from './fill-mask.ts'
import type { LayerContent, LayerItem } from './layer-content.ts'
import type { LayerFrame } from './layer-frame.ts'
import { CASING, LOOK_STYLES, SELECTED_HALO } from './look-styles.ts'
import type { MaskOutlines } from './mask-geometry.ts'
import { rgbaOf } from './pixels.ts'
import type { Rgba } from './pixels.ts'
import { boxRing, strokeRing } from './stroke-ring.ts'
import type { Stroke } from './stroke-ring.ts'

export interface KnownMask {
  readonly runs: MaskRuns
  readonly outlines: MaskOutlines
}

export function fillColour({ colour, look }: LayerItem, { maskOpacity }: LayerContent): Rgba {
  return rgbaOf(colour, maskOpacity * LOOK_STYLES[look].fill)
}

export function drawFill(
  pixels: Int32Array,
  frame: LayerFrame,
  { bbox }: LayerItem,
  { runs }: KnownMask,
  colour: Rgba,
): void {
  fillMask(pixels, frame, runs, bbox, colour)
}

/** A mask that is smaller in both directions has a mark, whose side is the other one. CSS pixels. */
const UNSEEN_PX = 2
const MARK_PX = 5

/**
 * Outline and box, as far as they are shown; what is selected always has its outline. A mask that is
 * too small to be seen has a mark of one size instead.
 */
export function drawLines(
  pixels: Int32Array,
  frame: LayerFrame,
  item: LayerItem,
  { outlines }: KnownMask,
  { hasOutlines, hasBoxes, maskOpacity }: LayerContent,
  pixelRatio: number,
): void {
  const stroke = strokeOf(item, pixelRatio)
  if (Math.max(item.bbox[2], item.bbox[3]) * frame.scale < UNSEEN_PX * pixelRatio) {
    const isShown = hasOutlines || hasBoxes || item.isSelected || maskOpacity > 0
    if (isShown) strokeRing(pixels, frame, markRing(item, frame, pixelRatio), stroke)
    return
  }
  if (hasOutlines || item.isSelected) {
    for (const ring of outlines.atScale(frame.scale)) strokeRing(pixels, frame, ring, stroke)
  }
  if (hasBoxes) {
    const line = { ...stroke, width: pixelRatio, casing: null }
    strokeRing(pixels, frame, boxRing(...item.bbox), line)
  }
}

function markRing(
  { bbox: [x, y, width, height] }: LayerItem,
  { scale }: LayerFrame,
  ratio: number,
) {
  const side = (MARK_PX * ratio) / scale
  return boxRing(x + width / 2 - side / 2, y + height / 2 - side / 2, side, side)
}

/** How far lines reach out of the box of their mask, layer pixels. */
export function lineReach(item: LayerItem, pixelRatio: number): number {
  const { width, casing } = strokeOf(item, pixelRatio)
  return Math.max(width, casing?.width ?? 0) + (MARK_PX / 2) * pixelRatio
}

function strokeOf({ colour, look, isSelected }: LayerItem, pixelRatio: number): Stroke {
  const { outlineAlpha, outlinePx, dash, hasCasing } = LOOK_STYLES[look]
  const casing = isSelected ? SELECTED_HALO : hasCasing ? CASING : null
  return {
    colour: rgbaOf(colour, outlineAlpha),
    width: outlinePx * pixelRatio,
    dash: dash === null ? null : [dash[0] * pixelRatio, dash[1] * pixelRatio],
    casing: casing && {
      colour: rgbaOf(casing.colour, casing.alpha),
      width: (outlinePx + casing.extraPx) * pixelRatio,
    },
  }
}
