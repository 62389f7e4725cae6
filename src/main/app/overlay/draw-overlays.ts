import { mkdir, stat } from 'node:fs/promises'
import { dirname } from 'node:path'
import { failureOfError, LexmaskError, type ErrorCode } from '#shared/contract/errors.ts'
import type { JobProgress } from '#shared/contract/events.ts'
import { writeFailure } from '#main/formats/file-errors.ts'
import { ProgressMeter } from '#main/jobs/progress-meter.ts'
import type { NumberedClass, OverlayStyle } from '#main/pictures/protocol.ts'
import type { PictureService } from '../pictures/picture-service.ts'
import { placeFile } from '../files/place-file.ts'
import { outputFiles } from './output-files.ts'
import type { FailedOverlay, OverlayPlan, OverlaySource } from './overlay-source.ts'

export interface OverlayOutcome {
  /** In the order of the plan. */
  readonly drawn: readonly { readonly name: string; readonly file: string }[]
  /** Masks on them. */
  readonly annotations: number
  readonly failed: readonly FailedOverlay[]
  /** Classes whose names no font here can write: they are drawn by these numbers. */
  readonly numbered: readonly NumberedClass[]
  /** Photos that still wait because the work was stopped. */
  readonly waiting: number
}

export interface OverlayWork {
  readonly outFolder: string
  readonly style: OverlayStyle
  /** Stops after the pictures in work. */
  readonly signal: AbortSignal
  readonly onProgress: (
    progress: Pick<JobProgress, 'items' | 'imagesPerSecond' | 'remainingMs'>,
  ) => void
}

/** One more than the process takes at a time, so that it never waits for masks. */
const IN_FLIGHT = 3

/** What happened to the process or to the disk, and not to one photo. */
const ENDS_WORK = new Set<ErrorCode>(['PICTURES_FAILED', 'DISK_FULL', 'FILE_UNWRITABLE'])

interface Drawn {
  readonly name: string
  readonly file: string
  readonly annotations: number
  readonly numbered: readonly NumberedClass[]
}

/**
 * Draw each photo of a plan into a folder, which is made. A photo that cannot be drawn is told by
 * its name, and the others are drawn.
 *
 * @throws LexmaskError INVALID_INPUT when a picture would go where photos are; FILE_UNWRITABLE,
 *   DISK_FULL, PICTURES_FAILED
 */
export async function drawOverlays(
  plan: OverlayPlan,
  pictures: PictureService,
  { outFolder, style, signal, onProgress }: OverlayWork,
): Promise<OverlayOutcome> {
  const { sources } = plan
  const files = await outputFiles(sources, outFolder, style.format)
  const results: (Drawn | FailedOverlay | undefined)[] = sources.map(() => undefined)
  const meter = new ProgressMeter()
  // Pictures end in twos and threes: without a beginning, the first would have taken no time.
  meter.itemEnded(performance.now())
  const count = { total: sources.length, running: 0, done: 0, failed: 0 }
  let isOver = false
  const next = sources.entries()
  const work = async (): Promise<void> => {
    while (!signal.aborted && !isOver) {
      const turn = next.next()
      if (turn.done) return
      const [i, source] = turn.value
      count.running++
      try {
        const result = await drawOne(source, files[i], pictures, style)
        results[i] = result
        if ('reason' in result) count.failed++
        else count.done++
      } catch (error) {
        isOver = true
        throw error
      } finally {
        count.running--
      }
      meter.itemEnded(performance.now())
      onProgress(progressOf(count, meter))
    }
  }
  const workers = await Promise.allSettled(Array.from({ length: IN_FLIGHT }, work))
  const broken = workers.find((one) => one.status === 'rejected')
  if (broken) throw broken.reason
  return outcomeOf(plan, results)
}

async function drawOne(
  source: OverlaySource,
  target: string,
  pictures: PictureService,
  style: OverlayStyle,
): Promise<Drawn | FailedOverlay> {
  const { name, file } = source
  try {
    await requirePhoto(file)
    const { size, objects } = source.masks()
    const { bytes, numbered } = await pictures.overlay({ path: file, size, objects, style })
    await write(target, bytes)
    return { name, file: target, annotations: objects.length, numbered }
  } catch (error) {
    const { code, message, details } = failureOfError(error)
    if (ENDS_WORK.has(code)) throw error
    return {
      name,
      reason: code === 'INTERNAL' ? `${message} (${JSON.stringify(details)})` : message,
    }
  }
}

async function requirePhoto(file: string): Promise<void> {
  if (await stat(file).catch((error: NodeJS.ErrnoException) => error.code !== 'ENOENT')) return
  throw new LexmaskError(
    'IMAGE_MISSING',
    `there is no photo ${file}. Check the folder, or where the photo was moved to.`,
    { path: file },
  )
}

async function write(file: string, bytes: Uint8Array): Promise<void> {
  try {
    await mkdir(dirname(file), { recursive: true })
    await placeFile(file, bytes)
  } catch (error) {
    throw writeFailure(file, error)
  }
}

interface Counts {
  readonly total: number
  readonly running: number
  readonly done: number
  readonly failed: number
}

function progressOf(
  { total, running, done, failed }: Counts,
  meter: ProgressMeter,
): Parameters<OverlayWork['onProgress']>[0] {
  const waiting = total - done - failed
  return {
    items: { done, failed, running, queued: waiting - running, cancelled: 0 },
    imagesPerSecond: meter.imagesPerSecond,
    remainingMs: meter.remainingMs(waiting),
  }
}

function outcomeOf(
  { failed }: OverlayPlan,
  results: readonly (Drawn | FailedOverlay | undefined)[],
): OverlayOutcome {
  const ended = results.filter((result) => result !== undefined)
  const drawn = ended.filter((result) => 'file' in result)
  const numbered = new Map(
    drawn.flatMap((one) => one.numbered.map((it) => [it.number, it] as const)),
  )
  return {
    drawn: drawn.map(({ name, file }) => ({ name, file })),
    annotations: drawn.reduce((sum, { annotations }) => sum + annotations, 0),
    failed: [...failed, ...ended.filter((result) => 'reason' in result)],
    numbered: [...numbered.values()].sort((a, b) => a.number - b.number),
    waiting: results.length - ended.length,
  }
}
