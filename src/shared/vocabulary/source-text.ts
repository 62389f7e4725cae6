import { VocabularyError, type VocabularyProblem } from './vocabulary-error.ts'

/** A piece of the text with the offset at which it begins. */
export interface Located<T> {
  readonly value: T
  readonly at: number
}

/** A text under reading: lines, positions, and the problems found so far. */
export class SourceText {
  /** Without a byte order mark. */
  readonly text: string
  readonly #source: string
  readonly #lineStarts: readonly number[]
  readonly #problems: (VocabularyProblem & { at: number })[] = []

  constructor(text: string, source: string) {
    this.text = text.replace(/^\uFEFF/, '')
    this.#source = source
    const starts = [0]
    for (const end of this.text.matchAll(/\r\n|[\n\r\u2028\u2029]/g)) {
      starts.push(end.index + end[0].length)
    }
    this.#lineStarts = starts
  }

  /** The lines without their ends, each with its offset. */
  lines(): Located<string>[] {
    return this.#lineStarts.map((at, i) => ({
      value: this.text.slice(at, this.#lineStarts[i + 1]).replace(/[\r\n\u2028\u2029]+$/, ''),
      at,
    }))
  }

  lineOf(at: number): number {
    let line = this.#lineStarts.findIndex((start) => start > at)
    if (line < 0) line = this.#lineStarts.length
    return line
  }

  report(at: number, message: string): void {
    const line = this.lineOf(at)
    const column = [...this.text.slice(this.#lineStarts[line - 1], at)].length + 1
    this.#problems.push({ line, column, message, at })
  }

  /** @throws VocabularyError always, with everything reported so far and this */
  fail(at: number, message: string): never {
    this.report(at, message)
    throw this.#error()
  }

  /** @throws VocabularyError when anything was reported */
  throwIfReported(): void {
    if (this.#problems.length > 0) throw this.#error()
  }

  #error(): VocabularyError {
    const inOrder = this.#problems
      .toSorted((a, b) => a.at - b.at)
      .map(({ line, column, message }) => ({ line, column, message }))
    return new VocabularyError(inOrder, this.#source)
  }
}
