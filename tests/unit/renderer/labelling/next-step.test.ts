import { describe, expect, it } from 'vitest'
import type { ChangeSummary } from '#shared/contract/records.ts'
import { nextRedo, nextUndo } from '../../../../src/renderer/src/stores/next-step.ts'

const step = (id: number, label = 'Accept', jobId: number | null = null): ChangeSummary => ({
  id,
  imageId: 1,
  label,
  jobId,
  createdMs: 0,
  madeBy: null,
  isUndone: false,
})
const undoable = (undo: ChangeSummary | null) => ({ undo, redo: null })
const redoable = (redo: ChangeSummary | null) => ({ undo: null, redo })

describe('undo over the image and the vocabulary', () => {
  it('takes back the step that was made last', () => {
    expect(nextUndo(undoable(step(7)), undoable(step(5)))?.id).toBe(7)
    expect(nextUndo(undoable(step(5)), undoable(step(7)))?.id).toBe(7)
    expect(nextUndo(undoable(step(5)), undoable(null))?.id).toBe(5)
  })

  it('takes back the edit of the words, not the scores that followed it', () => {
    expect(nextUndo(undoable(step(8, 'Re-score')), undoable(step(7)))?.id).toBe(7)
    expect(nextUndo(undoable(step(8, 'Re-score')), undoable(null))?.id).toBe(8)
  })

  it('makes again what was undone last, that is the older step', () => {
    expect(nextRedo(redoable(step(7)), redoable(step(5)))?.id).toBe(5)
    expect(nextRedo(redoable(step(5)), redoable(step(7)))?.id).toBe(5)
  })
})
