import type { Vocabulary, VocabularyClass } from './vocabulary.ts'

/**
 * One class a line, with synonyms and negatives, as `parseVocabulary` reads it back. The text form
 * has no prompts, thresholds and colours: those are in the JSON form.
 */
export function serialiseVocabularyText({ classes, negatives }: Vocabulary): string {
  const lines = [...classes.map(lineOf), ...negatives.map((word) => `-${quote(word)}`)]
  return lines.map((line) => `${line}\n`).join('')
}

/** Everything, as `parseVocabulary` reads it back. */
export function serialiseVocabularyJson({ classes, negatives }: Vocabulary): string {
  const complete = {
    // Named one by one: a caller's records may have more, which no vocabulary file knows.
    classes: classes.map(({ name, synonyms, prompts, negatives, threshold, colour }) => ({
      name,
      synonyms,
      prompts,
      negatives,
      threshold,
      colour,
    })),
    negatives,
  }
  return `${JSON.stringify(complete, null, 2)}\n`
}

function lineOf({ name, synonyms, negatives }: VocabularyClass): string {
  const items = [...synonyms.map(quote), ...negatives.map((word) => `-${quote(word)}`)]
  return items.length > 0 ? `${quote(name)}: ${items.join(', ')}` : quote(name)
}

/** In quotes where the bare word would be read as something else. */
function quote(word: string): string {
  return /[,，、:：]|^["#\-－[{]|\s#/u.test(word) ? `"${word.replaceAll('"', '""')}"` : word
}
