import { Check, EyeOff, Layers2, ScanSearch, Shapes, Tags, Trash2, Undo2, X } from '@lucide/vue'
import type { AnnotationRecord, ClassRecord } from '#shared/contract/records.ts'
import type { MenuEntry } from '../design/menu-entry.ts'
import type { Translate } from '../i18n/translation.ts'
import type { LayerMove } from './annotation-order.ts'

const LAYER_MOVES = [
  ['front', 'annotations.toFront', 'keyboard.annotationsToFront'],
  ['forward', 'annotations.forward', 'keyboard.annotationsForward'],
  ['backward', 'annotations.backward', 'keyboard.annotationsBackward'],
  ['back', 'annotations.toBack', 'keyboard.annotationsToBack'],
] as const

export interface AnnotationMenuActions {
  readonly setState: (state: 'proposed' | 'accepted' | 'rejected') => void
  readonly setClass: (classId: number) => void
  readonly move: (direction: LayerMove) => void
  readonly hide: () => void
  /** Of the one that is selected. */
  readonly findLike: () => void
  readonly remove: () => void
}

/**
 * What can be done with annotations, as menus of canvas and list offer it.
 * @param shapes what can be done with their masks
 */
export function annotationMenu(
  annotations: readonly AnnotationRecord[],
  classes: readonly ClassRecord[],
  actions: AnnotationMenuActions,
  t: Translate,
  shapes: { readonly label: string; readonly entries: readonly MenuEntry[] } | null = null,
): MenuEntry[] {
  const states = new Set(annotations.map(({ state }) => state))
  const classIds = new Set(annotations.map(({ classId }) => classId))
  const isWaiting = states.has('proposed')
  return [
    {
      label: t('annotations.accept'),
      icon: Check,
      action: 'annotations.accept',
      isDisabled: !isWaiting && !states.has('rejected'),
      run: () => actions.setState('accepted'),
    },
    {
      label: t('annotations.reject'),
      icon: X,
      action: 'annotations.reject',
      isDisabled: states.size === 1 && states.has('rejected'),
      run: () => actions.setState('rejected'),
    },
    ...(isWaiting
      ? []
      : [
          {
            label: t('annotations.proposeAgain'),
            icon: Undo2,
            run: () => actions.setState('proposed'),
          },
        ]),
    'separator',
    {
      label: t('annotations.changeClass'),
      icon: Tags,
      entries: classes.map(({ id, name, colour }) => ({
        label: name,
        colour,
        isChecked: classIds.has(id),
        run: () => actions.setClass(id),
      })),
    },
    ...(shapes === null ? [] : [{ icon: Shapes, ...shapes }]),
    {
      label: t('annotations.layers'),
      icon: Layers2,
      entries: LAYER_MOVES.map(([direction, action, labelKey]) => ({
        label: t(labelKey),
        action,
        run: () => actions.move(direction),
      })),
    },
    {
      label: t('annotations.findLike'),
      icon: ScanSearch,
      action: 'annotations.findLike',
      isDisabled: annotations.length !== 1,
      run: actions.findLike,
    },
    'separator',
    {
      label: t('annotations.hide'),
      icon: EyeOff,
      action: 'annotations.hide',
      run: actions.hide,
    },
    {
      label: t('annotations.delete'),
      icon: Trash2,
      action: 'annotations.delete',
      isDanger: true,
      run: actions.remove,
    },
  ]
}
