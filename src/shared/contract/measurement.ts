import { z } from 'zod'
import type { Failure } from './errors.ts'
import {
  providerRefusalSchema,
  PROVIDERS,
  type Provider,
  type ProviderChoice,
} from './providers.ts'

/** How far the regions of one way to run a pack are from those of the reference. */
export const agreementSchema = z.strictObject({
  /** Regions that the reference is sure of: the best class has at least half. */
  regions: z.int().min(0),
  /** Part of them that has a region of the same class in the same place. */
  found: z.number().min(0).max(1),
  /** Of the found ones: mean difference of the best class's probability. */
  scoreDifference: z.number().min(0),
  /** Of the found ones: mean IoU of the masks. */
  maskIou: z.number().min(0).max(1),
})
export type Agreement = z.infer<typeof agreementSchema>

/**
 * How close is close enough. The same precision differs by rounding in another order; a smaller one, such
 * as int8, moves scores and edges, which on COCO photos costs no accuracy (docs/providers.md).
 */
export const TOLERANCE = {
  samePrecision: { missing: 0.05, scoreDifference: 0.02, maskIou: 0.95 },
  otherPrecision: { missing: 0.15, scoreDifference: 0.12, maskIou: 0.8 },
} as const

/** Fewer regions say nothing: one that is missing is always forgiven. */
export const REGIONS_NEEDED = 3

/** Whether the results of a way are as good as those of the reference. */
export function agrees(
  { precision, agreement }: Pick<MeasuredWay, 'precision' | 'agreement'>,
  reference: Measurement['reference'],
): boolean {
  if (agreement === null || agreement.regions < REGIONS_NEEDED) return false
  const { regions, found, scoreDifference, maskIou } = agreement
  const isSame = precision === reference.precision
  const tolerance = isSame ? TOLERANCE.samePrecision : TOLERANCE.otherPrecision
  const missing = Math.round(regions * (1 - found))
  return (
    missing <= Math.max(1, Math.floor(tolerance.missing * regions)) &&
    scoreDifference <= tolerance.scoreDifference &&
    maskIou >= tolerance.maskIou
  )
}

const measuredWaySchema = z.strictObject({
  provider: z.enum(PROVIDERS),
  precision: z.string(),
  /** Inside ONNX Runtime, an image, the median of `runs`; null when it did not run. */
  medianMs: z.number().min(0).nullable(),
  runs: z.int().min(0),
  agreement: agreementSchema.nullable(),
  /** Why it did not run. */
  refusal: providerRefusalSchema.nullable(),
})
/** A provider with a precision of the pack. */
export type MeasuredWay = z.infer<typeof measuredWaySchema>

/** How fast each provider and precision of a pack is on a machine, and which agree. */
export const measurementSchema = z.strictObject({
  pack: z.string(),
  /** Of the pack's description, which names its files by their sha256. */
  packSha256: z.string(),
  /** Processor and graphics of the machine, in words. */
  machine: z.string(),
  measuredMs: z.number(),
  images: z.int().min(1),
  /** What the others are held against. */
  reference: z.strictObject({ provider: z.enum(PROVIDERS), precision: z.string() }),
  ways: z.array(measuredWaySchema).readonly(),
})
export type Measurement = z.infer<typeof measurementSchema>

/** How far a measurement is. */
export interface MeasureProgress {
  readonly pack: string
  readonly state: 'running' | 'done' | 'cancelled' | 'failed'
  /** What is being timed. */
  readonly way: { readonly provider: Provider; readonly precision: string } | null
  readonly done: number
  readonly total: number
  /** null before the first way has ended. */
  readonly remainingMs: number | null
  /** When `failed`. */
  readonly failure: Failure | null
}

/**
 * The fastest of the ways that agree.
 *
 * @param asked a provider or a precision that is wanted; `auto` and null leave it open
 * @returns null when none of them was measured
 */
export function fastestWay(
  { ways, reference }: Measurement,
  asked: { readonly provider: ProviderChoice; readonly precision: string | null },
): { provider: Provider; precision: string } | null {
  const fitting = ways.filter(
    (way) =>
      way.medianMs !== null &&
      (isSameWay(way, reference) || agrees(way, reference)) &&
      (asked.provider === 'auto' || way.provider === asked.provider) &&
      (asked.precision === null || way.precision === asked.precision),
  )
  const [first] = fitting.sort((a, b) => (a.medianMs ?? 0) - (b.medianMs ?? 0))
  return first ? { provider: first.provider, precision: first.precision } : null
}

export function isSameWay(
  a: { readonly provider: Provider; readonly precision: string },
  b: { readonly provider: Provider; readonly precision: string },
): boolean {
  return a.provider === b.provider && a.precision === b.precision
}
