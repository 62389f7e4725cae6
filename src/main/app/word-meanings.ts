import type { Vocabulary } from '#shared/contract/records.ts'
import {
  promptsForClass,
  promptsForName,
  type PromptedWord,
  type TemplateSet,
} from '#shared/vocabulary/prompts.ts'
import type { TextTable } from '#main/vision/text-table.ts'
import type { SemanticSpace } from '#main/vision/detector-scorer.ts'
import type {
  ClassMeaning,
  VocabularyMeaning,
  WordMeaning,
} from '#main/vision/vocabulary-scorer.ts'
import { WordIndex } from '#main/vision/word-index.ts'

/** Unit text vector of a word; null when nothing serves it. */
export type TextVectorOf = (word: PromptedWord) => Float32Array | null

/** A vocabulary with the sentences that stand for its words. */
export interface PromptedVocabulary {
  readonly classes: readonly {
    readonly names: readonly PromptedWord[]
    readonly negatives: readonly PromptedWord[]
  }[]
  readonly negatives: readonly PromptedWord[]
}

/** @param backgroundWords compete with all classes, beside the vocabulary's own negatives */
export function promptVocabulary(
  vocabulary: Vocabulary,
  templates: TemplateSet,
  backgroundWords: readonly string[],
): PromptedVocabulary {
  const prompted = (word: string): PromptedWord => ({
    word,
    prompts: promptsForName(word, templates),
  })
  return {
    classes: vocabulary.classes.map((one) => ({
      names: promptsForClass(one, templates),
      negatives: one.negatives.map(prompted),
    })),
    negatives: [...vocabulary.negatives, ...backgroundWords].map(prompted),
  }
}

/** Every word of it, for whoever makes vectors of them. */
export function wordsOf({ classes, negatives }: PromptedVocabulary): PromptedWord[] {
  return [...classes.flatMap((one) => [...one.names, ...one.negatives]), ...negatives]
}

/** What a detector's class names mean, by themselves and through the synonyms of a text table. */
export class DetectorLexicon {
  readonly #classes: WordIndex
  readonly #table: TextTable | null
  /** Row of the table by detector class; null where the table lacks its name. */
  readonly #rowOfClass: readonly (number | null)[]

  constructor(detectorClasses: readonly string[], table: TextTable | null) {
    this.#classes = new WordIndex(detectorClasses)
    this.#table = table
    this.#rowOfClass = detectorClasses.map((name) => table?.lookup(name)?.rows[0] ?? null)
  }

  /** Detector classes that a word means: by name, singular or plural, or as a synonym in the table. */
  detectorClassesOf(word: string): readonly number[] {
    const byName = this.#classes.find(word)
    if (byName.length > 0) return byName
    const rows = this.#table?.lookup(word)?.rows ?? []
    return [...this.#rowOfClass.keys()].filter((detectorClass) => {
      const row = this.#rowOfClass[detectorClass]
      return row !== null && rows.includes(row)
    })
  }

  /** The table's vector of a word; null when the table does not know it. */
  vectorOf(word: string): Float32Array | null {
    const row = this.#table?.lookup(word)?.rows[0]
    return row === undefined ? null : (this.#table?.vector(row) ?? null)
  }

  /**
   * The space in which words that no detector class means are scored: every word of the table that
   * the vocabulary does not use competes, so that a small vocabulary does not win by default.
   */
  spaceFor(words: readonly string[]): SemanticSpace | null {
    const table = this.#table
    if (!table) return null
    return {
      detectorVectors: this.#rowOfClass.map((row) => (row === null ? null : table.vector(row))),
      distractors: table.distractors(words).map((row) => table.vector(row)),
    }
  }
}

/** How the models understand a vocabulary, and which of its classes they do not understand at all. */
export function understandVocabulary(
  vocabulary: Vocabulary,
  prompted: PromptedVocabulary,
  lexicon: DetectorLexicon,
  textVectorOf: TextVectorOf,
): { meaning: VocabularyMeaning; unservedWords: string[] } {
  const meaningOf = (word: PromptedWord): WordMeaning => ({
    word: word.word,
    detectorClasses: lexicon.detectorClassesOf(word.word),
    vector: textVectorOf(word),
  })
  const classes = vocabulary.classes.map(({ name, synonyms }, index): ClassMeaning => {
    const { names, negatives } = prompted.classes[index]
    // A synonym that no own prompt mentions has no sentence, and the detector may still know it.
    const others = [name, ...synonyms].filter((word) => !names.some((one) => one.word === word))
    return {
      names: [...names, ...others.map((word) => ({ word, prompts: [] }))].map(meaningOf),
      negatives: negatives.map(meaningOf),
    }
  })
  const isServed = ({ detectorClasses, vector }: WordMeaning): boolean =>
    detectorClasses.length > 0 || vector !== null
  return {
    meaning: { classes, negatives: prompted.negatives.map(meaningOf) },
    unservedWords: vocabulary.classes
      .filter((_, index) => !classes[index].names.some(isServed))
      .map(({ name }) => name),
  }
}
