/** What a person asks the machine to find: one class with all the words that mean it. */
export interface VocabularyClass {
  readonly name: string
  readonly synonyms: readonly string[]
  /** Own prompts; when there are any, they replace the templates. */
  readonly prompts: readonly string[]
  /** Look-alikes that may win a region but are never emitted. */
  readonly negatives: readonly string[]
  /** In 0..1; null means the project's default. */
  readonly threshold: number | null
  /** #rrggbb */
  readonly colour: string
}

export interface Vocabulary {
  readonly classes: readonly VocabularyClass[]
  /** Words that compete with all classes and are never emitted. */
  readonly negatives: readonly string[]
}

/** The forms in which a vocabulary is written: `a, b`, one class a line, or JSON. */
export type VocabularyFormat = 'list' | 'text' | 'json'

/** Of names, synonyms and negatives, in UTF-16 units. */
export const MAX_NAME_LENGTH = 200

/** In UTF-16 units; CLIP reads about 300 of them. */
export const MAX_PROMPT_LENGTH = 1000
