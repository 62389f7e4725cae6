import { expect, it } from 'vitest'
import type { ChangeSummary } from '#shared/contract/records.ts'
import { walkTo } from '#renderer/history/history-steps.ts'

/** Steps, the newest first, of which the first `undone` are taken back. */
const steps = (all: number, undone: number): ChangeSummary[] =>
  Array.from({ length: all }, (_, place) => ({
    id: all - place,
    imageId: 1,
    label: 'Accept',
    jobId: null,
    createdMs: 0,
    madeBy: null,
    isUndone: place < undone,
  }))

it.each([
  ['an older step undoes what came after it', 5, 0, 2, 'history.undo', 2],
  ['the present step moves nothing', 5, 2, 2, 'history.undo', 0],
  ['an undone step is made again with those before it', 5, 2, 0, 'history.redo', 2],
  ['the last of the undone ones is one step', 5, 2, 1, 'history.redo', 1],
  ['the beginning undoes all', 5, 2, 5, 'history.undo', 3],
] as const)('%s', (_, all, undone, place, name, count) => {
  expect(walkTo(steps(all, undone), place)).toEqual({ name, count })
})
