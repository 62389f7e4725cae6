import { copyFileSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { setTimeout as sleep } from 'node:timers/promises'
import Database from 'better-sqlite3'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { migrate, migrations } from '#main/storage/migrations.ts'
import { openProject } from '#main/storage/open-project.ts'
import { hasShared, sharedPath } from '../support/coco-mini.ts'
import { annotationSet, cocoPhotos, CommandLine, type Running } from '../support/command-line.ts'
import { SeededRandom } from '../support/random.ts'
import { annotate, openStreet } from './storage-fixture.ts'

const ROUNDS = 8
const seed = Number(process.env.LEXMASK_TEST_SEED ?? Date.now() % 1_000_000)
const said = `, ${ROUNDS} times, with SIGKILL and SIGTERM in turn (LEXMASK_TEST_SEED=${seed})`

let cli: CommandLine
let random: SeededRandom
beforeEach(async () => {
  cli = await CommandLine.create()
  random = new SeededRandom(Math.imul(seed, 0x9e3779b1))
})
afterEach(() => cli.remove())

/** Ends it and what it started at a random moment of the time that its work takes. */
async function endSomewhere(running: Running, round: number, workMs: number): Promise<void> {
  await sleep(random.between(0, 1.1 * workMs))
  try {
    process.kill(-running.pid, round % 2 === 0 ? 'SIGKILL' : 'SIGTERM')
  } catch {
    // It was faster.
  }
  await running.ended
}

/** Waits until something lies in the folder that was not there, or the command has ended. */
async function firstTrace(running: Running, pattern: RegExp): Promise<void> {
  let isOver = false
  void running.ended.finally(() => (isOver = true))
  while (!isOver && !cli.list().some((name) => pattern.test(name))) await sleep(1)
}

/** SQLite's own look, which also takes in what a killed process left in the WAL. */
function expectSound(name: string): void {
  const database = new Database(cli.path(name))
  try {
    expect(database.pragma('integrity_check', { simple: true })).toBe('ok')
    expect(database.pragma('foreign_key_check')).toEqual([])
  } finally {
    database.close()
  }
}

async function timed(args: readonly string[], pattern: RegExp): Promise<number> {
  const running = cli.start(args)
  await firstTrace(running, pattern)
  const startedMs = performance.now()
  const ended = await running.ended
  expect(ended, ended.stderr).toMatchObject({ code: 0 })
  return performance.now() - startedMs
}

describe.skipIf(process.platform === 'win32')('ended in the middle', () => {
  it(`an export leaves the old file or the whole new one${said}`, async () => {
    const street = openStreet(cli.path('street.lexmask'), 100)
    for (const imageId of street.imageIds) annotate(street, imageId, { count: 200 })
    street.project.close()
    const order = ['export', '--project', 'street.lexmask', '--out', 'labels.json']
    const PART = /^\.lexmask-.*\.part$/
    const workMs = await timed(order, PART)
    const whole = readFileSync(cli.path('labels.json'))
    const old = Buffer.from('{"images": []}')
    const found = { old: 0, new: 0 }
    for (let round = 0; round < ROUNDS; round++) {
      writeFileSync(cli.path('labels.json'), old)
      for (const name of cli.list().filter((one) => PART.test(one))) rmSync(cli.path(name))
      const running = cli.start(order, {}, { ownGroup: true })
      await firstTrace(running, PART)
      await endSomewhere(running, round, workMs)
      const left = readFileSync(cli.path('labels.json'))
      expect([old, whole].some((one) => left.equals(one))).toBe(true)
      found[left.equals(old) ? 'old' : 'new']++
      expectSound('street.lexmask')
    }
    console.log(`an export of ${workMs.toFixed(0)} ms, cut off:`, found)
    await cli.expect(0, order)
    expect(readFileSync(cli.path('labels.json')).equals(whole)).toBe(true)
  })

  it(`the conversion of an older project loses nothing${said}`, async () => {
    const IMAGES = 60_000
    const first = new Database(cli.path('first.lexmask'))
    migrate(first, cli.path('first.lexmask'), migrations.slice(0, 1))
    first.exec(`
      WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < ${IMAGES})
      INSERT INTO image (path, name, bytes, modified_ms, status)
      SELECT 'folder/' || i || '.jpg', i || '.jpg', i, 1, 'new' FROM n`)
    first.close()
    const order = ['rescore', '--project', 'old.lexmask', '--threshold', '0.5']
    const BACKUP = /^old\.lexmask\.v1\.bak/
    const renew = (): void => {
      for (const name of cli.list().filter((one) => one.startsWith('old'))) rmSync(cli.path(name))
      copyFileSync(cli.path('first.lexmask'), cli.path('old.lexmask'))
    }
    renew()
    const workMs = await timed(order, BACKUP)
    const versions: number[] = []
    for (let round = 0; round < ROUNDS; round++) {
      renew()
      const running = cli.start(order, {}, { ownGroup: true })
      await firstTrace(running, BACKUP)
      await endSomewhere(running, round, workMs)
      expectSound('old.lexmask')
      const left = new Database(cli.path('old.lexmask'), { readonly: true })
      versions.push(left.pragma('user_version', { simple: true }) as number)
      left.close()
      const project = openProject(cli.path('old.lexmask'))
      expect(project.images.countByStatus().new).toBe(IMAGES)
      project.close()
      // What the file was is there, whole, unless it is that still.
      const backup = new Database(cli.path('old.lexmask.v1.bak'), { readonly: true })
      expect(backup.pragma('integrity_check', { simple: true })).toBe('ok')
      expect(backup.prepare('SELECT count(*) FROM image').pluck().get()).toBe(IMAGES)
      backup.close()
      expect(cli.list().filter((name) => /\.part$|\.lock$/.test(name))).toEqual([])
    }
    console.log(`a conversion of ${workMs.toFixed(0)} ms, cut off at the formats`, versions)
  })

  it(`the adding of photos goes on where it was${said}`, async () => {
    const PHOTOS = 3000
    mkdirSync(cli.path('photos'))
    for (let i = 0; i < PHOTOS; i++) writeFileSync(cli.path('photos', `${i}.jpg`), '')
    const added: number[] = []
    let workMs = 0
    for (let round = -1; round < ROUNDS; round++) {
      for (const name of cli.list().filter((one) => one.startsWith('site'))) rmSync(cli.path(name))
      openProject(cli.path('site.lexmask'), { create: true }).close()
      const server = cli.start(
        ['serve', '--project', 'site.lexmask'],
        { LEXMASK_CONFIG: cli.path('config') },
        { ownGroup: true },
      )
      const answered = addPhotos(await addressOf(server), cli.path('photos'))
      if (round < 0) {
        const startedMs = performance.now()
        expect(await answered).toMatchObject({ ok: true, data: { added: PHOTOS } })
        workMs = performance.now() - startedMs
        process.kill(-server.pid, 'SIGTERM')
        await server.ended
        continue
      }
      await endSomewhere(server, round, workMs)
      await answered
      expectSound('site.lexmask')
      const project = openProject(cli.path('site.lexmask'))
      added.push(project.images.countByStatus().new)
      project.close()
    }
    console.log(`an adding of ${workMs.toFixed(0)} ms, cut off at`, added)
    // Whole batches, however it ended.
    for (const count of added) expect(count % 500).toBe(0)
  })

  it.skipIf(!hasShared)(`scoring again goes on where it was${said} (needs ../shared)`, async () => {
    const order = ['rescore', '--project', 'labels.lexmask', '--threshold']
    await cli.expect(0, [
      ...['prelabel', '--images', ...cocoPhotos(12), '--vocabulary', 'person, car, chair, bus'],
      ...['--out', 'labels.json', '--models', sharedPath('models')],
    ])
    const scored = async (threshold: string): Promise<string[]> => {
      await cli.expect(0, [...order, threshold, '--out', 'labels.json'])
      return annotationSet(cli.readCoco('labels.json'))
    }
    const low = await scored('0.1')
    const high = await scored('0.7')
    expect(low.length).toBeGreaterThan(high.length)
    const startedMs = performance.now()
    expect(await scored('0.1')).toEqual(low)
    const workMs = performance.now() - startedMs
    for (let round = 0; round < ROUNDS; round++) {
      const running = cli.start([...order, round % 2 === 0 ? '0.7' : '0.1'], {}, { ownGroup: true })
      await endSomewhere(running, round, workMs)
      expectSound('labels.lexmask')
    }
    expect(await scored('0.7')).toEqual(high)
    expect(await scored('0.1')).toEqual(low)
  })
})

function addressOf({ process: server, ended }: Running): Promise<string> {
  return new Promise((resolve, reject) => {
    let stdout = ''
    server.stdout?.on('data', (text: string) => {
      stdout += text
      const url = /^Lexmask: (\S+)\n/.exec(stdout)?.[1]
      if (url !== undefined) resolve(url)
    })
    void ended.then(({ stderr }) => reject(new Error(`it ended:\n${stderr}`)))
  })
}

/** The reply, or null when the server went away. */
function addPhotos(url: string, folder: string): Promise<unknown> {
  const socket = new WebSocket(url.replace('http', 'ws').replace('/?', '/ws?'))
  return new Promise((resolve) => {
    socket.onclose = () => resolve(null)
    socket.onmessage = ({ data }) => {
      const message = JSON.parse(String(data)) as { id?: number; reply?: unknown }
      if (message.id !== 1) return
      resolve(message.reply)
      socket.close()
    }
    const input = { paths: [folder] }
    socket.onopen = () => socket.send(JSON.stringify({ id: 1, name: 'images.add', input }))
  })
}
