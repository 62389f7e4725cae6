import { LexmaskError } from '#shared/contract/errors.ts'
import { nameForms, normaliseName } from '#shared/vocabulary/names.ts'
import { normaliseRows } from '#shared/vocabulary/text-vectors.ts'
import { vectorFromFloat16 } from './float16.ts'

/** How a name was found, the most certain first. A variant is a plural, a singular, or spelled apart. */
export type TableMatchBy = 'name' | 'synonym' | 'variant'

export interface TableMatch {
  /** Of these rows; several when the word has several meanings ("bow"). */
  readonly rows: readonly number[]
  readonly by: TableMatchBy
}

export interface TableRow {
  /** The first one is the one that was embedded; the others are its synonyms. */
  readonly names: readonly string[]
}

/** "car (automobile)" means "car"; the part in brackets tells homonyms apart. */
const QUALIFIER = /\s*\([^)]*\)\s*$/

/** Ready-made text vectors of a fixed list of names with their synonyms. */
export class TextTable {
  readonly dimension: number
  readonly rows: readonly TableRow[]
  readonly #vectors: Float32Array
  readonly #byName = new Map<string, number[]>()
  readonly #bySynonym = new Map<string, number[]>()
  readonly #byJoined = new Map<string, number[]>()

  /** @param vectors Float32Array // [rows.length, dimension] unit rows */
  constructor(rows: readonly TableRow[], vectors: Float32Array, dimension: number) {
    this.rows = rows
    this.dimension = dimension
    this.#vectors = vectors
    rows.forEach(({ names: [name, ...synonyms] }, row) => {
      for (const key of keysOf(name)) addRow(this.#byName, key, row)
      for (const key of synonyms.flatMap(keysOf)) addRow(this.#bySynonym, key, row)
      for (const key of [name, ...synonyms].flatMap(keysOf)) addRow(this.#byJoined, join(key), row)
    })
  }

  /** Float32Array // [dimension], unit; a view into the table, not to be written to */
  vector(row: number): Float32Array {
    return this.#vectors.subarray(row * this.dimension, (row + 1) * this.dimension)
  }

  /**
   * The rows that a name means: by the embedded name, else by a synonym, else by what the name is
   * the plural or the singular of, or how it is spelled apart ("wine glass", "wineglass"). Null when
   * the table does not have it.
   */
  lookup(name: string): TableMatch | null {
    const normal = normaliseName(name)
    const named = this.#byName.get(normal)
    if (named) return { rows: named, by: 'name' }
    const synonymous = this.#bySynonym.get(normal)
    if (synonymous) return { rows: synonymous, by: 'synonym' }
    const forms = nameForms(name)
    for (const map of [this.#byName, this.#bySynonym]) {
      const form = forms.find((one) => map.has(one))
      if (form !== undefined) return { rows: map.get(form) ?? [], by: 'variant' }
    }
    const joined = forms.map(join).find((form) => this.#byJoined.has(form))
    return joined === undefined ? null : { rows: this.#byJoined.get(joined) ?? [], by: 'variant' }
  }

  /**
   * The rows that mean none of these words, under any of their names: what a typed name can be
   * scored against.
   *
   * @returns indices of rows, ascending
   */
  distractors(words: readonly string[]): number[] {
    const forms = words.flatMap((word) => nameForms(word).map(join))
    const meant = new Set(forms.flatMap((form) => this.#byJoined.get(form) ?? []))
    return [...this.rows.keys()].filter((row) => !meant.has(row))
  }
}

/** A name's normalised self, and that without its qualifier. */
const keysOf = (name: string): string[] => [
  normaliseName(name),
  normaliseName(name.replace(QUALIFIER, '')),
]

const join = (key: string): string => key.replaceAll(' ', '')

function addRow(map: Map<string, number[]>, key: string, row: number): void {
  const rows = map.get(key)
  if (!rows) map.set(key, [row])
  else if (!rows.includes(row)) rows.push(row)
}

/**
 * A text table from its two files.
 *
 * @param description parsed JSON: dim, count, dtype "float16", names [{names: […]}] in row order
 * @param bytes float16, little-endian, [count, dim] row-major, of any length
 * @param source what errors call the table, such as its folder
 * @throws LexmaskError PACK_INVALID saying what does not fit
 */
export function parseTextTable(description: unknown, bytes: Uint8Array, source: string): TextTable {
  const refuse = (what: string): never => {
    throw new LexmaskError(
      'PACK_INVALID',
      `The text table ${source} cannot be used: ${what} Copy it again.`,
      { source },
    )
  }
  const { dim, count, dtype, names } = fieldsOf(description)
  if (dtype !== 'float16') return refuse(`its "dtype" is ${JSON.stringify(dtype)}, not "float16".`)
  if (!isCount(dim) || !isCount(count)) {
    return refuse('its "dim" and "count" must be whole numbers above 0.')
  }
  if (!Array.isArray(names) || names.length !== count) {
    return refuse(`its "names" must be a list of ${count}.`)
  }
  const rows = names.map((entry: unknown, row): TableRow => {
    const list = fieldsOf(entry).names
    if (!isNameList(list)) return refuse(`entry ${row} of its "names" has no list of names.`)
    return { names: list }
  })
  const expected = dim * count * 2
  if (bytes.byteLength !== expected) {
    return refuse(
      `its vectors are ${bytes.byteLength} bytes, and ${count} rows of ${dim} float16 numbers are ${expected}.`,
    )
  }
  try {
    const vectors = normaliseRows(vectorFromFloat16(littleEndian16(bytes)), dim)
    return new TextTable(rows, vectors, dim)
  } catch (error) {
    return refuse(`its vectors are damaged: ${(error as Error).message}.`)
  }
}

function fieldsOf(value: unknown): Record<string, unknown> {
  return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {}
}

function isCount(value: unknown): value is number {
  return Number.isInteger(value) && (value as number) > 0
}

function isNameList(value: unknown): value is string[] {
  return (
    Array.isArray(value) &&
    value.length > 0 &&
    value.every((name) => typeof name === 'string' && normaliseName(name) !== '')
  )
}

/** A copy, since a file's bytes may lie at an odd offset, where a Uint16Array cannot begin. */
function littleEndian16(bytes: Uint8Array): Uint16Array {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  return Uint16Array.from({ length: bytes.byteLength / 2 }, (_, i) => view.getUint16(i * 2, true))
}
