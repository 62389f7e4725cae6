import { readFileSync } from 'node:fs'
import { chromium } from '@playwright/test'
import type { Browser, Page } from '@playwright/test'
import sharp from 'sharp'
import { serveCanvasPage } from '../tests/support/canvas-page.ts'
import type { ServedPage } from '../tests/support/canvas-page.ts'
import { randomAnnotations } from '../tests/support/canvas-scene.ts'
import { SeededRandom } from '../tests/support/random.ts'

/**
 * Measures the canvas alone, built as the product is: `npm run bench:canvas`. It reports and never
 * fails; targets stand beside the numbers. Speed varies with the machine, so the ratios to the
 * targets are what to compare.
 */

const SEED = Number(process.env.LEXMASK_BENCH_SEED ?? 20_251)
const MASKS = Number(process.env.LEXMASK_BENCH_MASKS ?? 1000)
const VIEWPORT = { width: 1280, height: 800 }
const DISPLAY_SIDE = 4096
const CHROMIUM = process.env.LEXMASK_CHROMIUM ?? '/usr/bin/chromium'

interface Measured {
  readonly panFps: number
  readonly zoomFps: number
  readonly longestFrameMs: number
  readonly longFrames: number
  readonly pickMs: number
  readonly slowestPickMs: number
  readonly sliderMs: number
  readonly slowestSliderMs: number
  readonly heapMib: number
  readonly processMib: number
}

async function picture(width: number, height: number): Promise<Uint8Array> {
  const scale = Math.min(1, DISPLAY_SIDE / Math.max(width, height))
  const small = new SeededRandom(SEED)
  const noise = Uint8Array.from({ length: 64 * 48 * 3 }, () => small.integer(0, 255))
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
  await page.evaluate(async () => {
    const answer = await fetch('/scene.json')
    ;(window as unknown as PageWindow).canvasPage.show(await answer.json())
  })
  await page.waitForTimeout(3000)
  const frames = await page.evaluate(measureFrames)
  const picks = await page.evaluate(measurePicks)
  const sliders = await page.evaluate(measureSlider)
  const memory = await memoryOf(browser, page)
  await page.close()
  return { ...frames, ...picks, ...sliders, ...memory }
}

/** What the page offers, as far as it is used here. */
interface PageWindow {
  readonly canvasPage: {
    show(scene: unknown): void
    readonly state: { thresholds: ReadonlyMap<number, number> | null }
  }
}

/** Runs in the page: two seconds each of panning and of zooming with the wheel, a step a frame. */
async function measureFrames(): Promise<
  Pick<Measured, 'panFps' | 'zoomFps' | 'longestFrameMs' | 'longFrames'>
> {
  const surface = document.querySelector('.surface') as HTMLElement
  const turn = (options: object): void =>
    void surface.dispatchEvent(
      new WheelEvent('wheel', {
        clientX: 640,
        clientY: 400,
        bubbles: true,
        cancelable: true,
        ...options,
      }),
    )
  const run = (step: (frame: number) => void): Promise<number[]> =>
    new Promise((resolve) => {
      const times: number[] = []
      const tick = (now: number): void => {
        times.push(now)
        if (times.length > 150) return resolve(times.slice(1).map((time, i) => time - times[i]))
        step(times.length)
        requestAnimationFrame(tick)
      }
      requestAnimationFrame(tick)
    })
  const rest = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms))
  const fps = (gaps: number[]): number => (1000 * gaps.length) / gaps.reduce((a, b) => a + b, 0)

  for (let i = 0; i < 6; i++) turn({ deltaY: -100 })
  await rest(1000)
  const panning = await run((frame) =>
    turn({ deltaX: 14 * Math.sin(frame / 20), deltaY: 10.5 * Math.cos(frame / 27) }),
  )
  await rest(500)
  const zooming = await run((frame) => turn({ deltaY: 12 * Math.sin(frame / 24), ctrlKey: true }))
  await rest(1000)
  const gaps = [...panning, ...zooming]
  return {
    panFps: fps(panning),
    zoomFps: fps(zooming),
    longestFrameMs: Math.max(...gaps),
    longFrames: gaps.filter((gap) => gap > 50).length,
  }
}

/** Runs in the page: the pointer's move, from event to known answer, at places all over the view. */
function measurePicks(): Pick<Measured, 'pickMs' | 'slowestPickMs'> {
  const surface = document.querySelector('.surface') as HTMLElement
  const times: number[] = []
  for (let i = 0; i < 2000; i++) {
    const clientX = 40 + ((i * 467) % 1200)
    const clientY = 40 + ((i * 283) % 700)
    const start = performance.now()
    surface.dispatchEvent(new PointerEvent('pointermove', { clientX, clientY, bubbles: true }))
    times.push(performance.now() - start)
  }
  times.sort((a, b) => a - b)
  return { pickMs: times.reduce((a, b) => a + b, 0) / times.length, slowestPickMs: times[1999] }
}

/** Runs in the page: from a new threshold to the end of the frame that shows its masks. */
async function measureSlider(): Promise<Pick<Measured, 'sliderMs' | 'slowestSliderMs'>> {
  const { state } = (window as unknown as PageWindow).canvasPage
  const prototype = CanvasRenderingContext2D.prototype
  const draw = prototype.drawImage as (...parameters: unknown[]) => void
  let seen: unknown[] = []
  let arrived: (() => void) | null = null
  const watched = function (this: CanvasRenderingContext2D, ...parameters: unknown[]): void {
    draw.apply(this, parameters)
    if (!seen.includes(parameters[0])) {
      seen = [...seen.slice(-20), parameters[0]]
      arrived?.()
    }
  }
  Object.assign(prototype, { drawImage: watched })
  const rest = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms))
  const times: number[] = []
  for (let i = 0; i < 40; i++) {
    await rest(i === 0 ? 500 : 450)
    const painted = new Promise<void>((resolve) => (arrived = resolve))
    const start = performance.now()
    const threshold = 0.2 + 0.6 * ((i * 7) % 10) * 0.1
    state.thresholds = new Map([1, 2, 3, 4, 5, 6].map((classId) => [classId, threshold]))
    await painted
    arrived = null
    await new Promise((resolve) => setTimeout(resolve, 0))
    times.push(performance.now() - start)
  }
  Object.assign(prototype, { drawImage: draw })
  times.shift()
  times.sort((a, b) => a - b)
  return { sliderMs: times[Math.floor(times.length / 2)], slowestSliderMs: times[times.length - 1] }
}

async function memoryOf(
  browser: Browser,
  page: Page,
): Promise<Pick<Measured, 'heapMib' | 'processMib'>> {
  const heap = await page.evaluate(
    () => (performance as unknown as { memory: { usedJSHeapSize: number } }).memory.usedJSHeapSize,
  )
  const session = await browser.newBrowserCDPSession()
  const { processInfo } = await session.send('SystemInfo.getProcessInfo')
  const resident = processInfo
    .filter(({ type }) => type === 'renderer')
    .map(({ id }) =>
      Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${id}/status`, 'utf8'))?.[1] ?? 0),
    )
  return { heapMib: heap / 2 ** 20, processMib: Math.max(...resident) / 1024 }
}

type Row = readonly [what: string, value: string, target: string, ratio: string]

function rows(measured: Measured): Row[] {
  const atLeast = (what: string, value: number, target: number): Row => [
    what,
    value.toFixed(1),
    `≥ ${target}`,
    `${(value / target).toFixed(2)} of it`,
  ]
  const below = (what: string, value: number, target: number): Row => [
    what,
    value.toFixed(2),
    `< ${target}`,
    `${(value / target).toFixed(2)} of it`,
  ]
  return [
    atLeast('panning, frames a second', measured.panFps, 50),
    atLeast('zooming, frames a second', measured.zoomFps, 50),
    ['longest frame, ms', measured.longestFrameMs.toFixed(1), '', ''],
    ['frames over 50 ms, of 300', String(measured.longFrames), '', ''],
    below('pick, mean, ms', measured.pickMs, 8),
    below('pick, slowest, ms', measured.slowestPickMs, 8),
    below('threshold to repaint, median, ms', measured.sliderMs, 50),
    below('threshold to repaint, slowest, ms', measured.slowestSliderMs, 50),
    ['JavaScript heap, MiB', measured.heapMib.toFixed(0), '', ''],
    below('renderer process, MiB', measured.processMib, 500),
  ]
}

const served = await serveCanvasPage()
const browser = await chromium.launch({
  executablePath: CHROMIUM,
  args: ['--headless', '--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run'],
})
try {
  console.log(`${MASKS} masks, seed ${SEED}, view ${VIEWPORT.width} × ${VIEWPORT.height}`)
  console.log(`Chromium ${browser.version()}, software rendering`)
  for (const [width, height] of [
    [4000, 3000],
    [12_000, 9000],
  ]) {
    console.log(`\nImage of ${width} × ${height} pixels`)
    for (const row of rows(await measure(browser, served, width, height))) {
      console.log(`  ${row[0].padEnd(36)}${row[1].padStart(8)}  ${row[2].padEnd(6)} ${row[3]}`)
    }
  }
} finally {
  await browser.close()
  served.close()
}
