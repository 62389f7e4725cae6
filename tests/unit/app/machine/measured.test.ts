import { describe, expect, it } from 'vitest'
import {
  agrees,
  fastestWay,
  REGIONS_NEEDED,
  TOLERANCE,
  type MeasuredWay,
  type Measurement,
} from '#shared/contract/measurement.ts'
import { DEFAULT_SETTINGS, settingsSchema } from '#shared/contract/settings.ts'
import { parseSettings } from '#main/app/workspace/settings-file.ts'
import { measurementOf, packKey, withMeasurement } from '#main/app/machine/measured.ts'
import type { MaskRcnnPack } from '#main/packs/find-packs.ts'

const good = { regions: 9, found: 1, scoreDifference: 0.01, maskIou: 0.97 }

const way = (
  provider: MeasuredWay['provider'],
  precision: string,
  medianMs: number | null,
  changes: Partial<MeasuredWay> = {},
): MeasuredWay => ({
  ...{ provider, precision, medianMs, runs: 7, agreement: good, refusal: null },
  ...changes,
})

const measurement = (ways: readonly MeasuredWay[]): Measurement => ({
  pack: 'rcnn',
  packSha256: 'a',
  machine: 'here',
  measuredMs: 1,
  images: 1,
  reference: { provider: 'cpu', precision: 'fp32' },
  ways,
})
const pack = { description: { name: 'rcnn', files: {} } } as unknown as MaskRcnnPack

describe('agreement', () => {
  const { samePrecision: same, otherPrecision: other } = TOLERANCE
  it.each([
    ['all is well', 'fp32', {}, true],
    ['one of few is missing', 'fp32', { regions: 6, found: 5 / 6 }, true],
    ['two of few are missing', 'int8', { regions: 6, found: 4 / 6 }, false],
    ['three of twenty are missing', 'int8', { regions: 20, found: 17 / 20 }, true],
    ['three of twenty are missing', 'fp32', { regions: 20, found: 17 / 20 }, false],
    ['scores differ a little', 'fp32', { scoreDifference: same.scoreDifference + 0.01 }, false],
    ['scores differ a little', 'int8', { scoreDifference: same.scoreDifference + 0.01 }, true],
    ['scores differ much', 'int8', { scoreDifference: other.scoreDifference + 0.01 }, false],
    ['masks differ a little', 'fp32', { maskIou: same.maskIou - 0.01 }, false],
    ['masks differ a little', 'int8', { maskIou: same.maskIou - 0.01 }, true],
    ['masks differ much', 'int8', { maskIou: other.maskIou - 0.01 }, false],
    ['there is too little to compare', 'fp32', { regions: REGIONS_NEEDED - 1 }, false],
  ])('when %s (%s)', (_, precision, changes, verdict) => {
    const reference = { provider: 'cpu', precision: 'fp32' } as const
    expect(agrees({ precision, agreement: { ...good, ...changes } }, reference)).toBe(verdict)
  })
})

describe('the fastest way', () => {
  const ways = [
    way('cpu', 'fp32', 130),
    way('cpu', 'int8', 70),
    way('webgpu', 'fp32', 20),
    way('webgpu', 'int8', 10, { agreement: { ...good, found: 0.5 } }),
    way('cuda', 'fp32', null, { agreement: null }),
  ]
  const fastest = (provider: 'auto' | MeasuredWay['provider'], precision: string | null): unknown =>
    fastestWay(measurement(ways), { provider, precision })

  it('is the fastest of those that agree', () => {
    expect(fastest('auto', null)).toEqual({ provider: 'webgpu', precision: 'fp32' })
  })

  it('keeps to a provider or a precision that is asked for', () => {
    expect(fastest('cpu', null)).toEqual({ provider: 'cpu', precision: 'int8' })
    expect(fastest('auto', 'int8')).toEqual({ provider: 'cpu', precision: 'int8' })
    expect(fastest('cpu', 'fp32')).toEqual({ provider: 'cpu', precision: 'fp32' })
  })

  it('is none where nothing that agrees was measured', () => {
    expect(fastest('cuda', null)).toBeNull()
    expect(fastest('webgpu', 'int8')).toBeNull()
  })

  it('may be the reference itself, whatever it is compared by', () => {
    const alone = measurement([way('cpu', 'fp32', 5, { agreement: null })])
    expect(fastestWay(alone, { provider: 'auto', precision: null })?.provider).toBe('cpu')
  })
})

describe('a measurement', () => {
  it('counts for the same pack on the same machine', () => {
    const kept = [{ ...measurement([]), packSha256: packKey(pack) }]
    expect(measurementOf(kept, pack, 'here')).toBe(kept[0])
    expect(measurementOf(kept, pack, 'elsewhere')).toBeNull()
    const changed = { description: { name: 'rcnn', files: { a: 1 } } } as unknown as MaskRcnnPack
    expect(measurementOf(kept, changed, 'here')).toBeNull()
  })

  it('takes the place of an older one, and leaves those of other machines', () => {
    const older = measurement([])
    const elsewhere = { ...older, machine: 'elsewhere' }
    const newer = { ...older, measuredMs: 2 }
    expect(withMeasurement([older, elsewhere], newer)).toEqual([newer, elsewhere])
  })

  it('is kept in the settings, and read again; a damaged one costs nothing else', () => {
    const settings = { ...DEFAULT_SETTINGS, theme: 'dark', measurements: [measurement([])] }
    expect(settingsSchema.safeParse(settings).success).toBe(true)
    expect(parseSettings(JSON.stringify(settings))).toEqual({ settings, isSound: true })
    const damaged = { ...settings, measurements: [{ pack: 'rcnn' }] }
    expect(parseSettings(JSON.stringify(damaged))).toEqual({
      settings: { ...settings, measurements: [] },
      isSound: false,
    })
  })
})
