import type { Point } from '#shared/geometry/point.ts'
import type { XywhBox } from '#shared/geometry/box.ts'
import { shrinkMask } from '#shared/geometry/edit/morphology.ts'
import { rleFromCocoSegmentation } from '#shared/geometry/coco-segmentation.ts'
import {
  isEmptyRle,
  rleArea,
  rleBbox,
  rleDifference,
  rleUnionOf,
} from '#shared/geometry/rle-algebra.ts'
import type { Rle } from '#shared/geometry/rle.ts'
import type { CocoDataset } from '#main/formats/coco-types.ts'

/** An annotation at which a hand can get on the canvas. */
export interface InReach {
  readonly className: string
  readonly mask: Rle
  readonly bbox: XywhBox
  /** A click here picks it: no smaller mask covers this place. Image pixels. */
  readonly place: Point
  /** How far around that place nothing else is picked. Image pixels. */
  readonly roomPx: number
}

const MAX_ROOM_PX = 256

/** Of the annotations of a photo in an exported file, those with a pixel to click on; the roomiest first. */
export function annotationsInReach(dataset: CocoDataset, photo: string): InReach[] {
  const image = dataset.images.find(({ file_name }) => file_name === photo)
  if (image === undefined) throw new Error(`${photo} is not in the file.`)
  const names = new Map(dataset.categories.map(({ id, name }) => [id, name]))
  const fromSmallest = dataset.annotations
    .filter(({ image_id }) => image_id === image.id)
    .map(({ category_id, segmentation }) => ({
      className: names.get(category_id) ?? '',
      mask: rleFromCocoSegmentation(segmentation, image),
    }))
    .sort((a, b) => rleArea(a.mask) - rleArea(b.mask))
  return fromSmallest
    .flatMap(({ className, mask }, place): InReach[] => {
      const above = fromSmallest.slice(0, place).map((one) => one.mask)
      const visible = rleDifference(mask, rleUnionOf(above, image))
      if (isEmptyRle(visible)) return []
      return [{ className, mask, bbox: rleBbox(mask), ...roomiestPlace(visible) }]
    })
    .sort((a, b) => b.roomPx - a.roomPx)
}

/** The middle of a pixel that is as far inside a mask as any. @param mask not empty */
function roomiestPlace(mask: Rle): { place: Point; roomPx: number } {
  let roomPx = 0
  let beyond = MAX_ROOM_PX
  while (beyond - roomPx > 1) {
    const middle = Math.floor((roomPx + beyond) / 2)
    if (isEmptyRle(shrinkMask(mask, middle))) beyond = middle
    else roomPx = middle
  }
  const innermost = roomPx === 0 ? mask : shrinkMask(mask, roomPx)
  const first = innermost.counts[0]
  const x = Math.floor(first / mask.height)
  return { place: { x: x + 0.5, y: (first % mask.height) + 0.5 }, roomPx }
}
