import type { XywhBox } from '#shared/geometry/box.ts'
import type { MaskRecord } from '#shared/contract/records.ts'
import { decodeMask } from '../mask-runs.ts'
import { CollectedMasks } from './collected-masks.ts'
import { drawFill, drawLines, fillColour } from './draw-mask.ts'
import type { KnownMask } from './draw-mask.ts'
import type { LayerContent, LayerItem } from './layer-content.ts'
import type { LayerFrame } from './layer-frame.ts'
import { MaskOutlines } from './mask-geometry.ts'
import { paintDots, paintSpans } from './pixel-lists.ts'
import { rgbaOf } from './pixels.ts'

/** The sharp layer's and the coarse one's. */
const KEPT_COLLECTIONS = 2

type DrawnMask = readonly [item: LayerItem, mask: KnownMask]

/**
 * Paints all idle masks into one bitmap. It works on plain arrays of pixels, not on a canvas: so it
 * runs in a worker of any engine, at the same speed and with the same pixels everywhere.
 */
export class MaskComposer {
  readonly #masks = new Map<string, KnownMask>()
  #collections: CollectedMasks[] = []
  /** Not used before it has all: what it lacks would take an order longer than drawing it does. */
  #unfinished: CollectedMasks | null = null

  /** Masks that no layer will ask for any more are forgotten; a mask that is none is left out. */
  replaceMasks(added: readonly MaskRecord[], kept: ReadonlySet<string>): void {
    const dropped = [...this.#masks.keys()].filter((hash) => !kept.has(hash))
    for (const hash of dropped) {
      this.#masks.delete(hash)
      for (const collected of this.#collections) collected.forget(hash)
      this.#unfinished?.forget(hash)
    }
    for (const mask of added) {
      try {
        const runs = decodeMask(mask)
        this.#masks.set(mask.hash, { runs, outlines: new MaskOutlines(runs, mask.bbox) })
      } catch {
        this.#masks.delete(mask.hash)
      }
    }
  }

  /**
   * All fills first and then all lines, so that no fill covers the line of a larger mask.
   * @param pixels [height * width] of the frame; what is in them is replaced
   */
  compose(pixels: Int32Array, frame: LayerFrame, content: LayerContent, pixelRatio: number): void {
    pixels.fill(0)
    const drawn = this.#drawnIn(frame, content)
    const collected = this.#collectionFor(frame, pixelRatio)
    if (collected !== undefined) return paintCollected(pixels, drawn, content, collected)
    if (content.maskOpacity > 0) {
      fillOther(pixels, content)
      for (const [item, mask] of drawn) {
        drawFill(pixels, frame, item, mask, fillColour(item, content))
      }
    }
    for (const [item, mask] of drawn) drawLines(pixels, frame, item, mask, content, pixelRatio)
  }

  /**
   * Prepares further layers of this place and resolution. It takes longer than painting one, so it
   * is for when there is nothing else to do, and ends where it is when its time is over.
   *
   * @param pixels [height * width] of the frame; all 0 afterwards
   * @param isOver is asked after each mask
   * @returns whether all is prepared; if not, the next call goes on from there
   */
  collect(
    pixels: Int32Array,
    frame: LayerFrame,
    content: LayerContent,
    pixelRatio: number,
    isOver: () => boolean,
  ): boolean {
    if (this.#collectionFor(frame, pixelRatio) !== undefined) return true
    const begun = this.#unfinished
    const collected =
      begun?.isFor(frame, pixelRatio) === true ? begun : new CollectedMasks(frame, pixelRatio)
    this.#unfinished = collected
    pixels.fill(0)
    for (const [item, mask] of this.#drawnIn(frame, content)) {
      if (collected.has(item, content)) continue
      collected.collect(pixels, item, mask, content)
      if (isOver()) return false
    }
    this.#unfinished = null
    this.#collections = [collected, ...this.#collections].slice(0, KEPT_COLLECTIONS)
    return true
  }

  #collectionFor(frame: LayerFrame, pixelRatio: number): CollectedMasks | undefined {
    return this.#collections.find((collected) => collected.isFor(frame, pixelRatio))
  }

  #drawnIn(frame: LayerFrame, { items }: LayerContent): DrawnMask[] {
    return items.flatMap((item): DrawnMask[] => {
      const mask = this.#masks.get(item.maskHash)
      return mask !== undefined && isInFrame(item.bbox, frame) ? [[item, mask]] : []
    })
  }
}

/** @param pixels all 0 */
function paintCollected(
  pixels: Int32Array,
  drawn: readonly DrawnMask[],
  content: LayerContent,
  collected: CollectedMasks,
): void {
  // Collecting what is new draws into the same pixels: before anything is painted.
  const lists = drawn.map(([item, mask]) => collected.collect(pixels, item, mask, content))
  if (content.maskOpacity > 0) {
    fillOther(pixels, content)
    lists.forEach(({ spans }, i) => {
      if (spans !== null) paintSpans(pixels, spans, fillColour(drawn[i][0], content))
    })
  }
  for (const { dots } of lists) paintDots(pixels, dots)
}

/** A layer never reaches out of its image. */
function fillOther(pixels: Int32Array, { other, maskOpacity }: LayerContent): void {
  if (other !== undefined) pixels.fill(rgbaOf(other, maskOpacity))
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
