import { spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import { runnerImport } from 'vite'
import type * as Stored from './bench-stored/stored.ts'

/**
 * Measures what works on stored regions, in a project of many: `npm run bench:stored`. The photos of
 * the development set are labelled once, and what was found in them is stored again and again under
 * other names.
 */

const root = dirname(dirname(fileURLToPath(import.meta.url)))
const models = resolve(root, '../shared/models')
const images = resolve(root, '../shared/data/coco-mini/images')
const WORDS = 'human, vehicle, furniture, pet, mug, dish, bag, screen, fruit, cutlery'
const SEARCHED = Number(process.env.LEXMASK_BENCH_REGIONS ?? 1_000_000)
/** Of about 1,000 images. */
const TAUGHT = SEARCHED / 10

// Migrations are gathered by the build: Node alone cannot load the storage.
const { module: stored } = await runnerImport<typeof Stored>(
  join(root, 'scripts/bench-stored/stored.ts'),
  { root, configFile: false, logLevel: 'error' },
)

const options = {
  packRoots: [{ folder: models, required: true }],
  resourcesFolder: join(root, 'resources'),
}
const [part, project] = process.argv.slice(2)
if (part === undefined) {
  const work = mkdtempSync(join(tmpdir(), 'lexmask-stored-'))
  try {
    const labelled = join(work, 'labelled.lexmask')
    run('bin/lexmask.js', [
      ...['prelabel', '--images', images, '--vocabulary', WORDS, '--recipe', 'region-text'],
      ...['--models', models, '--project', labelled, '--out', join(work, 'labels.json')],
    ])
    // Each in a process of its own: memory is that of the part alone.
    for (const [name, regions] of [
      ['search', SEARCHED],
      ['teach', TAUGHT],
    ] as const) {
      const many = join(work, `${name}.lexmask`)
      stored.fill(labelled, many, regions)
      run('scripts/bench-stored.ts', [name, many])
    }
  } finally {
    rmSync(work, { recursive: true, force: true })
  }
} else if (part === 'search') {
  await stored.measureSearch({ ...options, project })
} else {
  await stored.measureTeaching({ ...options, project })
}

function run(file: string, args: readonly string[]): void {
  const { status } = spawnSync(process.execPath, [join(root, file), ...args], {
    stdio: ['ignore', 'inherit', 'ignore'],
  })
  if (status !== 0) throw new Error(`${file} ${args[0]} ended with ${status}.`)
}
