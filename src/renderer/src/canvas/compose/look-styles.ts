import type { Look } from '../shown-items.ts'

export interface LookStyle {
  /** Share of the mask opacity that was set. */
  readonly fill: number
  readonly outlineAlpha: number
  /** CSS pixels. */
  readonly outlinePx: number
  /** CSS pixels of dash and gap; null is a solid line. */
  readonly dash: readonly [on: number, off: number] | null
  readonly hasCasing: boolean
}

export type DrawnLook = Exclude<Look, 'none'>

/** A solid line is a person's word; a dashed one is a machine's, a dotted one what nobody holds. */
export const LOOK_STYLES: Readonly<Record<DrawnLook, LookStyle>> = {
  accepted: { fill: 1, outlineAlpha: 1, outlinePx: 1.75, dash: null, hasCasing: true },
  proposed: { fill: 0.85, outlineAlpha: 1, outlinePx: 1.5, dash: [6, 4], hasCasing: true },
  ghost: { fill: 0.3, outlineAlpha: 0.7, outlinePx: 1.25, dash: [2, 3], hasCasing: false },
  rejected: { fill: 0.15, outlineAlpha: 0.6, outlinePx: 1.25, dash: [2, 6], hasCasing: false },
}

/** A line under another that is wider by so many CSS pixels. */
export interface Casing {
  readonly colour: string
  readonly alpha: number
  readonly extraPx: number
}

/** Under a solid or dashed outline, so that it is seen on its own colour too. */
export const CASING: Casing = { colour: '#000000', alpha: 0.4, extraPx: 1.25 }
/** Around the annotations of a selection of several. */
export const SELECTED_HALO: Casing = { colour: '#ffffff', alpha: 1, extraPx: 2.5 }
