import { copyFileSync } from 'node:fs'
import { monitorEventLoopDelay } from 'node:perf_hooks'
import Database from 'better-sqlite3'
import type { AppOptions } from '#main/app/create-app.ts'
import { openWithoutModel } from '../open-without-model.ts'

export interface StoredProject extends Pick<AppOptions, 'packRoots' | 'resourcesFolder'> {
  readonly project: string
}

const megabytes = (bytes: number): string => `${Math.round(bytes / 2 ** 20)} MiB`

/**
 * A copy of a labelled project with what it has of images, candidates and annotations stored again
 * under other names, until it has so many candidates.
 */
export function fill(source: string, target: string, candidates: number): void {
  copyFileSync(source, target)
  const database = new Database(target)
  // Nothing is lost with it: it is made anew. 1 GiB of pages: what indexes touch lies anywhere.
  for (const setting of ['journal_mode = OFF', 'synchronous = OFF', 'cache_size = -1048576']) {
    database.pragma(setting)
  }
  const most = (table: string): number =>
    database.prepare(`SELECT max(id) FROM ${table}`).pluck().get() as number
  const steps = { image: most('image'), candidate: most('candidate') }
  const annotations = most('annotation')
  const present = database.prepare('SELECT count(*) FROM candidate').pluck().get() as number
  /** Columns of a copy are those of the original but these. */
  const copying = (table: string, changed: Readonly<Record<string, string>>, last: number) => {
    const columns = (database.pragma(`table_info(${table})`) as { name: string }[]).map(
      ({ name }) => name,
    )
    const values = columns.map((name) => changed[name] ?? name)
    return database.prepare(
      `INSERT INTO ${table} (${columns.join()}) SELECT ${values.join()} FROM ${table}
       WHERE id <= ${last} ORDER BY id`,
    )
  }
  const image_id = `image_id + $n * ${steps.image}`
  const copies = [
    copying(
      'image',
      { id: `id + $n * ${steps.image}`, path: "path || '#' || $n", name: "$n || '-' || name" },
      steps.image,
    ),
    copying('candidate', { id: `id + $n * ${steps.candidate}`, image_id }, steps.candidate),
    copying(
      'annotation',
      {
        ...{ id: `id + $n * ${annotations}`, image_id },
        candidate_id: `candidate_id + $n * ${steps.candidate}`,
      },
      annotations,
    ),
  ]
  database.transaction(() => {
    for (let n = 1; n * present < candidates; n++) for (const copy of copies) copy.run({ n })
  })()
  database.close()
}

/** Prints how long searches take, the longest time that nobody else was served, and memory. */
export async function measureSearch(stored: StoredProject): Promise<void> {
  const app = openWithoutModel(stored.project, stored)
  try {
    const [imageId] = app.project.images.listIds({}, 'added')
    const [{ id: candidateId }] = app.project.candidates.listForImage(imageId)
    const before = process.memoryUsage().rss
    for (const [name, search] of [
      ['by a word', () => app.handlers['search.words']({ ...HUNDRED, text: 'dog' })],
      ['by five words', () => app.handlers['search.words']({ ...HUNDRED, text: FIVE })],
      ['by example', () => app.handlers['search.like']({ ...HUNDRED, imageId, candidateId })],
    ] as const) {
      const { answer, ms, cpuMs, gapMs } = await timed(search)
      console.log(
        `search ${name}: ${answer.regions} regions in ${(ms / 1000).toFixed(1)} s ` +
          `(${(cpuMs / 1000).toFixed(1)} s of a core), longest gap ${gapMs.toFixed(0)} ms, best ${answer.hits[0]?.score.toFixed(3)}`,
      )
    }
    const peak = process.resourceUsage().maxRSS * 1024
    console.log(`memory: ${megabytes(before)} before, ${megabytes(peak)} at most`)
  } finally {
    await app.close()
  }
}

const HUNDRED = { limit: 100, per: 'region' } as const
const FIVE = 'dog, bicycle, necktie, wine bottle, laptop'

/** Prints how long learning takes where every other annotation was accepted, the others rejected. */
export async function measureTeaching(stored: StoredProject): Promise<void> {
  const database = new Database(stored.project)
  database.exec(`UPDATE annotation SET state = iif(id % 2, 'accepted', 'rejected')`)
  database.close()
  const app = openWithoutModel(stored.project, stored)
  try {
    for (const name of ['first', 'again']) {
      const startedMs = Date.now()
      const { answer, ms, cpuMs, gapMs } = await timed(() =>
        app.handlers['teach.apply']({ firstImageIds: [] }),
      )
      const { learnt } = answer.state
      console.log(
        `teaching, ${name}: ${learnt?.answers} answers in ${answer.rescored.images} images, ` +
          `learnt in ${(learnt?.atMs ?? 0) - startedMs} ms, with scoring all again ` +
          `${(ms / 1000).toFixed(1)} s (${(cpuMs / 1000).toFixed(1)} s of a core), ` +
          `longest gap ${gapMs.toFixed(0)} ms`,
      )
    }
  } finally {
    await app.close()
  }
}

async function timed<T>(
  work: () => T | Promise<T>,
): Promise<{ answer: T; ms: number; cpuMs: number; gapMs: number }> {
  const gaps = monitorEventLoopDelay({ resolution: 1 })
  gaps.enable()
  const cpu = process.cpuUsage()
  const startedAt = performance.now()
  const answer = await work()
  const ms = performance.now() - startedAt
  const { user, system } = process.cpuUsage(cpu)
  gaps.disable()
  return { answer, ms, cpuMs: (user + system) / 1000, gapMs: gaps.max / 1e6 }
}
