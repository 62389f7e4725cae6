import { computed, onScopeDispose, type ComputedRef } from 'vue'
import type { ClassRecord } from '#shared/contract/records.ts'
import { useCorrectionOptions } from '../correction/correction-options.ts'
import { isOverlaid, isTyping } from '../keyboard/dispatch-keys.ts'
import { keysOfEvent } from '../keyboard/key-names.ts'
import { isKeyOf } from '../keyboard/keys-in-force.ts'
import { useAction } from '../keyboard/use-action.ts'
import { useCurrentImageStore } from '../stores/current-image.ts'
import { useSettingsStore } from '../stores/settings.ts'
import { useVocabularyStore } from '../stores/vocabulary.ts'
import type { CanvasControl } from './canvas-control.ts'
import { useSelectionActions } from './use-selection-actions.ts'

/** When masks are shown again and nobody ever chose how strongly. */
const USUAL_OPACITY = 0.45

export interface CanvasActionOptions {
  readonly canvas: () => CanvasControl | null
  readonly pickClass: () => void
  readonly chooseClass: (chosen: ClassRecord) => void
}

/** The keys of the canvas, in Label and in Review. */
export function useCanvasActions({ canvas, pickClass, chooseClass }: CanvasActionOptions): {
  readonly hasSelection: ComputedRef<boolean>
} {
  const current = useCurrentImageStore()
  const settings = useSettingsStore()
  const vocabulary = useVocabularyStore()
  const actions = useSelectionActions()
  const options = useCorrectionOptions()
  const hasSelection = computed(() => current.selectedIds.length > 0)
  let lastOpacity = USUAL_OPACITY

  /** With something selected a number names a class; else it is the canvas's own. */
  function chooseByNumber(event: KeyboardEvent): void {
    const keys = keysOfEvent(event)
    const isMeant = isKeyOf('annotations.setClassByNumber', keys) && hasSelection.value
    if (!isMeant || isTyping(event.target) || isOverlaid()) return
    const chosen = vocabulary.classes[Number(keys.at(-1)) - 1]
    event.stopPropagation()
    event.preventDefault()
    if (chosen !== undefined) chooseClass(chosen)
  }
  window.addEventListener('keydown', chooseByNumber, { capture: true })
  onScopeDispose(() => window.removeEventListener('keydown', chooseByNumber, { capture: true }))

  function toggleHidden(): void {
    const ids = current.selectedIds
    current.hide(ids, !ids.every((id) => current.hiddenIds.has(id)))
  }

  function selectAll(): void {
    const isShown = ({ id, classId }: { readonly id: number; readonly classId: number }): boolean =>
      !current.hiddenIds.has(id) && vocabulary.isClassVisible(classId)
    const shown = current.annotations.filter((one) => one.state !== 'rejected' && isShown(one))
    current.select(shown.map(({ id }) => id))
  }

  function toggleMasks(): void {
    const { maskOpacity } = settings.view
    if (maskOpacity > 0) lastOpacity = maskOpacity
    settings.changeView({ maskOpacity: maskOpacity > 0 ? 0 : lastOpacity })
  }

  useAction('annotations.accept', () => actions.setState('accepted'), hasSelection)
  useAction('annotations.reject', () => actions.setState('rejected'), hasSelection)
  useAction('annotations.delete', actions.remove, hasSelection)
  useAction('annotations.hide', toggleHidden, hasSelection)
  useAction('annotations.setClass', pickClass, hasSelection)
  useAction('annotations.findLike', actions.findLike, () => current.selectedIds.length === 1)
  // The canvas knows what Escape ends first: a gesture, the selection, a tool.
  useAction(
    'annotations.deselect',
    () => canvas()?.run('deselect'),
    () => hasSelection.value || options.tool !== 'select',
  )
  useAction('annotations.selectAll', selectAll)
  useAction('annotations.next', () => canvas()?.run('next'))
  useAction('annotations.previous', () => canvas()?.run('previous'))

  useAction('canvas.fit', () => canvas()?.run('fit'))
  useAction('canvas.actualSize', () => canvas()?.run('actual-size'))
  useAction('canvas.zoomIn', () => canvas()?.run('zoom-in'))
  useAction('canvas.zoomOut', () => canvas()?.run('zoom-out'))
  useAction('canvas.toggleMasks', toggleMasks)
  useAction('canvas.toggleOutlines', () =>
    settings.changeView({ hasOutlines: !settings.view.hasOutlines }),
  )
  useAction('canvas.toggleBoxes', () => settings.changeView({ hasBoxes: !settings.view.hasBoxes }))
  useAction('canvas.toggleLabels', () =>
    settings.changeView({ hasLabels: !settings.view.hasLabels }),
  )
  useAction('canvas.toggleGhosts', () =>
    settings.changeView({ hasGhosts: !settings.view.hasGhosts }),
  )
  useAction('canvas.toggleSemantic', () =>
    settings.changeView({ isSemantic: !settings.view.isSemantic }),
  )

  return { hasSelection }
}
