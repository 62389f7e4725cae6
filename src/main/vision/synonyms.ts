/**
 * The logit of a class from those of its names. Synonyms do not compete with each other: a class
 * gains nothing, and loses nothing, by a name that says the same again.
 *
 * @returns -Infinity for a class without any name that the models understand
 */
export function combineSynonyms(logits: readonly number[], synonyms: 'max' | 'mean'): number {
  if (logits.length === 0) return -Infinity
  if (synonyms === 'max') return Math.max(...logits)
  return logits.reduce((a, b) => a + b) / logits.length
}
