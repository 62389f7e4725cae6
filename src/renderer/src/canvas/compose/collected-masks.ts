import type { LayerFrame } from './layer-frame.ts'
import type { LayerContent, LayerItem } from './layer-content.ts'
import { drawFill, drawLines, fillColour, lineReach } from './draw-mask.ts'
import type { KnownMask } from './draw-mask.ts'
import { areaOf, paintDots, paintSpans, takeDots, takeSpans } from './pixel-lists.ts'
import type { Dots, Spans } from './pixel-lists.ts'

/**
 * What the masks add to a layer of one place and resolution, as lists. A threshold that moves
 * changes which masks are shown, not how they look: painting from lists is many times faster.
 */
export class CollectedMasks {
  readonly frame: LayerFrame
  readonly pixelRatio: number
  readonly #spans = new Map<string, Spans>()
  readonly #dots = new Map<string, Dots>()

  constructor(frame: LayerFrame, pixelRatio: number) {
    this.frame = frame
    this.pixelRatio = pixelRatio
  }

  isFor(frame: LayerFrame, pixelRatio: number): boolean {
    const own = this.frame
    return (
      own.scale === frame.scale &&
      own.left === frame.left &&
      own.top === frame.top &&
      own.width === frame.width &&
      own.height === frame.height &&
      this.pixelRatio === pixelRatio
    )
  }

  /**
   * Makes the lists that are missing. It draws into `pixels` and takes it out again.
   * @param pixels [height * width] of the frame, all 0
   */
  collect(pixels: Int32Array, item: LayerItem, mask: KnownMask, content: LayerContent): void {
    const { frame, pixelRatio } = this
    if (content.maskOpacity > 0 && !this.#spans.has(item.maskHash)) {
      drawFill(pixels, frame, item, mask, 1)
      this.#spans.set(item.maskHash, takeSpans(pixels, frame.width, areaOf(item.bbox, frame, 1)))
    }
    const key = dotsKey(item, content)
    if (this.#dots.has(key)) return
    drawLines(pixels, frame, item, mask, content, pixelRatio)
    const area = areaOf(item.bbox, frame, lineReach(item, pixelRatio) + 1)
    this.#dots.set(key, takeDots(pixels, frame.width, area))
  }

  paintFill(pixels: Int32Array, item: LayerItem, content: LayerContent): void {
    const spans = this.#spans.get(item.maskHash)
    if (spans !== undefined) paintSpans(pixels, spans, fillColour(item, content))
  }

  paintLines(pixels: Int32Array, item: LayerItem, content: LayerContent): void {
    const dots = this.#dots.get(dotsKey(item, content))
    if (dots !== undefined) paintDots(pixels, dots)
  }
}

function dotsKey({ maskHash, colour, look, isSelected }: LayerItem, content: LayerContent): string {
  return [maskHash, colour, look, isSelected, content.hasOutlines, content.hasBoxes].join(' ')
}
