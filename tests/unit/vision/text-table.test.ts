import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { LexmaskError } from '#shared/contract/errors.ts'
import { float16FromVector } from '#main/vision/float16.ts'
import { parseTextTable, type TextTable } from '#main/vision/text-table.ts'
import { hasShared, readShared, sharedPath } from '../../support/coco-mini.ts'

const names = [
  { names: ['car (automobile)', 'auto (automobile)'] },
  { names: ['bow (weapon)'] },
  { names: ['bow (decorative ribbons)', 'ribbon'] },
  { names: ['scissors'] },
  { names: ['sofa', 'couch'] },
  { names: ['T-shirt', 'bow shirt'] },
]
const description = { dim: 2, count: 6, dtype: 'float16', names }
const rows = Float32Array.of(3, 4, 1, 0, 0, 1, 10, 0, 0, -2, 1, 1)

const bytesOf = (vector: Float32Array): Uint8Array =>
  new Uint8Array(float16FromVector(vector).buffer)

const table = (): TextTable => parseTextTable(description, bytesOf(rows), 'small')

describe('a text table', () => {
  it('has unit rows', () => {
    expect([...table().vector(0)].map((value) => value.toFixed(3))).toEqual(['0.600', '0.800'])
    expect([...table().vector(4)]).toEqual([0, -1])
  })

  it.each<[string, number[], string]>([
    ['car', [0], 'name'],
    ['car (automobile)', [0], 'name'],
    ['Auto', [0], 'synonym'],
    ['Cars', [0], 'variant'],
    ['bow', [1, 2], 'name'],
    ['ribbons', [2], 'variant'],
    ['scissors', [3], 'name'],
    ['scissor', [3], 'variant'],
    ['couches', [4], 'variant'],
    ['t shirt', [5], 'name'],
    ['tshirt', [5], 'variant'],
    ['bow shirts', [5], 'variant'],
    ['t_shirts', [5], 'variant'],
  ])('knows %j', (name, expected, by) => {
    expect(table().lookup(name)).toEqual({ rows: expected, by })
  })

  it('does not know other words', () => {
    expect(table().lookup('zebra')).toBeNull()
    expect(table().lookup('')).toBeNull()
  })

  it('offers every row as a distractor that means none of the words', () => {
    expect(table().distractors([])).toEqual([0, 1, 2, 3, 4, 5])
    expect(table().distractors(['bows', 'Couch', 'zebra'])).toEqual([0, 3, 5])
  })

  it('reads bytes that begin at an odd offset', () => {
    const bytes = bytesOf(rows)
    const shifted = new Uint8Array(bytes.length + 1)
    shifted.set(bytes, 1)
    const other = parseTextTable(description, shifted.subarray(1), 'small')
    expect([...other.vector(5)]).toEqual([...table().vector(5)])
  })

  it.each<[string, unknown, Uint8Array]>([
    ['its vectors are 22 bytes, and 6 rows of 2', description, bytesOf(rows).subarray(2)],
    ['its "dtype" is "float32"', { ...description, dtype: 'float32' }, bytesOf(rows)],
    ['its "dtype" is undefined', null, bytesOf(rows)],
    ['its "dim" and "count"', { ...description, dim: 0 }, bytesOf(rows)],
    ['its "names" must be a list of 6', { ...description, names: [] }, bytesOf(rows)],
    [
      'entry 0 of its "names"',
      { ...description, names: names.map(() => ({ names: [] })) },
      bytesOf(rows),
    ],
    [
      'row 1 has length 0',
      description,
      bytesOf(Float32Array.from(rows, (v, i) => (i > 1 ? 0 : v))),
    ],
    ['row 0 has length NaN', description, bytesOf(rows.map(() => NaN))],
  ])('is refused when %s', (message, json, bytes) => {
    expect(() => parseTextTable(json, bytes, 'small')).toThrow(LexmaskError)
    expect(() => parseTextTable(json, bytes, 'small')).toThrow(message)
  })
})

describe.skipIf(!hasShared)('the LVIS table (needs ../shared)', () => {
  const lvis = (): TextTable =>
    parseTextTable(
      readShared('models', 'clip-text-tables', 'lvis.json'),
      readFileSync(sharedPath('models', 'clip-text-tables', 'lvis.f16')),
      'lvis',
    )
  const dot = (a: Float32Array, b: Float32Array): number =>
    a.reduce((sum, v, i) => sum + v * b[i], 0)

  it('has the neighbours that its README names', () => {
    const table = lvis()
    expect(table.rows).toHaveLength(1203)
    const vector = (name: string): Float32Array => table.vector(table.lookup(name)?.rows[0] ?? -1)
    expect(dot(vector('cat'), vector('kitten'))).toBeCloseTo(0.94, 2)
    expect(dot(vector('cat'), vector('dog'))).toBeCloseTo(0.94, 2)
    expect(dot(vector('car'), vector('bus'))).toBeCloseTo(0.92, 2)
    for (let row = 0; row < 1203; row++)
      expect(dot(table.vector(row), table.vector(row))).toBeCloseTo(1, 5)
  })

  it('serves 73 of the 80 COCO names, and none of them as a distractor of itself', () => {
    const table = lvis()
    const coco = readShared<{ categories: { name: string }[] }>(
      'data',
      'coco-mini',
      'instances.json',
    ).categories.map(({ name }) => name)
    const unserved = coco.filter((name) => table.lookup(name) === null)
    // Reported by name to the user; LVIS has "laptop computer", "remote control", "microwave oven" …
    expect(unserved).toEqual([
      'sports ball',
      'hot dog',
      'potted plant',
      'laptop',
      'remote',
      'microwave',
      'hair drier',
    ])
    for (const name of coco) {
      const found = table.lookup(name)?.rows ?? []
      const distractors = table.distractors([name])
      for (const row of found) expect(distractors).not.toContain(row)
      expect(distractors.length).toBeGreaterThan(1190)
    }
  })
})
