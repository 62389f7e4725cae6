import { LexmaskError } from '#shared/contract/errors.ts'

/** One thing that is wrong in the text of a vocabulary. */
export interface VocabularyProblem {
  /** From 1. */
  readonly line: number
  /** From 1, in code points, as editors count them. */
  readonly column: number
  /** What is wrong and what to do. */
  readonly message: string
}

/** Thrown for a text that is no vocabulary; it names every problem, the first one in its message. */
export class VocabularyError extends LexmaskError {
  readonly problems: readonly VocabularyProblem[]

  /** @param source what the text is called, such as a file name */
  constructor(problems: readonly VocabularyProblem[], source: string) {
    const { line, column, message } = problems[0]
    const others = problems.length - 1
    const more = others > 0 ? ` (and ${others} more ${others > 1 ? 'problems' : 'problem'})` : ''
    super('FORMAT_INVALID', `${source}, line ${line}, column ${column}: ${message}${more}`, {
      source,
      problems,
    })
    this.name = 'VocabularyError'
    this.problems = problems
  }
}
