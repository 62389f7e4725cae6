import type { HistoryState } from '#shared/contract/commands.ts'
import type { ChangeSummary } from '#shared/contract/records.ts'

/**
 * Of the histories of an image and of the vocabulary the step that was made last: ids of changes
 * grow. New scores follow an edit of the vocabulary and are no step of a person: taken back is the
 * edit, and the scores follow again.
 */
export function nextUndo(ofImage: HistoryState, ofVocabulary: HistoryState): ChangeSummary | null {
  const [image, vocabulary] = [ofImage.undo, ofVocabulary.undo]
  if (image === null || vocabulary === null) return image ?? vocabulary
  return image.id > vocabulary.id && !isRescore(image) ? image : vocabulary
}

/** The step that was made first of those that were taken back. */
export function nextRedo(ofImage: HistoryState, ofVocabulary: HistoryState): ChangeSummary | null {
  const [image, vocabulary] = [ofImage.redo, ofVocabulary.redo]
  if (image === null || vocabulary === null) return image ?? vocabulary
  return image.id < vocabulary.id && !isRescore(image) ? image : vocabulary
}

const isRescore = ({ label, jobId }: ChangeSummary): boolean =>
  label === 'Re-score' && jobId === null
