import { describe, expect, it } from 'vitest'
import { IDLE_AFTER_MS, TimeKeeper } from '#renderer/annotations/time-keeper.ts'

const OWNER = { imageId: 1, annotationId: null }
const OTHER = { imageId: 1, annotationId: 7 }

describe('the time at work', () => {
  it('is counted between signs of life', () => {
    const keeper = new TimeKeeper()
    keeper.show(OWNER, 0)
    for (const at of [0, 4_000, 10_000]) keeper.notice(at)
    expect(keeper.take(10_000)).toEqual({ ...OWNER, seconds: 10 })
    expect(keeper.take(10_000)).toBeNull()
  })

  it('ends a while after the last sign of life, and goes on with the next', () => {
    const keeper = new TimeKeeper()
    keeper.show(OWNER, 0)
    keeper.notice(0)
    keeper.notice(3_600_000)
    expect(keeper.take(3_605_000)?.seconds).toBe(IDLE_AFTER_MS / 1000 + 5)
  })

  it('is that of what was on show', () => {
    const keeper = new TimeKeeper()
    keeper.show(OWNER, 0)
    keeper.notice(0)
    expect(keeper.show(OTHER, 3_000)).toEqual({ ...OWNER, seconds: 3 })
    expect(keeper.show(null, 5_000)).toEqual({ ...OTHER, seconds: 2 })
    keeper.notice(6_000)
    expect(keeper.show(OWNER, 9_000)).toBeNull()
  })

  it('is none where nobody is', () => {
    const keeper = new TimeKeeper()
    keeper.show(OWNER, 0)
    expect(keeper.take(60_000)).toBeNull()
  })
})
