import type { ProjectRecord, RecordKind, RecordsByKind } from '#shared/contract/records.ts'

/** Names one record of a project: `annotation:12`. */
export type RecordKey<Kind extends RecordKind = RecordKind> = `${Kind}:${number}`

export type RecordsByKey = {
  readonly [Kind in RecordKind as RecordKey<Kind>]: RecordsByKind[Kind]
}
export type UpdatesByKey = {
  readonly [Kind in RecordKind as RecordKey<Kind>]: readonly [
    from: RecordsByKind[Kind],
    to: RecordsByKind[Kind],
  ]
}

/**
 * A change of records that carries both its sides, so that it can be inverted, merged with the next
 * and checked against what is there. A key stands in one of the three parts at most.
 */
export interface RecordDiff {
  readonly added: RecordsByKey
  readonly updated: UpdatesByKey
  readonly removed: RecordsByKey
}

export function recordKey<Kind extends RecordKind>(kind: Kind, id: number): RecordKey<Kind> {
  return `${kind}:${id}`
}

export function parseRecordKey(key: RecordKey): { readonly kind: RecordKind; readonly id: number } {
  const colon = key.indexOf(':')
  return { kind: key.slice(0, colon) as RecordKind, id: Number(key.slice(colon + 1)) }
}

export function emptyDiff(): RecordDiff {
  return { added: {}, updated: {}, removed: {} }
}

export function isEmptyDiff({ added, updated, removed }: RecordDiff): boolean {
  return [added, updated, removed].every((part) => Object.keys(part).length === 0)
}

/** What leads from one set of records of a kind to another; records of equal content are left out. */
export function diffRecords<Kind extends RecordKind>(
  kind: Kind,
  before: readonly RecordsByKind[Kind][],
  after: readonly RecordsByKind[Kind][],
): RecordDiff {
  const diff = new DiffDraft()
  const removed = new Map<number, ProjectRecord>(before.map((record) => [record.id, record]))
  for (const to of after) {
    const from = removed.get(to.id)
    const key = recordKey(kind, to.id)
    if (from === undefined) diff.added[key] = to
    else diff.update(key, from, to)
    removed.delete(to.id)
  }
  for (const [id, record] of removed) diff.removed[recordKey(kind, id)] = record
  return diff.finish()
}

/** The diff that takes a diff back: applied after it, nothing has changed. */
export function invertDiff({ added, updated, removed }: RecordDiff): RecordDiff {
  const inverse = new DiffDraft()
  Object.assign(inverse.added, removed)
  Object.assign(inverse.removed, added)
  for (const [key, [from, to]] of entriesOf(updated)) inverse.updated[key] = [to, from]
  return inverse.finish()
}

/** The one diff that does what the first and then the second do; what cancels out is left out. */
export function squashDiffs(first: RecordDiff, second: RecordDiff): RecordDiff {
  const squashed = new DiffDraft()
  Object.assign(squashed.added, first.added)
  Object.assign(squashed.updated, first.updated)
  Object.assign(squashed.removed, first.removed)

  for (const [key, record] of entriesOf(second.added)) {
    const removed = squashed.removed[key]
    if (removed === undefined) {
      squashed.added[key] = record
    } else {
      delete squashed.removed[key]
      squashed.update(key, removed, record)
    }
  }
  for (const [key, [from, to]] of entriesOf(second.updated)) {
    if (key in squashed.added) squashed.added[key] = to
    else squashed.update(key, squashed.updated[key]?.[0] ?? from, to)
  }
  for (const [key, record] of entriesOf(second.removed)) {
    if (key in squashed.added) {
      delete squashed.added[key]
    } else {
      squashed.removed[key] = squashed.updated[key]?.[0] ?? record
      delete squashed.updated[key]
    }
  }
  return squashed.finish()
}

/**
 * Changes the map in place: a store may hold tens of thousands of records. Does not look whether
 * the diff fits; `findConflicts` does.
 */
export function applyDiff(records: Map<RecordKey, ProjectRecord>, diff: RecordDiff): void {
  for (const key of keysOf(diff.removed)) records.delete(key)
  for (const [key, [, to]] of entriesOf(diff.updated)) records.set(key, to)
  for (const [key, record] of entriesOf(diff.added)) records.set(key, record)
}

/** The keys whose present record is not the one that the diff starts from. */
export function findConflicts(
  diff: RecordDiff,
  present: (key: RecordKey) => ProjectRecord | undefined,
): RecordKey[] {
  const conflicts: RecordKey[] = []
  for (const key of keysOf(diff.added)) {
    if (present(key) !== undefined) conflicts.push(key)
  }
  for (const [key, [from]] of entriesOf(diff.updated)) {
    if (!areEqualRecords(present(key), from)) conflicts.push(key)
  }
  for (const [key, record] of entriesOf(diff.removed)) {
    if (!areEqualRecords(present(key), record)) conflicts.push(key)
  }
  return conflicts
}

/** By content; the order of fields does not count. */
export function areEqualRecords(a: unknown, b: unknown): boolean {
  if (a === b) return true
  if (typeof a !== 'object' || typeof b !== 'object' || a === null || b === null) return false
  if (Array.isArray(a) !== Array.isArray(b)) return false
  const fields = Object.entries(a)
  return (
    fields.length === Object.keys(b).length &&
    fields.every(
      ([name, value]) =>
        Object.hasOwn(b, name) && areEqualRecords(value, (b as Record<string, unknown>)[name]),
    )
  )
}

/** `Object.keys` with the keys' type. */
export function keysOf(part: RecordsByKey | UpdatesByKey): RecordKey[] {
  return Object.keys(part) as RecordKey[]
}

/** `Object.entries` with the keys' type. */
export function entriesOf(part: RecordsByKey): [RecordKey, ProjectRecord][]
export function entriesOf(
  part: UpdatesByKey,
): [RecordKey, readonly [from: ProjectRecord, to: ProjectRecord]][]
export function entriesOf(part: RecordsByKey | UpdatesByKey): [RecordKey, unknown][] {
  return Object.entries(part) as [RecordKey, unknown][]
}

/** The records of one kind in one part of a diff. */
export function recordsOfKind<Kind extends RecordKind>(
  part: RecordsByKey,
  kind: Kind,
): RecordsByKind[Kind][] {
  return entriesOf(part)
    .filter(([key]) => key.startsWith(`${kind}:`))
    .map(([, record]) => record as RecordsByKind[Kind])
}

/** The updates of one kind in a diff. */
export function updatesOfKind<Kind extends RecordKind>(
  part: UpdatesByKey,
  kind: Kind,
): (readonly [from: RecordsByKind[Kind], to: RecordsByKind[Kind]])[] {
  return entriesOf(part)
    .filter(([key]) => key.startsWith(`${kind}:`))
    .map(([, pair]) => pair as readonly [RecordsByKind[Kind], RecordsByKind[Kind]])
}

/** A diff while it is put together. Key and record always come as a pair, so their kinds agree. */
class DiffDraft {
  readonly added: Record<RecordKey, ProjectRecord> = {}
  readonly updated: Record<RecordKey, readonly [ProjectRecord, ProjectRecord]> = {}
  readonly removed: Record<RecordKey, ProjectRecord> = {}

  update(key: RecordKey, from: ProjectRecord, to: ProjectRecord): void {
    if (areEqualRecords(from, to)) delete this.updated[key]
    else this.updated[key] = [from, to]
  }

  finish(): RecordDiff {
    return { added: this.added, updated: this.updated, removed: this.removed } as RecordDiff
  }
}
