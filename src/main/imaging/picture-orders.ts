import type { Rle } from '#shared/geometry/rle.ts'
import type { Size } from '#shared/geometry/size.ts'

/** A mask whose edge is to follow the image. */
export interface SnapOrder {
  readonly path: string
  /** Of the image's size. */
  readonly mask: Rle
  /** How far the edge may move, in pixels of the image. */
  readonly bandPx: number
}

export type OverlayFormat = 'jpeg' | 'png' | 'webp'

/** How much of a decision an object is: what a person decided is drawn heavier, with a tick. */
export type OverlayStanding = 'proposed' | 'decided'

/** One object of an overlay. */
export interface OverlayObject {
  /** Uint32Array // run lengths of an `Rle` at the order's `size` */
  readonly counts: Uint32Array
  /** #rrggbb */
  readonly colour: string
  readonly name: string
  /** Stands for the name where no font has its letters: the class's place among its classes, from 1. */
  readonly number: number
  /** 0..1; null is not written. */
  readonly score: number | null
  readonly isCrowd: boolean
  readonly standing: OverlayStanding
}

/** How overlays look: the same for all pictures of one call. */
export interface OverlayStyle {
  readonly format: OverlayFormat
  /** Pixels of the longer side at most; null keeps the photo's size. */
  readonly maxSide: number | null
  /** Of the fill, 0..1. */
  readonly opacity: number
  readonly hasNames: boolean
  /** Each pixel in the colour of its best instance's class, with a legend instead of names. */
  readonly isSemantic: boolean
}

export interface OverlayOrder {
  /** The photo; only read. */
  readonly path: string
  /** Of the image that the masks are of, after EXIF orientation; null when there are none. */
  readonly size: Size | null
  readonly objects: readonly OverlayObject[]
  readonly style: OverlayStyle
}

/** A class that is written as its number. */
export interface NumberedClass {
  readonly number: number
  readonly name: string
}

/** An encoded picture. */
export interface EncodedPicture extends Size {
  readonly bytes: Uint8Array
}

/** A smaller copy for the eye, with the size of the image that it is of. */
export interface DisplayCopy extends EncodedPicture {
  /** After EXIF orientation. */
  readonly imageSize: Size
}

export interface OverlayPicture extends EncodedPicture {
  /** Classes whose names no font here can write. */
  readonly numbered: readonly NumberedClass[]
}
