import { describe, expect, it } from 'vitest'
import type { AnnotationRecord, ProjectRecord } from '#shared/contract/records.ts'
import {
  applyDiff,
  areEqualRecords,
  diffRecords,
  emptyDiff,
  entriesOf,
  findConflicts,
  invertDiff,
  isEmptyDiff,
  keysOf,
  parseRecordKey,
  recordKey,
  recordsOfKind,
  squashDiffs,
  updatesOfKind,
} from '#shared/history/record-diff.ts'
import type { RecordDiff, RecordKey } from '#shared/history/record-diff.ts'

type Records = Map<RecordKey, ProjectRecord>

const seed = Number(process.env.LEXMASK_TEST_SEED ?? Date.now() % 1_000_000)
const ROUNDS = 500

function annotation(id: number, score: number): AnnotationRecord {
  return {
    id,
    imageId: 1,
    classId: 1,
    maskHash: 'a'.repeat(64),
    bbox: [0, 0, 2, 3],
    area: 6,
    isCrowd: false,
    isOccluded: false,
    isTruncated: false,
    attributes: {},
    position: id,
    score,
    state: 'proposed',
    origin: 'run',
    candidateId: null,
    provenance: { recipe: 'detector', runId: 1, detectorClass: 'bus', objectness: 0.5 },
  }
}

describe('the algebra of diffs', () => {
  it(`holds for ${ROUNDS} random edits (LEXMASK_TEST_SEED=${seed})`, () => {
    const random = mulberry32(seed)
    for (let round = 0; round < ROUNDS; round++) {
      const start = randomRecords(random)
      const middle = randomRecords(random)
      const end = randomRecords(random)
      const first = diffOf(start, middle)
      const second = diffOf(middle, end)

      expect(applied(start, first)).toEqual(middle)
      expect(applied(applied(start, first), invertDiff(first))).toEqual(start)
      expect(invertDiff(invertDiff(first))).toEqual(first)

      const squashed = squashDiffs(first, second)
      expect(applied(start, squashed)).toEqual(end)
      // The least that leads there: nothing that cancels out is left.
      expect(squashed).toEqual(diffOf(start, end))
      expect(isEmptyDiff(squashDiffs(first, invertDiff(first)))).toBe(true)
      expect(squashDiffs(emptyDiff(), first)).toEqual(first)

      expect(findConflicts(first, (key) => start.get(key))).toEqual([])
      const touched = [first.added, first.updated, first.removed].flatMap(keysOf)
      if (touched.length > 0) {
        expect(findConflicts(first, (key) => middle.get(key)).sort()).toEqual(touched.sort())
      }
    }
  })

  it('changes nothing of its arguments', () => {
    const first = deepFrozen(diffRecords('annotation', [annotation(1, 0.5)], [annotation(1, 0.6)]))
    const second = deepFrozen(diffRecords('annotation', [annotation(1, 0.6)], []))
    expect(squashDiffs(first, second)).toEqual(diffRecords('annotation', [annotation(1, 0.5)], []))
    expect(() => invertDiff(first)).not.toThrow()
  })
})

describe('diffRecords', () => {
  it('tells what was added, changed and removed, and leaves out what is equal', () => {
    const before = [annotation(1, 0.1), annotation(2, 0.2), annotation(3, 0.3)]
    const after = [annotation(1, 0.1), annotation(2, 0.9), annotation(4, 0.4)]
    expect(diffRecords('annotation', before, after)).toEqual({
      added: { 'annotation:4': annotation(4, 0.4) },
      updated: { 'annotation:2': [annotation(2, 0.2), annotation(2, 0.9)] },
      removed: { 'annotation:3': annotation(3, 0.3) },
    })
  })
})

describe('findConflicts', () => {
  const diff = diffRecords(
    'annotation',
    [annotation(1, 0.1), annotation(2, 0.2)],
    [annotation(1, 0.5), annotation(3, 0.3)],
  )

  it('names a record that was changed, one that is gone and one that is there already', () => {
    const present: Records = new Map<RecordKey, ProjectRecord>([
      ['annotation:1', annotation(1, 0.11)],
      ['annotation:3', annotation(3, 0.3)],
    ])
    expect(findConflicts(diff, (key) => present.get(key)).sort()).toEqual([
      'annotation:1',
      'annotation:2',
      'annotation:3',
    ])
  })
})

describe('records of a kind', () => {
  it('are told apart by their keys', () => {
    const mixed = squashDiffs(
      diffRecords('annotation', [annotation(1, 0.1)], [annotation(1, 0.2), annotation(12, 0.3)]),
      { ...emptyDiff(), added: { 'class:12': { ...classNamed('bus'), id: 12 } } },
    )
    expect(recordsOfKind(mixed.added, 'class').map(({ name }) => name)).toEqual(['bus'])
    expect(recordsOfKind(mixed.added, 'annotation').map(({ id }) => id)).toEqual([12])
    expect(updatesOfKind(mixed.updated, 'annotation')).toHaveLength(1)
    expect(updatesOfKind(mixed.updated, 'image')).toEqual([])
    expect(parseRecordKey(recordKey('class', 12))).toEqual({ kind: 'class', id: 12 })
  })
})

describe('areEqualRecords', () => {
  it('compares content, not identity or the order of fields', () => {
    expect(areEqualRecords({ a: 1, b: [1, { c: null }] }, { b: [1, { c: null }], a: 1 })).toBe(true)
  })

  it.each([
    [{ a: 1 }, { a: 2 }],
    [{ a: 1 }, { a: 1, b: 2 }],
    [{ a: undefined }, { b: undefined }],
    [
      [1, 2],
      [1, 2, 3],
    ],
    [[1], { 0: 1 }],
    [null, {}],
    [{}, undefined],
  ])('tells %j and %j apart', (a, b) => {
    expect(areEqualRecords(a, b)).toBe(false)
  })
})

function classNamed(name: string) {
  return {
    name,
    synonyms: [],
    prompts: [],
    negatives: [],
    threshold: null,
    colour: '#112233',
    position: 0,
  }
}

/** Few ids and few contents, so that all combinations of edits come up. */
function randomRecords(random: () => number): Records {
  const records: Records = new Map()
  for (let id = 1; id <= 6; id++) {
    if (random() < 0.6)
      records.set(`annotation:${id}`, annotation(id, Math.floor(random() * 3) / 4))
    if (random() < 0.4) {
      const name = random() < 0.5 ? 'bus' : 'tram'
      records.set(`class:${id}`, { ...classNamed(name), id })
    }
  }
  return records
}

/** The oracle: written out, without the code under test. */
function diffOf(before: Records, after: Records): RecordDiff {
  const diff: Record<keyof RecordDiff, Record<string, unknown>> = {
    added: {},
    updated: {},
    removed: {},
  }
  for (const [key, record] of after) if (!before.has(key)) diff.added[key] = record
  for (const [key, record] of before) {
    const to = after.get(key)
    if (to === undefined) diff.removed[key] = record
    else if (JSON.stringify(to) !== JSON.stringify(record)) diff.updated[key] = [record, to]
  }
  return diff as unknown as RecordDiff
}

function applied(records: Records, diff: RecordDiff): Records {
  const result = new Map(records)
  applyDiff(result, diff)
  return result
}

function deepFrozen(diff: RecordDiff): RecordDiff {
  for (const part of [diff.added, diff.removed]) {
    for (const [, record] of entriesOf(part)) Object.freeze(record)
    Object.freeze(part)
  }
  Object.freeze(diff.updated)
  return Object.freeze(diff)
}

function mulberry32(state: number): () => number {
  return () => {
    state = (state + 0x6d2b79f5) | 0
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state)
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296
  }
}
