import type { PictureCallName } from './protocol.ts'

/** A request that waits, as far as its turn depends on it. */
export interface WaitingRequest {
  /** Grows with every request. */
  readonly id: number
  readonly call: PictureCallName
  /** Processes that ended while they had it. */
  readonly ends: number
}

/**
 * Somebody waits for the answer to a click, or before an empty canvas; a grid fills while it is looked
 * at; the others are batches.
 */
const RANK: Record<PictureCallName, number> = {
  snap: 0,
  displayCopy: 1,
  thumbnail: 2,
  fingerprint: 3,
  overlay: 4,
}
const BATCHES: readonly PictureCallName[] = ['fingerprint', 'overlay']

/**
 * Which request is next: the edge of a mask before a display copy before thumbnails before
 * fingerprints before overlays. Of the first three the newest, as what was asked for last is what is
 * on the screen now; of the others the oldest, so that a batch ends
 * in its order.
 */
export function nextRequest<Request extends WaitingRequest>(
  waiting: Iterable<Request>,
): Request | null {
  let next: Request | null = null
  for (const request of waiting) {
    if (!next || isBefore(request, next)) next = request
  }
  return next
}

function isBefore(a: WaitingRequest, b: WaitingRequest): boolean {
  if (RANK[a.call] !== RANK[b.call]) return RANK[a.call] < RANK[b.call]
  return BATCHES.includes(a.call) ? a.id < b.id : a.id > b.id
}
