import type { XywhBox } from '#shared/geometry/box.ts'
import type { MaskRecord } from '#shared/contract/records.ts'
import { decodeMask } from '../mask-runs.ts'
import type { MaskRuns } from '../mask-runs.ts'
import { fillMask } from './fill-mask.ts'
import type { LayerFrame } from './layer-frame.ts'
import { CASING, LOOK_STYLES, SELECTED_HALO } from './look-styles.ts'
import type { DrawnLook } from './look-styles.ts'
import { MaskOutlines } from './mask-geometry.ts'
import { rgbaOf } from './pixels.ts'
import { boxRing, strokeRing } from './stroke-ring.ts'
import type { Stroke } from './stroke-ring.ts'

/** One mask of a layer. */
export interface LayerItem {
  readonly maskHash: string
  readonly bbox: XywhBox
  /** #rrggbb */
  readonly colour: string
  readonly look: DrawnLook
  readonly isSelected: boolean
}

export interface LayerContent {
  /** In the order of painting, the largest first. */
  readonly items: readonly LayerItem[]
  readonly maskOpacity: number
  readonly hasOutlines: boolean
  readonly hasBoxes: boolean
}

interface KnownMask {
  readonly runs: MaskRuns
  readonly outlines: MaskOutlines
}

/**
 * Paints all idle masks into one bitmap. It works on plain arrays of pixels, not on a canvas: so it
 * runs in a worker of any engine, at the same speed and with the same pixels everywhere.
 */
export class MaskComposer {
  readonly #masks = new Map<string, KnownMask>()

  /** Masks that no layer will ask for any more are forgotten; a mask that is none is left out. */
  replaceMasks(added: readonly MaskRecord[], kept: ReadonlySet<string>): void {
    for (const hash of this.#masks.keys()) if (!kept.has(hash)) this.#masks.delete(hash)
    for (const mask of added) {
      try {
        const runs = decodeMask(mask)
        this.#masks.set(mask.hash, { runs, outlines: new MaskOutlines(runs, mask.bbox) })
      } catch {
        this.#masks.delete(mask.hash)
      }
    }
  }

  /** @param pixels [height * width] of the frame; what is in them is replaced */
  compose(pixels: Int32Array, frame: LayerFrame, content: LayerContent, pixelRatio: number): void {
    pixels.fill(0)
    const drawn = content.items.filter(({ bbox }) => isInFrame(bbox, frame))
    if (content.maskOpacity > 0) {
      for (const item of drawn) this.#fill(pixels, frame, item, content.maskOpacity)
    }
    for (const item of drawn) {
      if (content.hasOutlines || item.isSelected) this.#outline(pixels, frame, item, pixelRatio)
      if (content.hasBoxes) {
        const stroke = { ...strokeOf(item, pixelRatio), width: pixelRatio, casing: null }
        strokeRing(pixels, frame, boxRing(...item.bbox), stroke)
      }
    }
  }

  #fill(pixels: Int32Array, frame: LayerFrame, item: LayerItem, maskOpacity: number): void {
    const mask = this.#masks.get(item.maskHash)
    if (mask === undefined) return
    const opacity = maskOpacity * LOOK_STYLES[item.look].fill
    fillMask(pixels, frame, mask.runs, item.bbox, rgbaOf(item.colour, opacity))
  }

  #outline(pixels: Int32Array, frame: LayerFrame, item: LayerItem, pixelRatio: number): void {
    const rings = this.#masks.get(item.maskHash)?.outlines.atScale(frame.scale) ?? []
    const stroke = strokeOf(item, pixelRatio)
    for (const ring of rings) strokeRing(pixels, frame, ring, stroke)
  }
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

function isInFrame([x, y, width, height]: XywhBox, frame: LayerFrame): boolean {
  const { scale, left, top } = frame
  return (
    (x + width) * scale > left &&
    (y + height) * scale > top &&
    x * scale < left + frame.width &&
    y * scale < top + frame.height
  )
}
