import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { WorkSlice } from '#main/jobs/work-slice.ts'

beforeEach(() => void vi.useFakeTimers({ toFake: ['performance'] }))
afterEach(() => void vi.useRealTimers())

test('work goes on until its slice is over, and has a whole slice again when others were served', async () => {
  const slice = new WorkSlice()
  expect(slice.isOver).toBe(false)
  vi.advanceTimersByTime(7)
  expect(slice.isOver).toBe(false)
  vi.advanceTimersByTime(1)
  expect(slice.isOver).toBe(true)

  let isServed = false
  setImmediate(() => {
    isServed = true
    vi.advanceTimersByTime(100)
  })
  await slice.giveWay()
  expect(isServed).toBe(true)
  expect(slice.isOver).toBe(false)
})
