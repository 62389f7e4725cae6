/** A longer wait is a pause, and says nothing about the pace. */
const PAUSE_MS = 60_000
const REMEMBERED = 30

/** When the last judgements were made, the newest last. */
export function withJudgement(times: readonly number[], nowMs: number): number[] {
  const isAfterPause = nowMs - (times.at(-1) ?? nowMs) > PAUSE_MS
  return [...(isAfterPause ? [] : times), nowMs].slice(-REMEMBERED)
}

/** null while there are too few to tell. */
export function judgementsPerMinute(times: readonly number[]): number | null {
  if (times.length < 4) return null
  const tookMs = times[times.length - 1] - times[0]
  return tookMs <= 0 ? null : ((times.length - 1) / tookMs) * 60_000
}

export function remainingMs(waiting: number, perMinute: number | null): number | null {
  return perMinute === null ? null : (waiting / perMinute) * 60_000
}
