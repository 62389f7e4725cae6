import { useVirtualizer } from '@tanstack/vue-virtual'
import { computed, shallowRef, watch } from 'vue'
import type { ComputedRef, Ref } from 'vue'
import { GRID_GAP_PX, layOutGrid, positionAfterKey, thumbnailSidePx } from './grid-layout.ts'
import type { GridLayout } from './grid-layout.ts'
import { useResizeObserver } from './use-resize-observer.ts'

/** Rows beyond the edge that are there already when they scroll in. */
const OVERSCAN_ROWS = 4
const PADDING_PX = 8

export interface VirtualGridRow {
  readonly index: number
  readonly style: Readonly<Record<string, string>>
  /** Places of its cells: [from, to). */
  readonly from: number
  readonly to: number
}

export interface VirtualGrid {
  readonly layout: ComputedRef<GridLayout>
  /** Whether the room is known: nothing is where it belongs before. */
  readonly hasRoom: ComputedRef<boolean>
  /** Of the thumbnails. */
  readonly sidePx: ComputedRef<number>
  /** Those in sight and around it. */
  readonly rows: ComputedRef<readonly VirtualGridRow[]>
  readonly innerStyle: ComputedRef<Readonly<Record<string, string>>>
  readonly scrollTo: (position: number) => void
  /** Where a key leads; null for a key that leads nowhere. */
  readonly positionAfter: (key: string, position: number) => number | null
}

/**
 * A grid of any length in an element that scrolls: only rows around those in sight are there.
 *
 * @param thumbnailPx the least width of a cell
 */
export function useVirtualGrid(
  scroller: Readonly<Ref<HTMLElement | null>>,
  count: () => number,
  thumbnailPx: () => number,
): VirtualGrid {
  const widthPx = shallowRef(0)
  const heightPx = shallowRef(0)
  useResizeObserver(scroller, ({ width, height }) => {
    widthPx.value = width
    heightPx.value = height
  })

  const layout = computed(() =>
    layOutGrid(count(), Math.max(1, widthPx.value - 2 * PADDING_PX), thumbnailPx()),
  )
  const virtualizer = useVirtualizer(
    computed(() => ({
      count: layout.value.rows,
      getScrollElement: () => scroller.value,
      estimateSize: () => layout.value.rowPx,
      overscan: OVERSCAN_ROWS,
      paddingStart: PADDING_PX,
      paddingEnd: PADDING_PX,
    })),
  )
  watch(layout, () => virtualizer.value.measure())

  return {
    layout,
    hasRoom: computed(() => widthPx.value > 0),
    sidePx: computed(() => thumbnailSidePx(layout.value.cellPx, window.devicePixelRatio)),
    rows: computed(() =>
      virtualizer.value.getVirtualItems().map(({ index, start }) => ({
        index,
        style: {
          transform: `translateY(${start}px)`,
          height: `${layout.value.rowPx - GRID_GAP_PX}px`,
          gridTemplateColumns: `repeat(${layout.value.columns}, ${layout.value.cellPx}px)`,
        },
        from: index * layout.value.columns,
        to: Math.min(count(), (index + 1) * layout.value.columns),
      })),
    ),
    innerStyle: computed(() => ({ height: `${virtualizer.value.getTotalSize()}px` })),
    scrollTo: (position) =>
      virtualizer.value.scrollToIndex(Math.floor(position / layout.value.columns)),
    positionAfter(key, position) {
      const rowsShown = Math.max(1, Math.floor(heightPx.value / layout.value.rowPx))
      return positionAfterKey(key, position, count(), layout.value, rowsShown)
    },
  }
}
