import { spawnSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import { runnerImport } from 'vite'
import type { CocoDataset } from '#main/formats/coco-types.ts'
import { drawPlot, type Panel } from './simulate-reviewer/plot.ts'
import type * as Simulate from './simulate-reviewer/simulate.ts'
import { partOf, TASKS, truthOf, type Task } from './simulate-reviewer/vocabularies.ts'

/**
 * Measures whether teaching saves answers: a reviewer who knows the ground truth works through the
 * review queue. Prints the tables of docs/methods.md and draws docs/images/teaching.svg.
 *
 *   npm run build && node scripts/simulate-reviewer.ts --data ../shared/data/coco-mini
 */

const root = dirname(dirname(fileURLToPath(import.meta.url)))
const { values } = parseArgs({
  options: {
    /** Folder with instances.json and images/. */
    data: { type: 'string' },
    models: { type: 'string', default: resolve(root, '../shared/models') },
    plot: { type: 'string', default: join(root, 'docs/images/teaching.svg') },
    /** Which of the vocabularies, from 1 on; all, if not given. */
    vocabulary: { type: 'string', multiple: true, default: TASKS.map((_, i) => String(i + 1)) },
    seeds: { type: 'string', default: '3' },
    /** `first` and `second`: every other photo; regularisation was chosen on the first half. */
    half: { type: 'string', default: 'all' },
  },
})
if (values.data === undefined) {
  console.error('usage: node scripts/simulate-reviewer.ts --data FOLDER [--models FOLDER]')
  process.exit(2)
}
const data = resolve(values.data)
const tasks = values.vocabulary.flatMap((number) => TASKS[Number(number) - 1] ?? [])
const AT = [0, 50, 100, 200, 300, 400]

// Migrations are gathered by the build: Node alone cannot load the storage.
const { module: simulation } = await runnerImport<typeof Simulate>(
  join(root, 'scripts/simulate-reviewer/simulate.ts'),
  { root, configFile: false, logLevel: 'error' },
)
type Point = Simulate.Point

const work = mkdtempSync(join(tmpdir(), 'lexmask-reviewer-'))
const half = { first: 0, second: 1 }[values.half]
const dataset = JSON.parse(readFileSync(join(data, 'instances.json'), 'utf8')) as CocoDataset
const seeds = Array.from({ length: Number(values.seeds) }, (_, i) => i + 1)

function label(task: Task, n: number): string {
  const words = join(work, `words-${n}.txt`)
  writeFileSync(words, Object.keys(task.words).join('\n'))
  const project = join(work, `task-${n}.lexmask`)
  const command = [
    ...['prelabel', '--images', join(data, 'images'), '--vocabulary', words],
    ...['--recipe', task.recipe, '--models', resolve(values.models), '--project', project],
    ...['--out', join(work, `task-${n}.json`)],
  ]
  const { status } = spawnSync(process.execPath, [join(root, 'bin/lexmask.js'), ...command], {
    stdio: ['ignore', 'ignore', 'inherit'],
  })
  if (status !== 0) throw new Error(`Labelling the photos ended with ${status}.`)
  return project
}

/** At so many answers; what was reached when nothing waits stays. */
const at = (points: readonly Point[], answers: number): Point =>
  points.findLast((point) => point.answers <= answers) ?? points[0]

const mean = (numbers: readonly number[]): number =>
  numbers.reduce((a, b) => a + b, 0) / numbers.length

function table(rows: ReadonlyMap<string, readonly Point[][]>): string {
  const lines = [
    `| ${['answers', ...AT, 'until nothing waits'].join(' | ')} |`,
    `| ${['---', ...AT, ''].map(() => '---').join(' | ')} |`,
  ]
  const add = (name: string, runs: readonly Point[][], of: (point: Point) => string | number) => {
    const cells = AT.map((answers) => {
      const numbers = runs.map((points) => Number(of(at(points, answers))))
      return typeof of(runs[0][0]) === 'string'
        ? mean(numbers).toFixed(3)
        : mean(numbers).toFixed(0)
    })
    const last = mean(runs.map((points) => Number(of(points[points.length - 1]))))
    const isWhole = typeof of(runs[0][0]) === 'number'
    const ends = mean(runs.map((points) => points[points.length - 1].answers)).toFixed(0)
    lines.push(
      `| ${name} | ${cells.join(' | ')} | ${isWhole ? last.toFixed(0) : last.toFixed(3)} at ${ends} |`,
    )
  }
  for (const [name, runs] of rows) add(`AP, ${name}`, runs, ({ ap }) => String(ap))
  for (const [name, runs] of rows) add(`AP of all, ${name}`, runs, (p) => String(p.apOfAll))
  for (const [name, runs] of rows)
    add(`AP50 of one ranking, ${name}`, runs, (p) => String(p.rankedAp))
  for (const [name, runs] of rows) add(`wrong, ${name}`, runs, ({ wrong }) => wrong)
  for (const [name, runs] of rows) add(`right, ${name}`, runs, ({ right }) => right)
  return lines.join('\n')
}

const panels: Panel[] = []
try {
  for (const [n, task] of tasks.entries()) {
    const source = label(task, n)
    const all = truthOf(dataset, task)
    const truth = half === undefined ? all : partOf(all, (index) => index % 2 === half)
    const app = {
      packRoots: [{ folder: resolve(values.models), required: true }],
      resourcesFolder: join(root, 'resources'),
      reviewerName: null,
    }
    const copy = join(work, 'copy.lexmask')
    const run = (way: Simulate.Way): Promise<Point[]> =>
      simulation.simulate({ source, copy, truth, app }, way)
    const taught = await run({ weight: 1, order: 'queue', seed: 1 })
    const rows = new Map([
      ['taught', [taught]],
      ['taught by half', [await run({ weight: 0.5, order: 'queue', seed: 1 })]],
      ['taught by a quarter', [await run({ weight: 0.25, order: 'queue', seed: 1 })]],
      ['not taught', [await run({ weight: 0, order: 'queue', seed: 1 })]],
      // As few wrong proposals for as few answers can be had without learning anything.
      ['raised threshold', [await run({ weight: 0, order: 'queue', seed: 1, asFewAs: taught })]],
    ])
    const random: Point[][] = []
    for (const seed of seeds) random.push(await run({ weight: 0, order: 'random', seed }))
    if (random.length > 0) rows.set('random order', random)
    const images = `${truth.images.length} photos, ${truth.annotations.length} objects`
    console.log(`\n${task.name} (${images}; random order: mean of seeds ${seeds.join(', ')})\n`)
    console.log(table(rows))
    const looks = [
      ['taught', '#d95f02', false],
      ['not taught', '#1b6ca8', false],
      ['raised threshold', '#888888', true],
    ] as const
    for (const [what, of] of [
      ['AP', ({ ap }: Point) => ap],
      ['wrong proposals', ({ wrong }: Point) => wrong],
    ] as const) {
      panels.push({
        title: `${task.name}: ${what}`,
        lines: looks.map(([name, colour, isDashed]) => ({
          ...{ name, colour, isDashed },
          points: (rows.get(name)?.[0] ?? []).map((point) => [point.answers, of(point)] as const),
        })),
      })
    }
    writeFileSync(values.plot, drawPlot(panels))
  }
} finally {
  rmSync(work, { recursive: true, force: true })
}
