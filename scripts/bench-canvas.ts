import { readFileSync } from 'node:fs'
import { cpus, loadavg } from 'node:os'
import { chromium } from '@playwright/test'
import type { Browser, Page } from '@playwright/test'
import sharp from 'sharp'
import { serveCanvasPage } from '../tests/support/canvas-page.ts'
import type { ServedPage } from '../tests/support/canvas-page.ts'
import { randomAnnotations } from '../tests/support/canvas-scene.ts'
import { SeededRandom } from '../tests/support/random.ts'
import type {
  FrameTimes,
  PickTimes,
  RepaintTimes,
  StrokeTimes,
} from '../tests/support/canvas-times.ts'

/**
 * Measures the canvas alone, built as the product is: `npm run bench:canvas`. It reports and never
 * fails; targets stand beside the numbers. Speed varies with the machine and with what else it
 * does, so the load is printed, and the ratios to the targets are what to compare.
 */

const SEED = Number(process.env.LEXMASK_BENCH_SEED ?? 20_251)
const MASKS = Number(process.env.LEXMASK_BENCH_MASKS ?? 1000)
const ROUNDS = Number(process.env.LEXMASK_BENCH_ROUNDS ?? 5)
const CHROMIUM = process.env.LEXMASK_CHROMIUM ?? '/usr/bin/chromium'
const VIEWPORT = { width: 1280, height: 800 }
const DISPLAY_SIDE = 4096

interface Measured {
  readonly frames: FrameTimes
  readonly picks: PickTimes
  readonly repaints: RepaintTimes
  readonly strokes: StrokeTimes
  readonly heapMib: number
  readonly processMib: number
}

/** The display copy of an image of noise. */
async function picture(width: number, height: number): Promise<Uint8Array> {
  const scale = Math.min(1, DISPLAY_SIDE / Math.max(width, height))
  const random = new SeededRandom(SEED)
  const noise = Uint8Array.from({ length: 64 * 48 * 3 }, () => random.integer(0, 255))
  return sharp(noise, { raw: { width: 64, height: 48, channels: 3 } })
    .resize(Math.round(width * scale), Math.round(height * scale), { fit: 'fill' })
    .jpeg()
    .toBuffer()
}

async function measure(
  browser: Browser,
  served: ServedPage,
  width: number,
  height: number,
): Promise<Measured> {
  const url = `/${width}.jpg`
  served.files.set(url.slice(1), await picture(width, height))
  const annotations = randomAnnotations(new SeededRandom(SEED), { width, height }, MASKS)
  const scene = { width, height, url, thumbnailUrl: null, annotations, ghosts: [] }
  served.files.set('scene.json', JSON.stringify(scene))

  const page = await browser.newPage({ viewport: VIEWPORT })
  page.on('pageerror', (error) => console.error(error.message))
  await page.goto(served.url)
  await page.evaluate('canvasPage.fetchScene("/scene.json")')
  await page.waitForTimeout(3000)
  const frames = await page.evaluate<FrameTimes>(`canvasPage.measureFrames(${ROUNDS})`)
  const picks = await page.evaluate<PickTimes>('canvasPage.measurePicks()')
  const repaints = await page.evaluate<RepaintTimes>('canvasPage.measureRepaints()')
  const strokes = await page.evaluate<StrokeTimes>(`canvasPage.measureStrokes(${ROUNDS})`)
  const memory = await memoryOf(browser, page)
  await page.close()
  return { frames, picks, repaints, strokes, ...memory }
}

async function memoryOf(
  browser: Browser,
  page: Page,
): Promise<Pick<Measured, 'heapMib' | 'processMib'>> {
  const heap = await page.evaluate<number>('performance.memory.usedJSHeapSize')
  const session = await browser.newBrowserCDPSession()
  const { processInfo } = await session.send('SystemInfo.getProcessInfo')
  const residentKib = processInfo
    .filter(({ type }) => type === 'renderer')
    .map(({ id }) => /VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${id}/status`, 'utf8'))?.[1])
  return {
    heapMib: heap / 2 ** 20,
    processMib: Math.max(...residentKib.map((kib) => Number(kib ?? 0))) / 1024,
  }
}

type Row = readonly [what: string, value: string, target: string, ratio: string]

function rows({ frames, picks, repaints, strokes, heapMib, processMib }: Measured): Row[] {
  const judged =
    (sign: '≥' | '<') =>
    (what: string, value: number, target: number): Row => [
      what,
      value.toFixed(sign === '<' ? 2 : 1),
      `${sign} ${target}`,
      `${(value / target).toFixed(2)} of it`,
    ]
  const atLeast = judged('≥')
  const below = judged('<')
  const told = (what: string, value: string): Row => [what, value, '', '']
  return [
    atLeast('panning, frames a second', frames.panFps, 50),
    atLeast('zooming, frames a second', frames.zoomFps, 50),
    told('longest frame, ms', frames.longestFrameMs.toFixed(1)),
    told(`frames over 50 ms, of ${frames.frames}`, String(frames.longFrames)),
    below('pick, mean, ms', picks.meanMs, 8),
    told('pick, slowest of 2000, ms', picks.slowestMs.toFixed(2)),
    below('threshold to repaint, median, ms', repaints.medianMs, 50),
    told('threshold to repaint, slowest, ms', repaints.slowestMs.toFixed(2)),
    atLeast('brush stroke, frames a second', strokes.fps, 50),
    told('brush stroke, longest frame, ms', strokes.longestFrameMs.toFixed(1)),
    below('commit of a stroke, median, ms', strokes.commitMedianMs, 30),
    told('commit of a stroke, slowest, ms', strokes.commitSlowestMs.toFixed(2)),
    told('JavaScript heap, MiB', heapMib.toFixed(0)),
    below('renderer process, MiB', processMib, 500),
  ]
}

const load = (): string => `load ${loadavg()[0].toFixed(1)} on ${cpus().length} cores`

const served = await serveCanvasPage()
const browser = await chromium.launch({
  executablePath: CHROMIUM,
  args: ['--headless', '--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run'],
})
try {
  console.log(`${MASKS} masks, seed ${SEED}, view ${VIEWPORT.width} × ${VIEWPORT.height}`)
  console.log(`Chromium ${browser.version()}, software rendering; ${load()}`)
  for (const [width, height] of [
    [4000, 3000],
    [12_000, 9000],
  ]) {
    const measured = await measure(browser, served, width, height)
    console.log(`\nImage of ${width} × ${height} pixels; ${load()}`)
    for (const [what, value, target, ratio] of rows(measured)) {
      console.log(`  ${what.padEnd(36)}${value.padStart(8)}  ${target.padEnd(6)} ${ratio}`)
    }
  }
} finally {
  await browser.close()
  served.close()
}
