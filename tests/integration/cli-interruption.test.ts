import { cpSync, existsSync, mkdirSync, writeFileSync } from 'node:fs'
import { setTimeout as sleep } from 'node:timers/promises'
import Database from 'better-sqlite3'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { FolderOutcome } from '#main/app/prelabel-folder.ts'
import { hasShared, readCocoMini } from '../support/coco-mini.ts'
import {
  annotationSet,
  childrenOf,
  CommandLine,
  cocoPhotos,
  eventually,
  isAlive,
  type Ended,
  type Running,
} from '../support/command-line.ts'

const FEW = 5
const isLinux = process.platform === 'linux'

describe.skipIf(!hasShared || !isLinux)('a run of 12 photos (needs ../shared, Linux)', () => {
  let cli: CommandLine
  /** What undisturbed runs find. */
  let calm: string[]
  let calmOfFew: string[]

  beforeAll(async () => {
    cli = await CommandLine.create()
    const names = readCocoMini().categories.map(({ name }) => `${name}\n`)
    writeFileSync(cli.path('80.txt'), names.join(''))
    await cli.expect(0, prelabel('calm'))
    calm = setOf('calm')
    expect(calm.length).toBeGreaterThan(100)
    await cli.expect(0, prelabelFew('calm-few'))
    calmOfFew = setOf('calm-few')
  })
  afterAll(() => cli.remove())

  const prelabel = (name: string, ...options: string[]): string[] => [
    ...['prelabel', '--images', ...cocoPhotos(12), '--vocabulary', '80.txt'],
    ...['--out', `${name}.json`, ...options],
  ]
  /** Enough to be stopped in the middle, where only that counts. */
  const prelabelFew = (name: string, ...options: string[]): string[] => [
    ...['prelabel', '--images', ...cocoPhotos(FEW), '--vocabulary', '80.txt'],
    ...['--out', `${name}.json`, ...options],
  ]
  const setOf = (name: string): string[] => annotationSet(cli.readCoco(`${name}.json`))

  async function inferenceProcessOf({ pid }: Running): Promise<number> {
    let worker: number | undefined
    await eventually(() => (worker = childrenOf(pid).at(0)) !== undefined, 'an inference process')
    return worker ?? 0
  }

  /** Ends the command without a word, as the system does when memory runs out. */
  async function killCommand(running: Running): Promise<void> {
    const worker = childrenOf(running.pid).at(0)
    running.process.kill('SIGKILL')
    expect(await running.ended).toMatchObject({ code: null })
    if (worker === undefined) return
    await eventually(() => !isAlive(worker), `the inference process ${worker} ends by itself`)
  }

  /** SQLite's own look at the project, in a copy, so that the next command finds it as it was left. */
  function integrityOf(name: string): unknown {
    const copies = cli.path('copies')
    mkdirSync(copies, { recursive: true })
    for (const ending of ['', '-wal']) {
      const file = cli.path(`${name}.lexmask${ending}`)
      if (existsSync(file)) cpSync(file, `${copies}/${name}.lexmask${ending}`)
    }
    const database = new Database(`${copies}/${name}.lexmask`)
    try {
      return database.pragma('integrity_check', { simple: true })
    } finally {
      database.close()
    }
  }

  const labelledBy = ({ stdout }: Ended): number => (JSON.parse(stdout) as FolderOutcome).labelled

  it('ends complete when the inference process is killed in the middle', async () => {
    const running = cli.start(prelabel('worker', '--json'))
    await running.said(/1 of 12 images/)
    const worker = await inferenceProcessOf(running)
    process.kill(worker, 'SIGKILL')
    await eventually(() => !isAlive(worker), 'it is gone')
    const next = await inferenceProcessOf(running)
    expect(next).not.toBe(worker)

    const ended = await running.ended
    expect(ended, ended.stderr).toMatchObject({ code: 0 })
    expect(labelledBy(ended)).toBe(12)
    expect(setOf('worker')).toEqual(calm)
    expect(integrityOf('worker')).toBe('ok')
    expect(isAlive(next)).toBe(false)
  })

  it('gives up on an inference process that always dies, and goes on when asked again', async () => {
    const running = cli.start(prelabelFew('hopeless'))
    await running.said(/1 of 5 images/)
    let isOver = false
    const kill = async (): Promise<void> => {
      while (!isOver) {
        for (const child of childrenOf(running.pid)) process.kill(child, 'SIGKILL')
        await sleep(2)
      }
    }
    const killing = kill()
    const { code, stderr } = await running.ended
    isOver = true
    await killing
    expect(code).toBe(1)
    expect(stderr).toMatch(/^error: The inference process ended .*SIGKILL/m)
    expect(cli.exists('hopeless.json')).toBe(false)

    const again = await cli.expect(0, prelabelFew('hopeless', '--json'))
    expect(labelledBy(again)).toBeLessThan(FEW)
    expect(setOf('hopeless')).toEqual(calmOfFew)
  })

  it('goes on where the killed command was, and ends as if nothing had been', async () => {
    const order = prelabel('killed', '--json')
    const moments = [/12 images to label/, /1 of 12 images/, /\d+ of 12 images/, /\d+ of 12 images/]
    for (const [i, moment] of moments.entries()) {
      const running = cli.start(order)
      await running.said(moment)
      if (i === 2) await sleep(100)
      await killCommand(running)
      expect(integrityOf('killed')).toBe('ok')
      expect(cli.exists('killed.json')).toBe(false)
    }
    const ended = await cli.expect(0, order)
    expect(ended.stderr).toContain('Going on with a run that was cut off.')
    console.log(`killed ${moments.length} times; ${labelledBy(ended)} of 12 were left`)
    expect(labelledBy(ended)).toBeGreaterThan(0)
    expect(labelledBy(ended)).toBeLessThan(12)
    expect(setOf('killed')).toEqual(calm)
    expect(integrityOf('killed')).toBe('ok')
    const leftOver = cli.list().filter((name) => name.startsWith('killed') || name.startsWith('.'))
    expect(leftOver).toEqual(['killed.json', 'killed.lexmask'])
  })

  it('scores what a killed command left unscored when the words had changed', async () => {
    await cli.expect(0, prelabelFew('words'))
    const others = (name: string): string[] => [
      ...['prelabel', '--images', ...cocoPhotos(FEW + 1), '--vocabulary', 'others.txt'],
      ...['--out', `${name}.json`],
    ]
    writeFileSync(cli.path('others.txt'), 'human: person\nseat: chair, couch\n')
    const running = cli.start(others('words'))
    // The words are in the project, and the models are being loaded for the last photo.
    await inferenceProcessOf(running)
    await killCommand(running)
    await cli.expect(0, others('words'))
    await cli.expect(0, others('fresh'))
    expect(setOf('words').length).toBeGreaterThan(3)
    expect(setOf('words')).toEqual(setOf('fresh'))
  })

  it('goes on with thresholds that were given after it was killed', async () => {
    const running = cli.start(prelabelFew('threshold', '--threshold', '0.9'))
    await running.said(/1 of 5 images/)
    await killCommand(running)
    const { stderr } = await cli.expect(0, prelabelFew('threshold'))
    expect(stderr).toContain('Going on with a run that was cut off.')
    expect(setOf('threshold')).toEqual(calmOfFew)
  })

  it('gives up a killed run with other regions, and says so', async () => {
    const running = cli.start(prelabelFew('regions', '--set', 'proposals=20'))
    await running.said(/1 of 5 images/)
    await killCommand(running)
    const ended = await cli.expect(0, prelabelFew('regions', '--json'))
    expect(ended.stderr).toContain('A run with other parameters was cut off; it is given up.')
    expect(labelledBy(ended)).toBe(FEW)
    expect(setOf('regions')).toEqual(calmOfFew)
  })

  it('goes on with a killed --again, and does not begin it anew', async () => {
    await cli.expect(0, prelabelFew('again'))
    const running = cli.start(prelabelFew('again', '--again'))
    await running.said(/1 of 5 images/)
    await killCommand(running)
    const ended = await cli.expect(0, prelabelFew('again', '--again', '--json'))
    expect(ended.stderr).toContain('Going on with a run that was cut off.')
    expect(labelledBy(ended)).toBeLessThan(FEW)
    expect(setOf('again')).toEqual(calmOfFew)
  })

  it.each([
    ['SIGINT to all of its group, as a terminal sends it', 'SIGINT', true],
    ['SIGTERM to the command alone', 'SIGTERM', false],
  ] as const)('stops between two photos on %s', async (_how, signal, ownGroup) => {
    const name = `stopped-${signal}`
    const running = cli.start(prelabelFew(name), {}, { ownGroup })
    await running.said(/1 of 5 images/)
    const worker = await inferenceProcessOf(running)
    process.kill(ownGroup ? -running.pid : running.pid, signal)
    const { code, stderr, stdout } = await running.ended
    expect(code).toBe(130)
    expect(stderr).toContain('Stopping after the images in work.\n')
    expect(stderr).toMatch(/^Stopped; \d+ images? left\. The same command goes on from here\.$/m)
    expect(stdout).toBe('')
    expect(cli.exists(`${name}.json`)).toBe(false)
    expect(isAlive(worker)).toBe(false)

    const left = Number(/Stopped; (\d+)/.exec(stderr)?.[1])
    const ended = await cli.expect(0, prelabelFew(name, '--json'))
    expect(ended.stderr).toContain('Going on with a run that was cut off.')
    expect(labelledBy(ended)).toBe(left)
    expect(setOf(name)).toEqual(calmOfFew)
  })

  it('ends at once on a second Ctrl-C, and loses nothing', async () => {
    const running = cli.start(prelabelFew('twice'))
    await running.said(/5 images to label/)
    running.process.kill('SIGINT')
    await running.said(/Stopping/)
    running.process.kill('SIGINT')
    expect(await running.ended).toMatchObject({ code: 130 })
    await cli.expect(0, prelabelFew('twice'))
    expect(setOf('twice')).toEqual(calmOfFew)
  })
})
