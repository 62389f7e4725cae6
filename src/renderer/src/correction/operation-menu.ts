import {
  Blend,
  CopyPlus,
  Expand,
  Magnet,
  PaintBucket,
  Shrink,
  Spline,
  SquaresIntersect,
  SquaresSubtract,
  SquaresUnite,
  Star,
  Ungroup,
} from '@lucide/vue'
import type { Component } from 'vue'
import type { MenuEntry } from '../design/menu-entry.ts'
import type { Translate } from '../i18n/translation.ts'
import type { ActionId } from '../keyboard/actions.ts'
import { needsTwo } from './operations.ts'
import type { Operation } from './operations.ts'

/** Also those that others than the window's own arithmetic do. */
export type MaskDeed = Operation | 'snap' | 'duplicate'

interface DeedRow {
  readonly deed: MaskDeed
  readonly icon: Component
}

const GROUPS: readonly (readonly DeedRow[])[] = [
  [
    { deed: 'fillHoles', icon: PaintBucket },
    { deed: 'largestPart', icon: Star },
    { deed: 'splitParts', icon: Ungroup },
  ],
  [
    { deed: 'merge', icon: SquaresUnite },
    { deed: 'subtract', icon: SquaresSubtract },
    { deed: 'intersect', icon: SquaresIntersect },
  ],
  [
    { deed: 'grow', icon: Expand },
    { deed: 'shrink', icon: Shrink },
    { deed: 'snap', icon: Magnet },
    { deed: 'smooth', icon: Blend },
    { deed: 'simplify', icon: Spline },
  ],
  [{ deed: 'duplicate', icon: CopyPlus }],
]

export const MASK_DEEDS: readonly MaskDeed[] = GROUPS.flatMap((group) =>
  group.map(({ deed }) => deed),
)

export const actionOfDeed = (deed: MaskDeed): ActionId => `mask.${deed}`

export const isDeedEnabled = (deed: MaskDeed, selected: number): boolean =>
  selected >= (deed !== 'snap' && deed !== 'duplicate' && needsTwo(deed) ? 2 : 1)

/** What can be done with the selected masks, as the menus of canvas, list and bar offer it. */
export function operationMenu(
  selected: number,
  amountPx: number,
  run: (deed: MaskDeed) => void,
  t: Translate,
): MenuEntry[] {
  return GROUPS.flatMap((group, i): MenuEntry[] => [
    ...(i > 0 ? (['separator'] as const) : []),
    ...group.map(({ deed, icon }) => ({
      label: t(`correction.operation.${deed}`, { size: amountPx }),
      icon,
      action: actionOfDeed(deed),
      isDisabled: !isDeedEnabled(deed, selected),
      run: () => run(deed),
    })),
  ])
}
