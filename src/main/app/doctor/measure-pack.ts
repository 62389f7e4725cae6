import { failureOfError, LexmaskError } from '#shared/contract/errors.ts'
import {
  REGIONS_NEEDED,
  type Measurement,
  type MeasuredWay,
  type MeasureProgress,
} from '#shared/contract/measurement.ts'
import type { Provider, ProviderRefusal } from '#shared/contract/providers.ts'
import { detectorRegionsSchema } from '#shared/contract/recipes.ts'
import { InferenceHost } from '#main/inference/host.ts'
import type { LaunchWorker } from '#main/inference/worker-process.ts'
import type { MaskRcnnPack } from '#main/packs/find-packs.ts'
import { providersToTry } from '#main/packs/providers.ts'
import { agreementOf } from '#main/vision/agreement.ts'
import type { Candidate } from '#main/vision/candidate.ts'
import { packKey, thisMachine } from '../machine/measured.ts'
import { within } from './try-models.ts'

export interface MeasureOrder {
  readonly launch: LaunchWorker
  readonly pack: MaskRcnnPack
  /** Files; a photo of things that the model knows says most. */
  readonly images: readonly string[]
  readonly threads: number
  readonly maxPixels: number
  readonly signal: AbortSignal
  readonly onProgress: (progress: MeasureProgress) => void
}

/** A way to run a pack that takes longer, loading and all, is of no use. */
const WAY_LIMIT_MS = 120_000
/** Runs after the first one, which compiles and allocates; fewer where they take longer than this. */
const RUNS = 7
const RUNS_LIMIT_MS = 8000
/** These would be the same with another precision. */
const OF_ALL_PRECISIONS = new Set<ProviderRefusal['code']>([
  'absent',
  'libraries-missing',
  'no-adapter',
  'crashed',
])
/** The most exact first: the first one that the pack has is what the others are held against. */
const EXACT_FIRST = ['fp32', 'fp16']

interface Way {
  readonly provider: Provider
  readonly precision: string
}

interface Timed {
  readonly medianMs: number
  readonly runs: number
  /** Of each image. */
  readonly found: readonly (readonly Candidate[])[]
}

/**
 * Times a detector pack in every precision on every provider of this platform, each in an inference
 * process of its own, so that a driver may crash, and holds what it finds against the CPU with the most
 * exact precision.
 *
 * @throws LexmaskError CANCELLED; whatever the reference itself fails with; INVALID_INPUT when it is sure
 *   of too little in the images
 */
export async function measurePack(order: MeasureOrder): Promise<Measurement> {
  const { pack, images, signal } = order
  const ways = waysOf(pack)
  const [reference] = ways
  const startedAt = performance.now()
  const results: MeasuredWay[] = []
  let truth: Timed['found'] | null = null
  for (const [done, way] of ways.entries()) {
    tell(order, way, done, ways.length, done === 0 ? null : (performance.now() - startedAt) / done)
    const known = results.find(
      ({ provider, refusal }) =>
        provider === way.provider && refusal !== null && OF_ALL_PRECISIONS.has(refusal.code),
    )
    const timed: Timed | ProviderRefusal =
      known?.refusal ?? (await timeWay(order, way, truth === null))
    if (signal.aborted) throw cancelled()
    if ('code' in timed) {
      results.push({ ...way, medianMs: null, runs: 0, agreement: null, refusal: timed })
      continue
    }
    const { medianMs, runs, found }: Timed = timed
    const held: Timed['found'] = truth ?? found
    truth = held
    const agreement = agreementOf(held, found)
    if (agreement.regions < REGIONS_NEEDED) throw nothingSure(images)
    results.push({ ...way, medianMs, runs, agreement, refusal: null })
  }
  return {
    pack: pack.name,
    packSha256: packKey(pack),
    machine: await thisMachine(),
    measuredMs: Date.now(),
    images: images.length,
    reference,
    ways: results,
  }
}

/** The CPU first: without it there is nothing to hold the others against. */
function waysOf({ description }: MaskRcnnPack): Way[] {
  const exactness = (precision: string): number => {
    const place = EXACT_FIRST.indexOf(precision)
    return place < 0 ? EXACT_FIRST.length : place
  }
  const precisions = Object.keys(description.precisions).sort((a, b) => exactness(a) - exactness(b))
  const others = providersToTry('auto', process.platform).filter((provider) => provider !== 'cpu')
  return (['cpu', ...others] as const).flatMap((provider) =>
    precisions.map((precision) => ({ provider, precision })),
  )
}

/** @throws LexmaskError what went wrong, for a way that has to run; otherwise that is the answer */
async function timeWay(
  { launch, pack, images, threads, maxPixels, signal }: MeasureOrder,
  { provider, precision }: Way,
  hasToRun: boolean,
): Promise<Timed | ProviderRefusal> {
  const host = new InferenceHost(launch, {
    ...{ detector: pack, precision, clip: null, clipForm: 'whole', provider, threads, maxPixels },
    graph: pack.description.anchors ? 'regions' : 'detections',
  })
  const stop = (): void => void host.stop()
  signal.addEventListener('abort', stop)
  try {
    return await within(WAY_LIMIT_MS, async () => {
      const { provider: report } = await host.load()
      if (report.used !== provider) return refusedOf(provider, report.refused)
      const timed = await timeImages(host, images)
      const { state } = host
      // A driver may take the process down over an image; what was timed after that is the CPU.
      const now = state.state === 'ready' ? state.networks.provider : report
      return now.used === provider ? timed : refusedOf(provider, now.refused)
    })
  } catch (error) {
    if (signal.aborted) throw cancelled()
    if (hasToRun) throw error
    const { message, details } = failureOfError(error)
    return 'limitMs' in details
      ? { provider, code: 'timed-out', detail: `${WAY_LIMIT_MS / 1000} s` }
      : { provider, code: 'failed', detail: message }
  } finally {
    signal.removeEventListener('abort', stop)
    // The next way is timed alone.
    await host.stop()
  }
}

function refusedOf(provider: Provider, refused: readonly ProviderRefusal[]): ProviderRefusal {
  const known = refused.find((one) => one.provider === provider)
  return known ?? { provider, code: 'failed', detail: 'it was not used' }
}

async function timeImages(host: InferenceHost, images: readonly string[]): Promise<Timed> {
  const recipe = { recipe: 'detector', parameters: detectorRegionsSchema.parse({}) } as const
  const run = async (): Promise<{ ms: number; found: (readonly Candidate[])[] }> => {
    const found: (readonly Candidate[])[] = []
    let ms = 0
    for (const path of images) {
      const { candidates, runMs } = await host.call('analyse', { path, recipe, drawn: [] })
      found.push(candidates)
      ms += runMs
    }
    return { ms: ms / images.length, found }
  }
  const { found } = await run()
  const times: number[] = []
  const startedAt = performance.now()
  do times.push((await run()).ms)
  while (times.length < RUNS && performance.now() - startedAt < RUNS_LIMIT_MS)
  times.sort((a, b) => a - b)
  return { medianMs: times[Math.floor(times.length / 2)], runs: times.length, found }
}

function tell(
  { pack, onProgress }: MeasureOrder,
  way: Way,
  done: number,
  total: number,
  msEach: number | null,
): void {
  const remainingMs = msEach === null ? null : msEach * (total - done)
  onProgress({ pack: pack.name, state: 'running', way, done, total, remainingMs, failure: null })
}

const cancelled = (): LexmaskError =>
  new LexmaskError('CANCELLED', 'The measurement was cancelled.')

function nothingSure(images: readonly string[]): LexmaskError {
  return new LexmaskError(
    'INVALID_INPUT',
    'The model is sure of too little in these photos, so that results cannot be compared. Take photos of things that it knows, such as people, animals or cars.',
    { images },
  )
}
