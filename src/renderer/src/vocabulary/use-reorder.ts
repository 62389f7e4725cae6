import { onScopeDispose, shallowRef, type ShallowRef } from 'vue'

/** The mouse may tremble this far in a click. */
const BEGINS_AFTER_PX = 4
const EDGE_PX = 24
const SCROLL_STEP_PX = 12

export interface Drop {
  readonly draggedId: number
  /** Before the row of this place; the number of rows means behind the last. */
  readonly at: number
}

export interface Reorder {
  readonly drop: Readonly<ShallowRef<Drop | null>>
  readonly begin: (event: PointerEvent, id: number) => void
}

/**
 * Rows of a list are dragged to another place.
 *
 * @param rows the elements, in order
 * @param commit gets the place that the row is to have among the others
 */
export function useReorder(
  rows: () => readonly HTMLElement[],
  idOfRow: (row: HTMLElement) => number,
  commit: (id: number, toIndex: number) => void,
): Reorder {
  const drop = shallowRef<Drop | null>(null)
  let end: (() => void) | null = null

  function begin(event: PointerEvent, id: number): void {
    const isOnControl = event.target instanceof Element && event.target.closest('input') !== null
    if (event.button !== 0 || isOnControl) return
    const startY = event.clientY
    end?.()
    const listening = new AbortController()
    const options = { signal: listening.signal }
    window.addEventListener(
      'pointermove',
      (move) => {
        if (drop.value === null && Math.abs(move.clientY - startY) < BEGINS_AFTER_PX) return
        scrollTowards(rows()[0]?.parentElement?.parentElement ?? null, move.clientY)
        drop.value = { draggedId: id, at: placeAt(rows(), move.clientY) }
      },
      options,
    )
    window.addEventListener('pointerup', () => finish(true), options)
    window.addEventListener('pointercancel', () => finish(false), options)
    window.addEventListener('keydown', (key) => key.key === 'Escape' && finish(false), options)
    end = () => listening.abort()
  }

  function finish(isDropped: boolean): void {
    end?.()
    end = null
    const dropped = drop.value
    drop.value = null
    if (!isDropped || dropped === null) return
    const from = rows().findIndex((row) => idOfRow(row) === dropped.draggedId)
    // Places are counted without the dragged row.
    const toIndex = dropped.at > from ? dropped.at - 1 : dropped.at
    if (from >= 0 && toIndex !== from) commit(dropped.draggedId, toIndex)
  }

  onScopeDispose(() => end?.())
  return { drop, begin }
}

/** Near the edge of what scrolls the list, more of it comes. */
function scrollTowards(scroller: Element | null, clientY: number): void {
  if (scroller === null) return
  const { top, bottom } = scroller.getBoundingClientRect()
  if (clientY < top + EDGE_PX) scroller.scrollBy(0, -SCROLL_STEP_PX)
  else if (clientY > bottom - EDGE_PX) scroller.scrollBy(0, SCROLL_STEP_PX)
}

function placeAt(rows: readonly HTMLElement[], clientY: number): number {
  const below = rows.findIndex((row) => {
    const { top, height } = row.getBoundingClientRect()
    return clientY < top + height / 2
  })
  return below < 0 ? rows.length : below
}
