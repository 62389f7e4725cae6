export type EvaluationErrorCode = 'DETECTION_INCOMPLETE' | 'UNKNOWN_IMAGE' | 'SCORE_INVALID'

/** Thrown for detections that cannot be measured against this ground truth; `code` says why. */
export class EvaluationError extends Error {
  readonly code: EvaluationErrorCode

  constructor(code: EvaluationErrorCode, message: string) {
    super(message)
    this.name = 'EvaluationError'
    this.code = code
  }
}
