import type {
  DisplayCopy,
  EncodedPicture,
  OverlayOrder,
  OverlayPicture,
  SnapOrder,
} from '#main/imaging/picture-orders.ts'
import type { Rle } from '#shared/geometry/rle.ts'
import type { Launch } from '#main/processes/launch-node.ts'
import type { Failure } from '#shared/contract/errors.ts'

export type {
  DisplayCopy,
  EncodedPicture,
  NumberedClass,
  OverlayFormat,
  OverlayObject,
  OverlayOrder,
  OverlayPicture,
  OverlayStanding,
  OverlayStyle,
  SnapOrder,
} from '#main/imaging/picture-orders.ts'

interface CopyOrder {
  readonly path: string
  /** Pixels of the longer side at most. */
  readonly maxSide: number
}

/** Requests by name, with what they answer. The process only reads files; it writes none. */
export interface PictureCalls {
  readonly thumbnail: { readonly input: CopyOrder; readonly output: EncodedPicture }
  readonly displayCopy: { readonly input: CopyOrder; readonly output: DisplayCopy }
  readonly snap: { readonly input: SnapOrder; readonly output: Rle }
  /** 16 hexadecimal digits. */
  readonly fingerprint: { readonly input: { readonly path: string }; readonly output: string }
  readonly overlay: { readonly input: OverlayOrder; readonly output: OverlayPicture }
}
export type PictureCallName = keyof PictureCalls

export type PictureRequest = {
  readonly [Name in PictureCallName]: {
    readonly id: number
    readonly call: Name
    readonly input: PictureCalls[Name]['input']
  }
}[PictureCallName]

export type PictureMessage =
  | { readonly kind: 'answer'; readonly id: number; readonly output: unknown }
  | { readonly kind: 'failure'; readonly id: number; readonly failure: Failure }
  /** Said once, when all is loaded: a process that ends before ended over no request. */
  | { readonly kind: 'ready' }

export type LaunchPictures = Launch<PictureRequest, PictureMessage>
