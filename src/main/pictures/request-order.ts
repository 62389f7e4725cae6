import type { PictureCallName } from './protocol.ts'

/** A request that waits, as far as its turn depends on it. */
export interface WaitingRequest {
  /** Grows with every request. */
  readonly id: number
  readonly call: PictureCallName
  /** Processes that ended while they had it. */
  readonly ends: number
}

/** Somebody waits before an empty canvas; a grid fills while it is looked at; the others are batches. */
const RANK: Record<PictureCallName, number> = {
  displayCopy: 0,
  thumbnail: 1,
  fingerprint: 2,
  overlay: 3,
}
const BATCHES: readonly PictureCallName[] = ['fingerprint', 'overlay']

/**
 * Which request is next: a display copy before thumbnails before fingerprints before overlays. Of the
 * first two the newest, as what was asked for last is what is on the screen now; of the others the oldest, so that a batch ends
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
