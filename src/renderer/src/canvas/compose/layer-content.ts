import type { XywhBox } from '#shared/geometry/box.ts'
import type { DrawnLook } from './look-styles.ts'

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
  /** In the order of painting: the last lies on top. */
  readonly items: readonly LayerItem[]
  readonly maskOpacity: number
  readonly hasOutlines: boolean
  readonly hasBoxes: boolean
  /** #rrggbb of what no mask covers; left out, nothing is laid over that. */
  readonly other?: string
}
