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
  /** In the order of painting, the largest first. */
  readonly items: readonly LayerItem[]
  readonly maskOpacity: number
  readonly hasOutlines: boolean
  readonly hasBoxes: boolean
}
