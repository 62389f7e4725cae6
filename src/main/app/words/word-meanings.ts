import type { Vocabulary } from '#shared/contract/records.ts'
import {
  promptsForClass,
  promptsForName,
  type PromptedWord,
  type TemplateSet,
} from '#shared/vocabulary/prompts.ts'
import { mergeClaims, type Claims } from '#shared/vocabulary/claims.ts'
import {
  detectorClaims,
  serveVocabulary,
  unservedClasses,
  type VocabularyService,
} from '#shared/vocabulary/vocabulary-service.ts'
import type { ServiceWay, WordServer } from '#shared/vocabulary/word-server.ts'
import type { TextTable } from '#main/vision/text-table.ts'
import type { SemanticSpace } from '#main/vision/detector-scorer.ts'
import type {
  ClassMeaning,
  NegativeMeaning,
  VocabularyMeaning,
  WordMeaning,
} from '#main/vision/vocabulary-scorer.ts'

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

/** The words of a run's recipe over the classes of its detector, with the vectors of a text table. */
export class DetectorLexicon {
  readonly server: WordServer
  readonly detectorClasses: readonly string[]
  readonly #table: TextTable | null
  readonly #rowOfName: ReadonlyMap<string, number>

  constructor(server: WordServer, detectorClasses: readonly string[], table: TextTable | null) {
    this.server = server
    this.detectorClasses = detectorClasses
    this.#table = table
    this.#rowOfName = new Map(table?.rows.map(({ names }, row) => [names[0], row]))
  }

  /** The table's vector of one of its own names; null for another. */
  vectorOf(textName: string): Float32Array | null {
    const row = this.#rowOfName.get(textName)
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
      detectorVectors: this.detectorClasses.map((name) => {
        const row = table.lookup(name)?.rows[0]
        return row === undefined ? null : table.vector(row)
      }),
      distractors: table.distractors(words).map((row) => table.vector(row)),
    }
  }
}

/**
 * Unit text vectors of a word, which is as near to a region as the nearest of them.
 *
 * @param textNames those names of text vectors that stand for the word and no other word gets
 */
export type VectorsOf = (
  textNames: readonly string[],
  prompted: PromptedWord,
) => readonly Float32Array[]

/**
 * How the models understand a vocabulary, which is what the report says of it; and which of its
 * classes they do not understand at all.
 *
 * @param scoring with `crossClassNmsIou` of 1 a region may have several classes
 */
export function understandVocabulary(
  vocabulary: Vocabulary,
  prompted: PromptedVocabulary,
  { server, detectorClasses }: DetectorLexicon,
  vectorsOf: VectorsOf,
  { crossClassNmsIou }: { readonly crossClassNmsIou: number },
): { meaning: VocabularyMeaning; service: VocabularyService; unservedWords: string[] } {
  const service = serveVocabulary(vocabulary, server, { allowsSeveral: crossClassNmsIou === 1 })
  const byIndex = (claims: Claims): Map<number, ServiceWay> =>
    new Map(
      detectorClasses.flatMap((name, index) => {
        const relation = claims.get(name)
        return relation === undefined ? [] : [[index, relation] as const]
      }),
    )
  const negativesOf = (
    classIndex: number | null,
    words: readonly PromptedWord[],
  ): NegativeMeaning[] => {
    const places = [...service.negatives.keys()].filter(
      (at) => service.negatives[at].classIndex === classIndex,
    )
    // A recipe's background words follow those of the vocabulary, and are in no report.
    return words.map((one, at) => {
      const settled = (all: typeof service.detector): Claims =>
        all.negatives[places[at]]?.claims ?? new Map()
      return {
        word: one.word,
        detectorClasses: [...byIndex(settled(service.detector)).keys()],
        vectors: vectorsOf([...settled(service.texts).keys()], one),
      }
    })
  }
  const classes = service.words.map((words, index): ClassMeaning => {
    const { names, negatives } = prompted.classes[index]
    const texts = service.texts.classes[index]
    // CLIP tells apart what the detector does not: there none yields to another.
    const claims =
      server.recipe === 'detector'
        ? service.detector.classes[index]
        : mergeClaims(words.map(detectorClaims))
    return {
      names: words.map(({ word, way, textNames }): WordMeaning => {
        const own = textNames.filter((name) => way !== 'region-text' || texts.has(name))
        // A synonym that no own prompt mentions has no sentence, and the detector may still know it.
        const one = names.find((other) => other.word === word) ?? { word, prompts: [] }
        return { word, way, vectors: vectorsOf(own, one) }
      }),
      detectorClasses: byIndex(claims),
      negatives: negativesOf(index, negatives),
    }
  })
  return {
    meaning: { classes, negatives: negativesOf(null, prompted.negatives) },
    service,
    unservedWords: unservedClasses(service),
  }
}
