import { spawn, type ChildProcess } from 'node:child_process'
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import type { CocoDataset } from '#main/formats/coco-types.ts'
import { sharedPath } from './coco-mini.ts'

const LAUNCHER = fileURLToPath(new URL('../../bin/lexmask.js', import.meta.url))

/** What a command left behind when it ended. */
export interface Ended {
  /** null when a signal ended it. */
  readonly code: number | null
  readonly stdout: string
  readonly stderr: string
  /** From the start of its process to the end of it. */
  readonly ms: number
}

/** A command that runs: the test may watch it, and end it. */
export interface Running {
  readonly process: ChildProcess
  readonly pid: number
  readonly ended: Promise<Ended>
  /** Resolves once stderr has a match. @throws Error when the command ends before */
  said(pattern: RegExp): Promise<void>
}

/** The product's command line in a folder of its own, as a shell would start it. */
export class CommandLine {
  readonly folder: string

  private constructor(folder: string) {
    this.folder = folder
  }

  static async create(): Promise<CommandLine> {
    const cli = new CommandLine(await mkdtemp(join(tmpdir(), 'lexmask-cli-')))
    // A checkout builds at the first start, and says so among what a test looks at.
    await cli.expect(0, ['--version'])
    return cli
  }

  async remove(): Promise<void> {
    await rm(this.folder, { recursive: true, force: true })
  }

  path(...parts: string[]): string {
    return join(this.folder, ...parts)
  }

  /**
   * Relative paths among the arguments are of the folder. Nobody's own models are looked for. With
   * `ownGroup`, a signal to its group reaches it and what it started, as Ctrl-C on a terminal does.
   */
  start(
    args: readonly string[],
    environment: Readonly<Record<string, string>> = {},
    { ownGroup = false } = {},
  ): Running {
    const startedAt = performance.now()
    const child = spawn(process.execPath, [LAUNCHER, ...args], {
      cwd: this.folder,
      detached: ownGroup,
      env: {
        ...process.env,
        XDG_DATA_HOME: join(this.folder, 'nobody'),
        LEXMASK_MODELS: sharedPath('models'),
        ...environment,
      },
      stdio: ['ignore', 'pipe', 'pipe'],
    })
    let stdout = ''
    let stderr = ''
    child.stdout.setEncoding('utf8').on('data', (text: string) => (stdout += text))
    child.stderr.setEncoding('utf8').on('data', (text: string) => (stderr += text))
    const ended = new Promise<Ended>((resolve, reject) => {
      child.once('error', reject)
      child.once('close', (code) =>
        resolve({ code, stdout, stderr, ms: performance.now() - startedAt }),
      )
    })
    return {
      process: child,
      pid: child.pid ?? 0,
      ended,
      said: async (pattern) => {
        let isOver = false
        void ended.finally(() => (isOver = true))
        while (!pattern.test(stderr)) {
          if (isOver) throw new Error(`it ended and never said ${pattern.source}:\n${stderr}`)
          await sleep(5)
        }
      },
    }
  }

  run(args: readonly string[], environment?: Readonly<Record<string, string>>): Promise<Ended> {
    return this.start(args, environment).ended
  }

  /** @throws Error with all that it said, unless it ended with this code */
  async expect(code: number, args: readonly string[]): Promise<Ended> {
    const ended = await this.run(args)
    if (ended.code === code) return ended
    throw new Error(`lexmask ${args.join(' ')}\nended with ${ended.code}:\n${ended.stderr}`)
  }

  readCoco(name: string): CocoDataset {
    return JSON.parse(readFileSync(this.path(name), 'utf8')) as CocoDataset
  }

  exists(name: string): boolean {
    return existsSync(this.path(name))
  }

  /** Names in the folder, sorted. */
  list(): string[] {
    return readdirSync(this.folder).sort()
  }
}

/** All photos of coco-mini, or the first few. */
export function cocoPhotos(count?: number): string[] {
  const folder = sharedPath('data', 'coco-mini', 'images')
  return readdirSync(folder)
    .sort()
    .slice(0, count)
    .map((name) => join(folder, name))
}

export const cocoFolder = sharedPath('data', 'coco-mini', 'images')
export const cocoTruth = sharedPath('data', 'coco-mini', 'instances.json')

/**
 * The annotations of a file as a set: photo, class, shape, score and origin, without the ids of
 * annotations and runs, which only say in what order things came about.
 */
export function annotationSet(dataset: CocoDataset): string[] {
  const images = new Map(dataset.images.map(({ id, file_name }) => [id, file_name]))
  const classes = new Map(dataset.categories.map(({ id, name }) => [id, name]))
  return dataset.annotations
    .map(({ image_id, category_id, segmentation, area, bbox, iscrowd, score, lexmask }) =>
      JSON.stringify({
        image: images.get(image_id),
        class: classes.get(category_id),
        ...{ segmentation, area, bbox, iscrowd, score },
        // JSON has no undefined.
        lexmask: { ...lexmask, runId: undefined },
      }),
    )
    .sort()
}

/** Processes that a process has started and that run, by id; on Linux. */
export function childrenOf(pid: number): number[] {
  const path = `/proc/${pid}/task/${pid}/children`
  if (!existsSync(path)) return []
  return readFileSync(path, 'utf8').split(/\s+/).filter(Boolean).map(Number).filter(isAlive)
}

/** Whether a process runs; one that only waits to be asked for its exit code does not. */
export function isAlive(pid: number): boolean {
  try {
    return !/^State:\s+[ZX]/m.test(readFileSync(`/proc/${pid}/status`, 'utf8'))
  } catch {
    return false
  }
}

/** @throws Error when it does not become true in time */
export async function eventually(
  isTrue: () => boolean,
  what: string,
  limitMs = 60_000,
): Promise<void> {
  const end = performance.now() + limitMs
  while (!isTrue()) {
    if (performance.now() > end) throw new Error(`not within ${limitMs} ms: ${what}`)
    await sleep(10)
  }
}
