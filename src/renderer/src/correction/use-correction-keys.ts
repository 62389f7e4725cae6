import { computed, onScopeDispose } from 'vue'
import type { CanvasControl } from '../annotations/canvas-control.ts'
import { isOverlaid, isTyping } from '../keyboard/dispatch-keys.ts'
import { useAction } from '../keyboard/use-action.ts'
import { useCurrentImageStore } from '../stores/current-image.ts'
import { useVocabularyStore } from '../stores/vocabulary.ts'
import { useCorrectionOptions } from './correction-options.ts'
import { useCorrectionStore } from './correction-store.ts'
import { OVERLAPS } from './edit-context.ts'
import { actionOfDeed, isDeedEnabled, MASK_DEEDS } from './operation-menu.ts'
import { TOOL_GROUPS } from './tool-table.ts'
import { useTools } from './use-tools.ts'

/** The keys of the tools, of the Label view. */
export function useCorrectionKeys(canvas: () => CanvasControl | null): void {
  const current = useCurrentImageStore()
  const vocabulary = useVocabularyStore()
  const options = useCorrectionOptions()
  const corrections = useCorrectionStore()
  const tools = useTools()

  for (const { tool, action } of TOOL_GROUPS.flat()) useAction(action, () => tools.take(tool))
  const isPainting = computed(() => ['brush', 'eraser'].includes(options.tool))
  useAction('tool.brushLarger', () => options.resizeBrush(1), isPainting)
  useAction('tool.brushSmaller', () => options.resizeBrush(-1), isPainting)
  useAction('tool.overlap', () => {
    options.overlap = OVERLAPS[(OVERLAPS.indexOf(options.overlap) + 1) % OVERLAPS.length]
  })
  useAction(
    'annotations.editOutline',
    () => tools.take('vertices'),
    () => current.selectedIds.length === 1,
  )
  for (const deed of MASK_DEEDS) {
    useAction(
      actionOfDeed(deed),
      () => void corrections.doDeed(deed),
      () => isDeedEnabled(deed, current.selectedIds.length) && !options.isReadOnly,
    )
  }

  /**
   * Keys that mean something to the drawing under way mean that and nothing else, wherever the focus
   * is: Backspace takes a point back and does not delete the selected annotation.
   */
  function receive(event: KeyboardEvent): void {
    if (event.isComposing || isTyping(event.target) || isOverlaid()) return
    const isForButton =
      event.key === 'Enter' &&
      event.target instanceof Element &&
      event.target.closest('button, a[href], [role="button"]') !== null
    if (isForButton) return
    const isUsed = canvas()?.pressKey(event) === true || choosesClass(event)
    if (!isUsed) return
    event.preventDefault()
    event.stopPropagation()
  }

  /** With a tool that draws in hand and nothing selected a number names the class to draw. */
  function choosesClass(event: KeyboardEvent): boolean {
    const hasModifier = event.ctrlKey || event.metaKey || event.altKey || event.shiftKey
    const isMeant = options.tool !== 'select' && current.selectedIds.length === 0
    if (!isMeant || hasModifier || !/^[1-9]$/.test(event.key)) return false
    const chosen = vocabulary.classes[Number(event.key) - 1]
    if (chosen !== undefined) options.useClass(chosen.id)
    return true
  }

  window.addEventListener('keydown', receive, { capture: true })
  onScopeDispose(() => window.removeEventListener('keydown', receive, { capture: true }))
}
