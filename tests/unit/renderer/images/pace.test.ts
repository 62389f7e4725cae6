import { expect, it } from 'vitest'
import { PaceMeter } from '#renderer/images/pace.ts'

it('a pace is that since the first count, once it says something', () => {
  const meter = new PaceMeter()
  expect(meter.tell(10, 110, 1000)).toBeNull()
  expect(meter.tell(20, 110, 1100)).toBeNull()
  expect(meter.tell(30, 110, 3000)).toEqual({ perSecond: 10, remainingMs: 8000 })
})

it('what nobody knows the end of has no time left', () => {
  const meter = new PaceMeter()
  meter.tell(0, null, 0)
  expect(meter.tell(500, null, 1000)).toEqual({ perSecond: 500, remainingMs: null })
  expect(meter.tell(0, null, 2000)).toBeNull()
})
