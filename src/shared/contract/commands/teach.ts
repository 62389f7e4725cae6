import { z } from 'zod'
import { answering, id, nothing, score } from './command.ts'
import type { RescoreSummary } from './labelling.ts'

/** What a person answered about a class; answers that were forgotten do not count. */
export interface AnswersOfClass {
  readonly classId: number
  /** Accepted, drawn, reshaped or given this class. */
  readonly accepted: number
  readonly rejected: number
}

export interface TeachState {
  /** 0..1: how much answers correct the scores of proposals; 0, the default, is off: scores by words alone. */
  readonly weight: number
  /** Classes without any answer are left out. */
  readonly answers: readonly AnswersOfClass[]
  /** What the scores are corrected with now; null while nothing was learnt. */
  readonly learnt: {
    readonly atMs: number
    /** How many answers it was learnt from. */
    readonly answers: number
  } | null
  /** Answers since then: with `learnAfter` of them it is learnt anew by itself, if `weight` is not 0. */
  readonly newAnswers: number
  readonly learnAfter: number
  /** Only answers from then on teach; null if none were ever forgotten. */
  readonly forgottenMs: number | null
}

/** `rescored`: proposals that came, changed and went; `records.changed` tells of each image. */
export interface Taught {
  readonly state: TeachState
  readonly rescored: RescoreSummary
}

/** Scored first: those that a person looks at. */
const firstImageIds = z.array(id).max(100).default([])

export const teachCommands = {
  'teach.state': answering<TeachState>()(nothing),
  /**
   * A slider; from 0 on it learns first from all answers up to now. The scores of all proposals follow, those of `firstImageIds` first. A later call takes
   * over from one that is not through (`rescored.isSuperseded`).
   */
  'teach.set': answering<Taught>()(z.strictObject({ weight: score, firstImageIds })),
  /** Learns from all answers now. Annotations that a person has touched stay as they are. */
  'teach.apply': answering<Taught>()(z.strictObject({ firstImageIds })),
  /** Nothing is learnt from the answers up to now any more; the annotations stay as they are. */
  'teach.forget': answering<Taught>()(z.strictObject({ firstImageIds })),
} as const
