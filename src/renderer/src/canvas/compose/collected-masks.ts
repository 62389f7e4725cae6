import type { LayerFrame } from './layer-frame.ts'
import type { LayerContent, LayerItem } from './layer-content.ts'
import { drawFill, drawLines, lineReach } from './draw-mask.ts'
import type { KnownMask } from './draw-mask.ts'
import { areaOf, takeDots, takeSpans } from './pixel-lists.ts'
import type { Dots, Spans } from './pixel-lists.ts'

/** What one mask adds to a layer; nothing filled where the masks are see-through. */
export interface CollectedMask {
  readonly spans: Spans | null
  readonly dots: Dots
}

/** Lines and what they depend on: a mask is drawn in two or three ways while a slider moves. */
interface CollectedLines
  extends
    Pick<LayerItem, 'colour' | 'look' | 'isSelected'>,
    Pick<LayerContent, 'hasOutlines' | 'hasBoxes'> {
  /** Where they are, what is too small to be seen has a mark. */
  readonly hasFills: boolean
  readonly dots: Dots
}

interface MaskLists {
  spans: Spans | null
  readonly lines: CollectedLines[]
}

/**
 * What the masks add to a layer of one place and resolution, as lists. A threshold that moves
 * changes which masks are shown, not how they look: painting from lists is many times faster.
 */
export class CollectedMasks {
  readonly frame: LayerFrame
  readonly pixelRatio: number
  /** By hash. */
  readonly #lists = new Map<string, MaskLists>()

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

  has(item: LayerItem, content: LayerContent): boolean {
    const lists = this.#lists.get(item.maskHash)
    if (lists === undefined || (lists.spans === null && hasFills(content))) return false
    return linesFor(lists, item, content) !== undefined
  }

  forget(maskHash: string): void {
    this.#lists.delete(maskHash)
  }

  /**
   * The lists of an item; makes those that are missing. It draws into `pixels` and takes it out again.
   * @param pixels [height * width] of the frame, all 0
   */
  collect(
    pixels: Int32Array,
    item: LayerItem,
    mask: KnownMask,
    content: LayerContent,
  ): CollectedMask {
    const { frame, pixelRatio } = this
    let lists = this.#lists.get(item.maskHash)
    if (lists === undefined) this.#lists.set(item.maskHash, (lists = { spans: null, lines: [] }))
    if (lists.spans === null && hasFills(content)) {
      drawFill(pixels, frame, item, mask, 1)
      lists.spans = takeSpans(pixels, frame.width, areaOf(item.bbox, frame, 1))
    }
    const known = linesFor(lists, item, content)
    if (known !== undefined) return { spans: lists.spans, dots: known.dots }
    drawLines(pixels, frame, item, mask, content, pixelRatio)
    const area = areaOf(item.bbox, frame, lineReach(item, pixelRatio) + 1)
    const dots = takeDots(pixels, frame.width, area)
    const { colour, look, isSelected } = item
    const { hasOutlines, hasBoxes } = content
    const made = { colour, look, isSelected, hasOutlines, hasBoxes, hasFills: hasFills(content) }
    lists.lines.push({ ...made, dots })
    return { spans: lists.spans, dots }
  }
}

const hasFills = ({ maskOpacity }: LayerContent): boolean => maskOpacity > 0

function linesFor(
  { lines }: MaskLists,
  item: LayerItem,
  content: LayerContent,
): CollectedLines | undefined {
  return lines.find(
    (one) =>
      one.look === item.look &&
      one.colour === item.colour &&
      one.isSelected === item.isSelected &&
      one.hasOutlines === content.hasOutlines &&
      one.hasBoxes === content.hasBoxes &&
      one.hasFills === hasFills(content),
  )
}
