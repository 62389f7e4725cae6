import type { ChangeSummary } from '#shared/contract/records.ts'

/** A walk through the history of an image: so many steps back or forward. */
export interface HistoryWalk {
  readonly name: 'history.undo' | 'history.redo'
  readonly count: number
}

/**
 * The way to the state right after a step, so that it is the last one that holds.
 *
 * @param steps the newest first, the undone ones before the others, as `history.list` answers
 * @param place of the step; the number of steps means before the first of them
 */
export function walkTo(steps: readonly ChangeSummary[], place: number): HistoryWalk {
  const undone = steps.filter(({ isUndone }) => isUndone).length
  return place < undone
    ? { name: 'history.redo', count: undone - place }
    : { name: 'history.undo', count: place - undone }
}
