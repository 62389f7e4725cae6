import { computed, type Ref, type ShallowRef } from 'vue'
import { useAction } from '../keyboard/use-action.ts'
import { useAnnotationActions } from '../stores/annotation-actions.ts'
import { useCurrentImageStore } from '../stores/current-image.ts'
import { useWorkspaceStore } from '../stores/workspace.ts'
import { useReorder, type Drop } from '../vocabulary/use-reorder.ts'
import { layersWith, type LayerMove } from './annotation-order.ts'
import { useSelectionActions } from './use-selection-actions.ts'

const idOfRow = (row: HTMLElement): number => Number(row.dataset.annotation)

export interface Layers {
  readonly drop: Readonly<ShallowRef<Drop | null>>
  /** A press on a row, which may become a drag. */
  readonly begin: (event: PointerEvent, id: number) => void
}

/** The stacking order of the image: by keys for what is selected, by drag in the list. */
export function useLayers(list: Readonly<Ref<HTMLElement | null>>): Layers {
  const current = useCurrentImageStore()
  const workspace = useWorkspaceStore()
  const actions = useAnnotationActions()
  const selection = useSelectionActions()
  const isWritable = computed(() => workspace.project?.isReadOnly === false)
  const canMove = computed(() => isWritable.value && current.selectedIds.length > 0)

  const rows = (): HTMLElement[] => [
    ...(list.value?.querySelectorAll<HTMLElement>('[data-annotation]') ?? []),
  ]
  const { drop, begin } = useReorder(rows, idOfRow, (id, toIndex) => {
    const others = rows().flatMap((row) => (idOfRow(row) === id ? [] : [idOfRow(row)]))
    const below = others[toIndex - 1]
    // Rows that are out of sight are not drawn: behind the last one that is, its own place counts.
    const next = others[toIndex] ?? idBehind(below)
    void actions.reorder(layersWith(current.annotations, id, next))
  })

  function idBehind(id: number): number | null {
    const order = current.annotations
      .toSorted((a, b) => b.position - a.position || b.id - a.id)
      .map((one) => one.id)
    return order[order.indexOf(id) + 1] ?? null
  }

  const move = (direction: LayerMove): void => selection.move(direction)
  useAction('annotations.forward', () => move('forward'), canMove)
  useAction('annotations.backward', () => move('backward'), canMove)
  useAction('annotations.toFront', () => move('front'), canMove)
  useAction('annotations.toBack', () => move('back'), canMove)

  return {
    drop,
    begin: (event, id) => {
      if (isWritable.value) begin(event, id)
    },
  }
}
