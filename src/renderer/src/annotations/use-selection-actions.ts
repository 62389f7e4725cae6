import type { ScoredCandidate } from '#shared/contract/commands.ts'
import { useSearchStore } from '../search/search-store.ts'
import { useAnnotationActions } from '../stores/annotation-actions.ts'
import { useCurrentImageStore } from '../stores/current-image.ts'
import { movedLayers } from './annotation-order.ts'
import type { AnnotationMenuActions } from './annotation-menu.ts'

/** The same deeds for menu, keys and buttons, on what is selected. */
export interface SelectionActions extends AnnotationMenuActions {
  readonly promote: (candidate: ScoredCandidate) => void
}

export function useSelectionActions(): SelectionActions {
  const current = useCurrentImageStore()
  const actions = useAnnotationActions()
  const search = useSearchStore()

  const setClass = (classId: number): void => void actions.setClass(current.selectedIds, classId)

  return {
    setState: (state) => void actions.setState(current.selectedIds, state),
    setClass,
    move: (direction) => {
      const ids = movedLayers(current.annotations, current.selectedIds, direction)
      if (ids !== null) void actions.reorder(ids)
    },
    hide: () => {
      current.hide(current.selectedIds, true)
      current.select([])
    },
    findLike: () => {
      const [one, ...others] = current.selected
      if (one !== undefined && others.length === 0) void search.findLikeAnnotation(one)
    },
    remove: () => void actions.remove(current.selectedIds),
    promote: ({ candidateId, classId }) => void actions.promote(candidateId, classId),
  }
}
