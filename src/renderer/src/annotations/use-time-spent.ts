import { computed, onScopeDispose, watch } from 'vue'
import { useView } from '../app/view.ts'
import { useCurrentImageStore } from '../stores/current-image.ts'
import { useWorkspaceStore } from '../stores/workspace.ts'
import { useClient } from '../transport/use-client.ts'
import { TimeKeeper, type SpentTime, type TimeOwner } from './time-keeper.ts'

const TOLD_EVERY_MS = 30_000
const SIGNS_OF_LIFE = ['pointermove', 'pointerdown', 'keydown', 'wheel'] as const

/** Tells the application how long a person is at work on the image on show. */
export function useTimeSpent(): void {
  const client = useClient()
  const current = useCurrentImageStore()
  const workspace = useWorkspaceStore()
  const view = useView()
  const keeper = new TimeKeeper()

  const owner = computed((): TimeOwner | null => {
    const { imageId, selectedIds } = current
    const isAtWork = view.value === 'label' || view.value === 'review'
    if (imageId === null || !isAtWork || (workspace.project?.isReadOnly ?? true)) return null
    return { imageId, annotationId: selectedIds.length === 1 ? selectedIds[0] : null }
  })

  function tell(spent: SpentTime | null): void {
    // A missing second is no reason to disturb; what keeps the file from being written is told by
    // the person's own steps. The image may be gone, and the project closed.
    if (spent !== null) client.request('review.addTime', spent).catch(() => {})
  }

  watch(owner, (next, before) => {
    const isSame = next?.imageId === before?.imageId && next?.annotationId === before?.annotationId
    if (!isSame) tell(keeper.show(next, performance.now()))
  })
  if (owner.value !== null) keeper.show(owner.value, performance.now())

  const notice = (): void => {
    if (document.hasFocus()) keeper.notice(performance.now())
  }
  const tellNow = (): void => tell(keeper.take(performance.now()))
  for (const sign of SIGNS_OF_LIFE)
    window.addEventListener(sign, notice, { passive: true, capture: true })
  window.addEventListener('blur', tellNow)
  window.addEventListener('pagehide', tellNow)
  const timer = setInterval(tellNow, TOLD_EVERY_MS)
  onScopeDispose(() => {
    clearInterval(timer)
    for (const sign of SIGNS_OF_LIFE) window.removeEventListener(sign, notice, { capture: true })
    window.removeEventListener('blur', tellNow)
    window.removeEventListener('pagehide', tellNow)
    tellNow()
  })
}
