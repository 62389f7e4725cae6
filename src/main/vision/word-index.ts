import { nameForms, normaliseName } from '#shared/vocabulary/names.ts'

/** Finds which of a list of names a word is: by its own form, its singular or its plural. */
export class WordIndex {
  readonly #byName = new Map<string, number[]>()

  constructor(names: readonly string[]) {
    names.forEach((name, index) => {
      const key = normaliseName(name)
      this.#byName.set(key, [...(this.#byName.get(key) ?? []), index])
    })
  }

  /** Indices of the names; of the first form that is known. */
  find(word: string): readonly number[] {
    for (const form of nameForms(word)) {
      const found = this.#byName.get(form)
      if (found) return found
    }
    return []
  }
}
