import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { cpus, loadavg, tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { Page } from '@playwright/test'
import { runnerImport } from 'vite'
import { sharedPath } from '../tests/support/coco-mini.ts'
import { productFolder } from '../tests/e2e/support/app-folder.ts'
import { copyNpmPhotos } from '../tests/support/npm-photos.ts'
import type * as Projects from './bench-window/projects.ts'
import { ask, startWindow } from './window-session.ts'
import type { WindowSession } from './window-session.ts'

/**
 * Measures the whole window, in a Chromium over `lexmask serve`: `npm run bench:window`. It reports and
 * never fails; targets stand beside the numbers. Speed varies with the machine and with what else it
 * does, so the load is printed with every part. `npm run bench:window -- grid masks` makes only these.
 */

const SEED = Number(process.env.LEXMASK_BENCH_SEED ?? 20_252)
const IMAGES = Number(process.env.LEXMASK_BENCH_IMAGES ?? 10_000)
const MASKS = Number(process.env.LEXMASK_BENCH_MASKS ?? 1000)
const LABELLED = Number(process.env.LEXMASK_BENCH_LABELLED ?? 1000)
const ROUNDS = Number(process.env.LEXMASK_BENCH_ROUNDS ?? 3)
const WORDS = 'person, car, bus, bicycle, dog, cat, chair, bottle, food, umbrella'
const VIEWPORT = { width: 1280, height: 800 }

interface Row {
  readonly part: string
  readonly what: string
  readonly unit: string
  /** One for each round. */
  readonly values: readonly number[]
  /** At most this; at least this, where `isFloor`. */
  readonly target?: number
  readonly isFloor?: boolean
}

const median = (values: readonly number[]): number => quantile(values, 0.5)
function quantile(values: readonly number[], part: number): number {
  const sorted = values.toSorted((a, b) => a - b)
  return sorted[Math.min(sorted.length - 1, Math.floor(part * sorted.length))] ?? Number.NaN
}
const load = (): string => `load ${loadavg()[0].toFixed(1)} on ${cpus().length} cores`

const work = mkdtempSync(join(tmpdir(), 'lexmask-bench-window-'))
const measures = fileURLToPath(new URL('./bench-window/page-measures.js', import.meta.url))
const results: Row[] = []
// Migrations are gathered by the build: Node alone cannot load the storage.
const { module: projects } = await runnerImport<typeof Projects>(
  fileURLToPath(new URL('./bench-window/projects.ts', import.meta.url)),
  { configFile: false, logLevel: 'error' },
)
const { copyPhotos, labelPhotos, makePhotos, manyMasksProject, multiplyProject } = projects

/** A window of its own server; what it cached is gone with the folder `name`. */
async function inWindow(
  name: string,
  project: string | null,
  use: (page: Page, window: WindowSession) => Promise<void>,
): Promise<void> {
  const folder = join(work, name)
  mkdirSync(folder, { recursive: true })
  const window = await startWindow(folder, project === null ? {} : { project })
  try {
    await ask(window.shell.page, 'settings.change', { isGuideDone: true, provider: 'cpu' })
    const page = await window.open({ viewport: VIEWPORT })
    await page.addInitScript({ path: measures })
    await page.reload()
    await use(page, window)
  } finally {
    await window.close()
  }
}

function inPage<Result>(page: Page, call: string): Promise<Result> {
  return page.evaluate<Result>(`lexmaskBench.${call}`)
}

function note(row: Row): void {
  results.push(row)
}

/** Resident, of the largest renderer process: the window's. */
async function rendererMib(page: Page): Promise<number> {
  const session = await page.context().browser()?.newBrowserCDPSession()
  if (session === undefined) return Number.NaN
  const { processInfo } = await session.send('SystemInfo.getProcessInfo')
  const kib = processInfo
    .filter(({ type }) => type === 'renderer')
    .map(({ id }) => /VmRSS:\s+(\d+)/.exec(statusOf(id))?.[1])
  return Math.max(...kib.map((value) => Number(value ?? 0))) / 1024
}
function statusOf(pid: number): string {
  return process.platform === 'linux' ? readFileSync(`/proc/${pid}/status`, 'utf8') : ''
}

interface Opened {
  readonly firstCellMs: number
  readonly firstPictureMs: number
  readonly fullScreenMs: number
}
interface Scrolled {
  readonly longestFrameMs: number
  readonly longestBlankMs: number
  readonly pictureMs: readonly number[]
  readonly unseen: number
}

async function measureGrid(): Promise<void> {
  console.log(`Making ${IMAGES} photos ...`)
  const folder = join(work, 'grid')
  await makePhotos(join(folder, 'photos'), IMAGES, SEED)
  const file = join(folder, 'many-images.lexmask')
  await inWindow('grid', null, async (page) => {
    await ask(page, 'workspace.create', { path: file })
    const startMs = performance.now()
    await ask(page, 'images.add', { paths: [join(folder, 'photos')] })
    console.log(`Added in ${((performance.now() - startMs) / 1000).toFixed(1)} s; ${load()}`)
  })
  const opened: Record<'cold' | 'warm', Opened[]> = { cold: [], warm: [] }
  const through: Scrolled[] = []
  const along: Scrolled[] = []
  const jumps: (Scrolled & { readonly fullMs: readonly number[] })[] = []
  const memory: number[] = []
  for (let round = 0; round < ROUNDS; round++) {
    await inWindow(`grid-${round}`, null, async (page) => {
      await ask(page, 'workspace.open', { path: file })
      await ask(page, 'workspace.close', {})
      rmSync(join(work, `grid-${round}`, 'cache'), { recursive: true, force: true })
      for (const kind of ['cold', 'warm'] as const) {
        await page.reload()
        await page.locator('.recent .open').first().waitFor()
        await page.waitForTimeout(500)
        opened[kind].push(
          await inPage<Opened>(page, `openRecent(document.querySelector('.recent .open'))`),
        )
        if (kind === 'cold') await ask(page, 'workspace.close', {})
      }
      along.push(await inPage(page, 'scrollAlong(2, 6, 0.3)'))
      through.push(await inPage(page, 'scrollThrough(12)'))
      jumps.push(await inPage(page, 'jump(12)'))
      memory.push(await rendererMib(page))
    })
    console.log(`  round ${round + 1} of ${ROUNDS}; ${load()}`)
  }
  const part = `${IMAGES} images`
  for (const kind of ['cold', 'warm'] as const) {
    const how = kind === 'cold' ? 'no thumbnails on disk' : 'thumbnails on disk'
    const of = (pick: (one: Opened) => number): number[] => opened[kind].map(pick)
    note({
      part,
      what: `open to the grid, ${how}`,
      unit: 'ms',
      values: of((one) => one.firstCellMs),
    })
    note({
      part,
      what: `open to the first picture, ${how}`,
      unit: 'ms',
      values: of((one) => one.firstPictureMs),
      target: 2000,
    })
    note({
      part,
      what: `open to a screen full of pictures, ${how}`,
      unit: 'ms',
      values: of((one) => one.fullScreenMs),
      target: 2000,
    })
  }
  const scrolls = [
    ['2 screens a second', along],
    ['top to bottom in 12 s', through],
    ['12 jumps', jumps],
  ] as const
  for (const [how, rounds] of scrolls) {
    const of = (pick: (one: Scrolled) => number): number[] => rounds.map(pick)
    note({
      part,
      what: `longest blank place, ${how}`,
      unit: 'ms',
      values: of((one) => one.longestBlankMs),
      target: 200,
    })
    note({
      part,
      what: `longest frame, ${how}`,
      unit: 'ms',
      values: of((one) => one.longestFrameMs),
    })
    note({
      part,
      what: `cell to its picture, 95 of 100, ${how}`,
      unit: 'ms',
      values: of((one) => quantile(one.pictureMs, 0.95)),
    })
    note({
      part,
      what: `cells that left before their picture, ${how}`,
      unit: '%',
      values: of((one) => (100 * one.unseen) / Math.max(1, one.unseen + one.pictureMs.length)),
    })
  }
  note({
    part,
    what: 'jump to a screen full of pictures',
    unit: 'ms',
    values: jumps.map(({ fullMs }) => median(fullMs)),
  })
  note({ part, what: 'renderer process', unit: 'MiB', values: memory, target: 500 })
}

async function measureMasks(): Promise<void> {
  const folder = join(work, 'masks')
  mkdirSync(folder, { recursive: true })
  const file = join(folder, 'many-masks.lexmask')
  await manyMasksProject(file, MASKS, SEED)
  const pan: number[] = []
  const zoom: number[] = []
  const longest: number[] = []
  const pick: number[] = []
  const slowestPick: number[] = []
  const hoverShown: number[] = []
  const repaint: number[] = []
  const slowestRepaint: number[] = []
  const memory: number[] = []
  const fps = (gaps: readonly number[]): number =>
    (1000 * gaps.length) / gaps.reduce((sum, gap) => sum + gap, 0)
  for (let round = 0; round < ROUNDS; round++) {
    await inWindow(`masks-${round}`, file, async (page) => {
      await page.locator('.cell').first().click()
      await page.locator('.annotation').first().waitFor()
      await page.waitForTimeout(3000)
      const { pans, zooms } = await inPage<{ pans: number[][]; zooms: number[][] }>(
        page,
        'moveCanvas(3)',
      )
      pan.push(median(pans.map(fps)))
      zoom.push(median(zooms.map(fps)))
      longest.push(Math.max(...pans.flat(), ...zooms.flat()))
      await page.locator('.surface').focus()
      await page.keyboard.press('f')
      await page.waitForTimeout(1500)
      const hover = await inPage<{ pickMs: number[]; shownMs: number[] }>(page, 'hover(500)')
      pick.push(median(hover.pickMs))
      slowestPick.push(Math.max(...hover.pickMs))
      hoverShown.push(median(hover.shownMs))
      const repaints = await inPage<number[]>(page, 'moveThresholds(15)')
      repaint.push(median(repaints))
      slowestRepaint.push(Math.max(...repaints))
      memory.push(await rendererMib(page))
    })
    console.log(`  round ${round + 1} of ${ROUNDS}; ${load()}`)
  }
  const part = `${MASKS} masks`
  note({ part, what: 'panning', unit: 'fps', values: pan, target: 50, isFloor: true })
  note({ part, what: 'zooming', unit: 'fps', values: zoom, target: 50, isFloor: true })
  note({ part, what: 'longest frame of these', unit: 'ms', values: longest })
  note({ part, what: 'hover to the known mask, median', unit: 'ms', values: pick, target: 8 })
  note({ part, what: 'hover to the known mask, slowest', unit: 'ms', values: slowestPick })
  note({ part, what: 'hover to the end of its frame, median', unit: 'ms', values: hoverShown })
  note({ part, what: 'threshold to repaint, median', unit: 'ms', values: repaint, target: 50 })
  note({ part, what: 'threshold to repaint, slowest', unit: 'ms', values: slowestRepaint })
  note({ part, what: 'renderer process', unit: 'MiB', values: memory, target: 500 })
}

interface Edited {
  readonly imageMs: number | null
  readonly projectMs: number | null
}

/** Photos that a model finds something in: those for development, or those of npm. */
function realPhotos(folder: string): string {
  mkdirSync(folder, { recursive: true })
  const source = sharedPath('data', 'coco-mini', 'images')
  if (!existsSync(source)) return copyNpmPhotos(folder)
  copyPhotos(source, join(folder, 'photos'))
  return join(folder, 'photos')
}

async function measureWords(): Promise<void> {
  const folder = join(work, 'words')
  const photos = realPhotos(folder)
  const file = join(folder, 'many-labels.lexmask')
  labelPhotos(photos, WORDS, file)
  multiplyProject(file, LABELLED)
  const renames: Edited[] = []
  const thresholds: Edited[] = []
  await inWindow('words-window', file, async (page) => {
    const { vocabularyRevision } = await ask(page, 'project.info', {})
    const { images } = await ask(page, 'rescore.all', { vocabularyRevision })
    console.log(`  ${images} images scored; ${load()}`)
    await page.reload()
    await page.locator('.cell').first().waitFor()
    await ask(page, 'images.ids', { filter: { classId: 1 } })
    await page.locator('.filters select, [aria-label] select').nth(1).selectOption({ index: 1 })
    await page.waitForTimeout(1000)
    await page.locator('.cell').first().click()
    await page.locator('.annotation').first().waitFor()
    await page.waitForTimeout(2000)
    for (let round = 0; round < 2 * ROUNDS; round++) {
      thresholds.push(await inPage(page, `releaseThreshold(0, ${round % 2 === 0 ? 0.9 : 0.05})`))
      await page.waitForTimeout(1000)
      renames.push(await inPage(page, `rename(0, '${round % 2 === 0 ? 'human' : 'person'}')`))
      await page.waitForTimeout(1000)
      console.log(`  round ${round + 1} of ${2 * ROUNDS}; ${load()}`)
    }
  })
  const part = `${LABELLED} labelled images`
  const known = (rounds: readonly Edited[], pick: (one: Edited) => number | null): number[] =>
    rounds.flatMap((one) => pick(one) ?? [])
  const edits = [
    ['rename', renames],
    ['threshold let go', thresholds],
  ] as const
  for (const [what, rounds] of edits) {
    const image = known(rounds, (one) => one.imageMs)
    note({ part, what: `${what} to repaint of the image`, unit: 'ms', values: image, target: 300 })
    const project = known(rounds, (one) => one.projectMs)
    note({ part, what: `${what} to the whole project scored`, unit: 'ms', values: project })
  }
}

interface Watched {
  readonly gaps: readonly number[]
  /** 0 where none was longer than 50 ms. */
  readonly longestTaskMs: number
}

async function measureInference(): Promise<void> {
  const folder = join(work, 'inference')
  const photos = realPhotos(folder)
  const file = join(folder, 'inference.lexmask')
  const idle: number[] = []
  const busy: number[] = []
  const late: number[] = []
  const tasks: number[] = []
  await inWindow('inference-window', null, async (page) => {
    await ask(page, 'workspace.create', { path: file })
    await ask(page, 'images.add', { paths: [photos] })
    const { revision } = await ask(page, 'vocabulary.get', {})
    const classes = WORDS.split(', ').map((name) => ({ name }))
    await ask(page, 'vocabulary.replace', { revision, classes })
    await page.reload()
    await page.locator('.cell').first().click()
    await page.waitForTimeout(1500)
    for (let round = 0; round < ROUNDS; round++) {
      idle.push(Math.max(...(await inPage<Watched>(page, 'watchFrames(6000)')).gaps))
      const { vocabularyRevision } = await ask(page, 'project.info', {})
      const job = await ask(page, 'prelabel.start', {
        images: { filter: {} },
        recipe: { name: 'detector' },
        vocabularyRevision,
      })
      const { gaps, longestTaskMs } = await inPage<Watched>(page, 'watchFrames(10000)')
      busy.push(Math.max(...gaps))
      tasks.push(longestTaskMs)
      late.push(gaps.filter((gap) => gap > 100).length)
      await ask(page, 'jobs.cancel', { jobId: job.jobId }).catch(() => undefined)
      await page.waitForTimeout(2000)
      console.log(`  round ${round + 1} of ${ROUNDS}; ${load()}`)
    }
  })
  const part = 'inference'
  note({ part, what: 'longest pause of an animation at rest', unit: 'ms', values: idle })
  const what = 'longest pause of an animation while labelling'
  note({ part, what, unit: 'ms', values: busy, target: 100 })
  note({
    part,
    what: 'longest task of the page while labelling (0: under 50)',
    unit: 'ms',
    values: tasks,
  })
  note({ part, what: 'pauses over 100 ms in 10 s of labelling', unit: '', values: late })
}

function told(row: Row): string {
  const { part, what, unit, values, target, isFloor = false } = row
  const middle = median(values)
  const range = `${Math.min(...values).toFixed(1)}–${Math.max(...values).toFixed(1)}`
  const goal = target === undefined ? '' : `${isFloor ? '≥' : '<'} ${target}`
  const ratio = target === undefined ? '' : `${(middle / target).toFixed(2)} of it`
  const value = `${middle.toFixed(1)} ${unit}`.padStart(12)
  return `${part.padEnd(22)}${what.padEnd(62)}${value}  ${range.padEnd(18)}${goal.padEnd(8)}${ratio}`
}

const PARTS = {
  grid: measureGrid,
  masks: measureMasks,
  words: measureWords,
  inference: measureInference,
} as const
type PartName = keyof typeof PARTS
const isPart = (word: string): word is PartName => Object.hasOwn(PARTS, word)

const asked = process.argv.slice(2).filter(isPart)
try {
  for (const name of asked.length > 0 ? asked : (Object.keys(PARTS) as PartName[])) {
    console.log(`${name}; ${load()}`)
    await PARTS[name]()
  }
} finally {
  rmSync(work, { recursive: true, force: true })
}
console.log(
  `\nSeed ${SEED}; view ${VIEWPORT.width} × ${VIEWPORT.height}; medians, then least to most; ${load()}\n`,
)
for (const row of results) console.log(told(row))
const out = join(productFolder, 'bench-results')
mkdirSync(out, { recursive: true })
writeFileSync(
  join(out, 'window.json'),
  `${JSON.stringify({ load: loadavg(), cores: cpus().length, results }, null, 2)}\n`,
)
