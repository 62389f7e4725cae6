import type { ReviewItem } from '#shared/contract/commands.ts'

/**
 * A walk through a queue. Its order stays while a person goes through it, so that back is where one
 * was; what the application finds later is put behind.
 */
export interface QueueCursor {
  readonly items: readonly ReviewItem[]
  /** Of the item at hand; the length of the items when there is none. */
  readonly at: number
  /** Judged, or gone: not stopped at on the way forward. */
  readonly settledIds: ReadonlySet<number>
  /** Left for later. */
  readonly skippedIds: ReadonlySet<number>
}

export function startCursor(items: readonly ReviewItem[]): QueueCursor {
  return { items, at: 0, settledIds: new Set(), skippedIds: new Set() }
}

export function itemAt(cursor: QueueCursor): ReviewItem | null {
  return cursor.items[cursor.at] ?? null
}

/** The items to come that wait for a judgement, without the one at hand. */
export function itemsAhead({ items, at, settledIds }: QueueCursor): ReviewItem[] {
  return items.slice(at + 1).filter(({ annotationId }) => !settledIds.has(annotationId))
}

export function goOn(cursor: QueueCursor): QueueCursor {
  const next = itemsAhead(cursor)[0]
  return { ...cursor, at: next ? cursor.items.indexOf(next) : cursor.items.length }
}

/** To the item before, also a judged one: to look at it again. */
export function goBack(cursor: QueueCursor): QueueCursor {
  return { ...cursor, at: Math.max(0, cursor.at - 1) }
}

/** To an item by its annotation; the cursor stays when it has none. */
export function goTo(cursor: QueueCursor, annotationId: number): QueueCursor {
  const at = cursor.items.findIndex((item) => item.annotationId === annotationId)
  return at < 0 ? cursor : { ...cursor, at }
}

export function settle(cursor: QueueCursor, annotationIds: readonly number[]): QueueCursor {
  return { ...cursor, settledIds: new Set([...cursor.settledIds, ...annotationIds]) }
}

/** After an undo an item waits again. */
export function unsettle(cursor: QueueCursor, annotationIds: readonly number[]): QueueCursor {
  const undone = new Set(annotationIds)
  return {
    ...cursor,
    settledIds: new Set([...cursor.settledIds].filter((id) => !undone.has(id))),
  }
}

export function skip(cursor: QueueCursor): QueueCursor {
  const item = itemAt(cursor)
  if (item === null) return cursor
  return goOn({ ...cursor, skippedIds: new Set([...cursor.skippedIds, item.annotationId]) })
}

/** What a later answer has that is not known yet goes behind all others. */
export function extend(cursor: QueueCursor, found: readonly ReviewItem[]): QueueCursor {
  const known = new Set(cursor.items.map(({ annotationId }) => annotationId))
  const items = [...cursor.items, ...found.filter(({ annotationId }) => !known.has(annotationId))]
  const atEnd = cursor.at >= cursor.items.length
  const extended = { ...cursor, items }
  return atEnd ? goOn({ ...extended, at: cursor.items.length - 1 }) : extended
}

/** Scores have changed: what was behind and what is at hand stay, what comes is in the new order. */
export function reorder(cursor: QueueCursor, found: readonly ReviewItem[]): QueueCursor {
  return extend({ ...cursor, items: cursor.items.slice(0, cursor.at + 1) }, found)
}

/** The next other images to come, for reading ahead. */
export function imagesAhead(cursor: QueueCursor, atMost: number): number[] {
  const present = itemAt(cursor)?.imageId
  const ids = itemsAhead(cursor).map(({ imageId }) => imageId)
  return [...new Set(ids)].filter((id) => id !== present).slice(0, atMost)
}
