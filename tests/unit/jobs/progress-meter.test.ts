import { describe, expect, it } from 'vitest'
import { ProgressMeter } from '#main/jobs/progress-meter.ts'

function meterAfter(...endedAtMs: number[]): ProgressMeter {
  const meter = new ProgressMeter()
  for (const ms of endedAtMs) meter.itemEnded(ms)
  return meter
}

describe('progress', () => {
  it('names no rate and no time left before two images ended', () => {
    for (const meter of [meterAfter(), meterAfter(500)]) {
      expect(meter.imagesPerSecond).toBeNull()
      expect(meter.remainingMs(10)).toBeNull()
    }
  })

  it('counts the images between the first and the last end', () => {
    const meter = meterAfter(1000, 1200, 1500)
    expect(meter.imagesPerSecond).toBe(4)
    expect(meter.remainingMs(8)).toBe(2000)
    expect(meter.remainingMs(0)).toBe(0)
  })

  it('has no rate for images that ended in the same moment', () => {
    expect(meterAfter(700, 700).imagesPerSecond).toBeNull()
    expect(meterAfter(700, 700).remainingMs(3)).toBeNull()
  })

  it('follows a change of speed, by the last 30 images', () => {
    const slow = Array.from({ length: 100 }, (_, i) => i * 1000)
    const fast = Array.from({ length: 30 }, (_, i) => 100_000 + i * 100)
    expect(meterAfter(...slow).imagesPerSecond).toBeCloseTo(1, 10)
    expect(meterAfter(...slow, ...fast).imagesPerSecond).toBeCloseTo(10, 10)
  })
})
