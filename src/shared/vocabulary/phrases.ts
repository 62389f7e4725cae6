import { normaliseName, singularForms } from './names.ts'
import {
  ADJECTIVES,
  CHINESE_ADJECTIVES,
  CHINESE_FUNCTION_WORDS,
  CHINESE_MEASURE_WORDS,
  CHINESE_VERBS,
  CONTRACTION,
  DETERMINERS,
  FORMS_OF_BE,
  FUNCTION_WORDS,
  MOMENTARY,
  NOUNS_IN_ED,
  NOUNS_IN_ING,
  PLURAL_ONLY,
  VERBS,
  VERBS_AFTER_A_THING,
} from './phrase-words.ts'

const HAN = /\p{Script=Han}/u
const WORD = /[\p{L}\p{N}]+(?:['’-][\p{L}\p{N}]+)*/gu
/** What no phrase goes over. */
const CLAUSE_END = /[\n\r.,;:!?()[\]{}"“”«»/|。，、；：！？（）【】《》…—–]+/u

/**
 * The things that a sentence names, each once, in the order of the sentence, English ones in the
 * singular. To be offered to a person, not to be taken as they are.
 *
 * No parser: words between function words, verbs of a list and punctuation make a phrase. So a verb
 * that is not in the list and not in -ing or -ed stays in its phrase, "X of Y" becomes two phrases,
 * and a word that is noun and verb ("watch", "saw") follows the list. Chinese is cut into words by
 * the platform's own dictionary (`Intl.Segmenter`).
 */
export function nounPhrases(text: string): string[] {
  const phrases = text
    .split(CLAUSE_END)
    .flatMap((clause) =>
      clause.split(
        /(?<=\p{Script=Han})(?=\s*[^\p{Script=Han}\s])|(?<=[^\p{Script=Han}\s]\s*)(?=\p{Script=Han})/u,
      ),
    )
    .flatMap((run) => (HAN.test(run) ? chinesePhrases(run) : englishPhrases(run)))
  const seen = new Set<string>()
  return phrases.filter((phrase) => {
    const key = normaliseName(phrase)
    const isNew = key !== '' && !seen.has(key)
    seen.add(key)
    return isNew
  })
}

function englishPhrases(clause: string): string[] {
  const chunks = chunksOf(clause.match(WORD) ?? [], isEnglishBreak)
  return chunks.flatMap((chunk) => {
    const start = chunk.findIndex((word) => !MOMENTARY.has(word.toLowerCase()))
    const phrase = start < 0 ? [] : chunk.slice(start)
    if (phrase.every((word) => ADJECTIVES.has(word.toLowerCase()))) return []
    return [inSingular(phrase.join(' '))]
  })
}

/**
 * In front of a thing, -ing and -ed describe it ("parking meter", "striped shirt"); after one they
 * say what it does.
 */
function isEnglishBreak(
  word: string,
  isFirst: boolean,
  isLast: boolean,
  { before, after }: Neighbours,
): boolean {
  const lower = plain(word)
  if (/^\p{N}+$/u.test(lower) || FUNCTION_WORDS.has(lower) || VERBS.has(lower)) return true
  if (CONTRACTION.test(lower)) return true
  if (!isFirst && VERBS_AFTER_A_THING.has(lower)) return true
  if (/..ing$/u.test(lower) && FORMS_OF_BE.has(plain(before))) return true
  // "girl feeds the ducks", "pedestrians crossing the road"
  const isBeforeThing = !isFirst && DETERMINERS.has(plain(after))
  if (isBeforeThing && /..(?:[^s]s|ing)$/u.test(lower)) return true
  if (/..ing$/u.test(lower) && !NOUNS_IN_ING.has(lower)) return !isFirst || isLast
  if (/..ed$/u.test(lower) && !NOUNS_IN_ED.has(lower)) return !isFirst || isLast
  return /..ly$/u.test(lower) && isFirst && !isLast
}

const plain = (word: string | undefined): string => (word ?? '').toLowerCase().replaceAll('’', "'")

/** A phrase of names keeps its capitals; others begin small, as the words of a vocabulary do. */
function inSingular(phrase: string): string {
  const name = phrase
    .split(' ')
    .map((word) => (/^\p{Lu}\p{Ll}+$/u.test(word) ? word.toLowerCase() : word))
    .join(' ')
  const head = name.split(' ').at(-1) ?? ''
  if (PLURAL_ONLY.has(head.toLowerCase())) return name
  if (/\p{Lu}/u.test(name)) return name
  // A hyphen that a person wrote stays: "e-scooter".
  const stem = name.includes('-') ? name.slice(0, name.search(/[^\s-]+$/u)) : ''
  const rest = name.slice(stem.length)
  return stem + (singularForms(rest)[0] ?? rest)
}

function chinesePhrases(run: string): string[] {
  return chunksOf(chineseWords(run), isChineseBreak).flatMap((chunk) => {
    if (chunk.every((word) => CHINESE_ADJECTIVES.has(word))) return []
    // "窗台上" is one word of the dictionary.
    return withoutVerb(chunk.join('').replace(/(?<=.)上$/u, ''))
  })
}

/** The dictionary cuts some verbs into single characters. */
function withoutVerb(phrase: string): string[] {
  const verb = [...CHINESE_VERBS].find((one) => one.length > 1 && phrase.startsWith(one))
  const rest = phrase.slice(verb?.length ?? 0)
  return rest === '' ? [] : [rest]
}

const isChineseBreak = (word: string, isFirst: boolean): boolean =>
  /^[\p{N}〇一二两三四五六七八九十百千]+$/u.test(word) ||
  CHINESE_FUNCTION_WORDS.has(word) ||
  CHINESE_VERBS.has(word) ||
  isCounted(word, isFirst)

/**
 * "一辆", "两只": number and measure word, which dictionaries take for one word. By itself a measure word
 * stands in front of a thing; within one it is a part of it, as in "笔记本电脑".
 */
function isCounted(word: string, isFirst: boolean): boolean {
  const measure =
    /^(?<number>[\p{N}一二两三四五六七八九十几每这那]*)(?<measure>\p{Script=Han})$/u.exec(
      word,
    )?.groups
  if (measure === undefined || !CHINESE_MEASURE_WORDS.has(measure.measure)) return false
  return isFirst || measure.number !== ''
}

function chineseWords(run: string): string[] {
  const segmenter = new Intl.Segmenter('zh', { granularity: 'word' })
  return [...segmenter.segment(run)]
    .filter(({ isWordLike }) => isWordLike)
    .map(({ segment }) => segment)
}

interface Neighbours {
  readonly before: string | undefined
  readonly after: string | undefined
}

/** The words between those that break, in pieces. */
function chunksOf(
  words: readonly string[],
  isBreak: (word: string, isFirst: boolean, isLast: boolean, beside: Neighbours) => boolean,
): string[][] {
  const chunks: string[][] = []
  let chunk: string[] = []
  words.forEach((word, i) => {
    const beside = (at: number): Neighbours => ({ before: words[at - 1], after: words[at + 1] })
    const next = words.at(i + 1)
    const isLast = next === undefined || isBreak(next, false, false, beside(i + 1))
    if (!isBreak(word, chunk.length === 0, isLast, beside(i))) {
      chunk.push(word)
      return
    }
    if (chunk.length > 0) chunks.push(chunk)
    chunk = []
  })
  if (chunk.length > 0) chunks.push(chunk)
  return chunks
}
