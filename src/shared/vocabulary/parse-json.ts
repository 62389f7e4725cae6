import { finishVocabulary, readWord, type ClassDraft } from './draft.ts'
import { readJson, type JsonEntry, type JsonNode } from './json-source.ts'
import type { Located, SourceText } from './source-text.ts'
import { MAX_PROMPT_LENGTH, type Vocabulary } from './vocabulary.ts'

const KIND_NAMES: Record<JsonNode['kind'], string> = {
  string: 'a text',
  number: 'a number',
  boolean: 'true or false',
  null: 'null',
  array: 'a list',
  object: 'an object',
}

const VOCABULARY_KEYS = ['classes', 'negatives'] as const
const CLASS_KEYS = ['name', 'synonyms', 'prompts', 'negatives', 'threshold', 'colour'] as const

/** `{ "classes": […], "negatives": […] }`, or the list of classes alone. */
export function parseJsonSource(source: SourceText): Vocabulary {
  const root = readJson(source)
  if (root.kind === 'array') {
    return finishVocabulary({ classes: classesOf(root, source), negatives: [] }, source)
  }
  if (root.kind !== 'object') {
    return source.fail(
      root.at,
      `A vocabulary is a list of classes or an object with "classes", and this is ${KIND_NAMES[root.kind]}.`,
    )
  }
  const { classes, negatives } = fieldsOf(root.entries, VOCABULARY_KEYS, 'a vocabulary', source)
  if (!classes) {
    source.fail(root.at, '"classes" is missing. Write {"classes": ["bus", "tree"]}')
  }
  return finishVocabulary(
    { classes: classesOf(classes, source), negatives: wordsOf(negatives, 'negatives', source) },
    source,
  )
}

function fieldsOf<Key extends string>(
  entries: readonly JsonEntry[],
  keys: readonly Key[],
  what: string,
  source: SourceText,
): Partial<Record<Key, JsonNode>> {
  const fields: Partial<Record<Key, JsonNode>> = {}
  for (const { key, keyAt, value } of entries) {
    const known = keys.find((one) => one === key)
    if (known !== undefined) fields[known] = value
    else {
      const list = keys.map((one) => `"${one}"`).join(', ')
      source.report(keyAt, `"${key}" is no key of ${what}. It has: ${list}.`)
    }
  }
  return fields
}

function classesOf(node: JsonNode, source: SourceText): ClassDraft[] {
  if (node.kind !== 'array') {
    reportKind(node, '"classes"', 'a list', source)
    return []
  }
  return node.items.flatMap((item) => classOf(item, source) ?? [])
}

function classOf(node: JsonNode, source: SourceText): ClassDraft | null {
  if (node.kind === 'string') {
    const name = readWord(node, source)
    return name && { name, synonyms: [], negatives: [], prompts: [], threshold: null, colour: null }
  }
  if (node.kind !== 'object') {
    reportKind(node, 'A class', 'a text or an object', source)
    return null
  }
  const fields = fieldsOf(node.entries, CLASS_KEYS, 'a class', source)
  const rest = {
    synonyms: wordsOf(fields.synonyms, 'synonyms', source),
    negatives: wordsOf(fields.negatives, 'negatives', source),
    prompts: promptsOf(fields.prompts, source),
    threshold: thresholdOf(fields.threshold, source),
    colour: colourOf(fields.colour, source),
  }
  if (fields.name?.kind !== 'string') {
    if (fields.name) reportKind(fields.name, '"name"', 'a text', source)
    else source.report(node.at, 'A class has no "name". Write {"name": "bus"}')
    return null
  }
  const name = readWord(fields.name, source)
  return name && { name, ...rest }
}

function reportKind(node: JsonNode, what: string, wanted: string, source: SourceText): void {
  source.report(node.at, `${what} must be ${wanted}, and this is ${KIND_NAMES[node.kind]}.`)
}

/** The texts of a list; what is none of them is reported. */
function textsOf(
  node: JsonNode | undefined,
  key: string,
  source: SourceText,
): (JsonNode & { kind: 'string' })[] {
  if (!node) return []
  if (node.kind !== 'array') {
    reportKind(node, `"${key}"`, 'a list of texts', source)
    return []
  }
  return node.items.filter((item) => {
    if (item.kind !== 'string') reportKind(item, `Each of "${key}"`, 'a text', source)
    return item.kind === 'string'
  })
}

function wordsOf(
  node: JsonNode | undefined,
  key: 'synonyms' | 'negatives',
  source: SourceText,
): Located<string>[] {
  return textsOf(node, key, source).flatMap((item) => readWord(item, source) ?? [])
}

function promptsOf(node: JsonNode | undefined, source: SourceText): string[] {
  return textsOf(node, 'prompts', source).map(({ value, at }) => {
    const prompt = value.normalize('NFC').trim()
    if (prompt === '') source.report(at, 'A prompt is empty. Write a sentence or remove it.')
    if (prompt.length > MAX_PROMPT_LENGTH) {
      source.report(
        at,
        `A prompt has ${prompt.length} characters, and at most ${MAX_PROMPT_LENGTH} are possible. Shorten it.`,
      )
    }
    const braces = prompt.replaceAll('{}', '').replaceAll('{article}', '')
    if (/[{}]/.test(braces)) {
      source.report(
        at,
        `"${prompt}" has braces with no meaning. Write {} for the name and {article} for "a" or "an".`,
      )
    }
    return prompt
  })
}

function thresholdOf(node: JsonNode | undefined, source: SourceText): number | null {
  if (!node || node.kind === 'null') return null
  if (node.kind !== 'number') reportKind(node, '"threshold"', 'a number or null', source)
  else if (node.value >= 0 && node.value <= 1) return node.value
  else {
    source.report(node.at, `A threshold lies between 0 and 1, and this is ${node.value}.`)
  }
  return null
}

function colourOf(node: JsonNode | undefined, source: SourceText): string | null {
  if (!node || node.kind === 'null') return null
  if (node.kind !== 'string') reportKind(node, '"colour"', 'a text', source)
  else if (/^#[0-9a-f]{6}$/i.test(node.value)) return node.value.toLowerCase()
  else {
    source.report(
      node.at,
      `"${node.value}" is no colour. Write # and six hexadecimal digits, such as "#2b6cff".`,
    )
  }
  return null
}
