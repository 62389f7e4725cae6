import type { MaskRecord } from '#shared/contract/records.ts'
import type { LayerFrame } from './layer-frame.ts'
import type { LayerContent } from './layer-content.ts'

export type ComposeRequest =
  | {
      readonly kind: 'masks'
      readonly added: readonly MaskRecord[]
      readonly kept: readonly string[]
    }
  | {
      readonly kind: 'compose'
      readonly ticket: number
      readonly frame: LayerFrame
      readonly content: LayerContent
      readonly pixelRatio: number
    }

export interface ComposeReply {
  readonly ticket: number
  /** null for a layer that could not be made, for want of memory. */
  readonly bitmap: ImageBitmap | null
}
