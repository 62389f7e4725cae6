import { execFileSync } from 'node:child_process'
import {
  copyFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { RunStatistics } from '#main/app/labelling/run-statistics.ts'
import { machineInWords, writeSection } from './performance-doc.ts'

/**
 * Measures the engine on the development set: `npm run bench`. Pipeline and bare model run in turn,
 * so that a machine whose speed drifts slows both; ratios are medians over the pairs.
 */

const root = dirname(dirname(fileURLToPath(import.meta.url)))
const models = resolve(root, '../shared/models')
const images = resolve(root, '../shared/data/coco-mini/images')
const PAIRS = Number(process.env.LEXMASK_BENCH_PAIRS ?? 5)
const LONG_RUN = Number(process.env.LEXMASK_BENCH_LONG ?? 1000)
const PRECISION = 'int8'

if (!existsSync(images)) {
  console.error(`The benchmark needs the development photos in ${images}, and they are not there.`)
  process.exit(1)
}

const work = mkdtempSync(join(tmpdir(), 'lexmask-bench-'))
const node = process.execPath

interface Summary {
  readonly statistics: RunStatistics
}

function json<T>(file: string, ...words: string[]): T {
  const output = execFileSync(node, [file, ...words], {
    cwd: root,
    encoding: 'utf8',
    maxBuffer: 1 << 28,
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  return JSON.parse(output) as T
}

const COCO_WORDS = join(work, 'words.json')

function pipeline(folder: string, name: string): RunStatistics {
  const out = join(work, `${name}.json`)
  const words = ['prelabel', '--images', folder, '--vocabulary', COCO_WORDS, '--out', out]
  const options = ['--models', models, '--precision', PRECISION, '--provider', 'cpu', '--json']
  return json<Summary>(join(root, 'bin/lexmask.js'), ...words, ...options).statistics
}

const bare = (): { images: number; modelMs: number } =>
  json(join(root, 'scripts/bench-bare.ts'), models, images, PRECISION, '0')

function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b)
  const middle = sorted.length / 2
  return (sorted[Math.ceil(middle) - 1] + sorted[Math.floor(middle)]) / 2
}

const { classes } = JSON.parse(
  readFileSync(join(models, 'maskrcnn2go-coco/model.json'), 'utf8'),
) as { classes: { name: string }[] }
writeFileSync(COCO_WORDS, JSON.stringify(classes.map(({ name }) => name)))

/** Copies, as links to one file would count as one image. */
function longFolder(count: number): string {
  const folder = join(work, 'long')
  mkdirSync(folder)
  const names = readdirSync(images)
  for (let i = 0; i < count; i++) {
    copyFileSync(
      join(images, names[i % names.length]),
      join(folder, `${String(i).padStart(5, '0')}.jpg`),
    )
  }
  return folder
}

try {
  const pairs = Array.from({ length: PAIRS }, (_, i) => {
    const whole = pipeline(images, `pair-${i}`)
    const model = bare()
    const ratio = whole.wallMs / whole.images / (model.modelMs / model.images)
    console.log(
      `pair ${i + 1}: ${(whole.wallMs / whole.images).toFixed(1)} ms an image, bare ${(model.modelMs / model.images).toFixed(1)} ms, ratio ${ratio.toFixed(3)}`,
    )
    return { whole, bareMs: model.modelMs / model.images, ratio }
  })
  console.log(`${LONG_RUN} images ...`)
  const long = pipeline(longFolder(LONG_RUN), 'long')
  writeReport(pairs, long)
} finally {
  rmSync(work, { recursive: true, force: true })
}

function writeReport(
  pairs: readonly { whole: RunStatistics; bareMs: number; ratio: number }[],
  long: RunStatistics,
): void {
  const perImage = (pick: (whole: RunStatistics) => number): number =>
    median(pairs.map(({ whole }) => pick(whole) / whole.images))
  const stages = Object.keys(pairs[0].whole.stageMs)
  const from100 = long.workerMemory.filter(({ image }) => image >= 100).map(({ bytes }) => bytes)
  const result = {
    machine: machineInWords(),
    images: pairs[0].whole.images,
    pairs: pairs.length,
    precision: PRECISION,
    msAnImage: perImage(({ wallMs }) => wallMs),
    imagesAMinute: 60_000 / perImage(({ wallMs }) => wallMs),
    bareModelMsAnImage: median(pairs.map(({ bareMs }) => bareMs)),
    ratio: median(pairs.map(({ ratio }) => ratio)),
    ratioRange: [
      Math.min(...pairs.map(({ ratio }) => ratio)),
      Math.max(...pairs.map(({ ratio }) => ratio)),
    ],
    modelMsAnImage: perImage(({ modelMs }) => modelMs),
    commitMsAnImage: perImage(({ commitMs }) => commitMs),
    stageMsAnImage: Object.fromEntries(
      stages.map((stage) => [stage, perImage(({ stageMs }) => stageMs[stage] ?? 0)]),
    ),
    longRun: {
      images: long.images,
      workerMemory: long.workerMemory,
      workerMemorySpreadBytes: Math.max(...from100) - Math.min(...from100),
      applicationPeakBytes: long.peakBytes,
    },
  }
  mkdirSync(join(root, 'bench-results'), { recursive: true })
  writeFileSync(join(root, 'bench-results/engine.json'), `${JSON.stringify(result, null, 2)}\n`)
  const report = markdown(result)
  writeSection(join(root, 'docs/performance.md'), 'Detector', report)
  console.log(report)
}

function markdown(result: {
  readonly machine: string
  readonly images: number
  readonly pairs: number
  readonly precision: string
  readonly msAnImage: number
  readonly imagesAMinute: number
  readonly bareModelMsAnImage: number
  readonly ratio: number
  readonly ratioRange: readonly number[]
  readonly modelMsAnImage: number
  readonly commitMsAnImage: number
  readonly stageMsAnImage: Readonly<Record<string, number>>
  readonly longRun: {
    readonly images: number
    readonly workerMemory: RunStatistics['workerMemory']
    readonly workerMemorySpreadBytes: number
    readonly applicationPeakBytes: number
  }
}): string {
  const ms = (value: number): string => value.toFixed(1)
  const mib = (bytes: number): string => (bytes / 2 ** 20).toFixed(0)
  const { longRun } = result
  return `Written by \`npm run bench\`. Recipe \`detector\`, ${result.precision}, ${result.images} photos of 640 × 480, 80 classes, on the CPU.
${result.machine}. Medians over ${result.pairs} pairs of the whole pipeline and the bare model, run in turn.

| | |
|---|---|
| whole pipeline, an image | ${ms(result.msAnImage)} ms |
| images a minute | ${result.imagesAMinute.toFixed(0)} |
| bare \`session.run\` calls, an image | ${ms(result.bareModelMsAnImage)} ms |
| **whole / bare** | **${result.ratio.toFixed(2)}** (${result.ratioRange.map((ratio) => ratio.toFixed(2)).join('–')}) |

Where the time of an image goes. Decoding runs beside the model's work on the image before, and the
application saves one image while the inference process has the next, so the stages do not add up.

| stage | process | ms |
|---|---|---|
${Object.entries(result.stageMsAnImage)
  .map(([stage, value]) => `| ${stage} | inference | ${ms(value)} |`)
  .join('\n')}
| of these, inside ONNX Runtime | inference | ${ms(result.modelMsAnImage)} |
| scoring and transaction | application | ${ms(result.commitMsAnImage)} |

Memory over a run of ${longRun.images} images. Peak of the application: ${mib(longRun.applicationPeakBytes)} MiB; of the inference
process, at the moments below: ${mib(Math.max(...longRun.workerMemory.map(({ bytes }) => bytes)))} MiB.
Inference process, least to most from image 100 on: ${mib(longRun.workerMemorySpreadBytes)} MiB.

| after image | inference process, MiB |
|---|---|
${longRun.workerMemory.map(({ image, bytes }) => `| ${image} | ${mib(bytes)} |`).join('\n')}
`
}
