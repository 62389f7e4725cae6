import { fork } from 'node:child_process'
import type { EventEmitter } from 'node:events'
import { stripVTControlCharacters } from 'node:util'

/** How a host sees a process of ours, whatever runs it: a forked Node or Electron's utility process. */
export interface LaunchedProcess<Request, Message> {
  readonly pid: number | undefined
  send(request: Request): void
  onMessage(listener: (message: Message) => void): void
  /** Once, with a sentence that says how it ended. */
  onExit(listener: (how: string) => void): void
  /** Resolves when it is gone, and with it the memory and the files that it held. Never throws. */
  kill(): Promise<void>
}

/** Starts one process; called again when it has ended. */
export type Launch<Request, Message> = () => LaunchedProcess<Request, Message>

/** Characters kept of a process's stderr, to say why it ended: the runtimes' traces are long. */
const STDERR_TAIL = 8000

/** A graphics driver can hold a killed process for good: nobody waits longer for its end. */
const END_LIMIT_MS = 5000

/** @param child a process that was told to end and has not yet emitted `exit` */
export async function gone(child: EventEmitter): Promise<void> {
  await new Promise<void>((resolve) => {
    const limit = setTimeout(resolve, END_LIMIT_MS)
    child.once('exit', () => {
      clearTimeout(limit)
      resolve()
    })
  })
}

/** The line of a process's last words that says why it ended; null when there is none. */
export function causeIn(stderr: string): string | null {
  const lines = stripVTControlCharacters(stderr)
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line !== '')
  // Node and V8 write a trace and a version after it.
  return lines.findLast((line) => /^(\w*Error\b|FATAL ERROR)/.test(line)) ?? lines.at(-1) ?? null
}

/** What a process wrote to stderr, to say why it ended. */
export class LastWords {
  #tail = ''

  constructor(stderr: NodeJS.ReadableStream | null) {
    stderr?.setEncoding('utf8').on('data', (text: string) => {
      this.#tail = (this.#tail + text).slice(-STDERR_TAIL)
    })
  }

  /** After a sign of life: what it survived is not what it ended of. */
  forget(): void {
    this.#tail = ''
  }

  /** @param how a signal or an exit code */
  after(how: string): string {
    const cause = causeIn(this.#tail)
    return cause === null ? how : `${how}: ${cause}`
  }
}

/**
 * Images of many sizes, freed on many threads: glibc's default number of arenas keeps several times
 * what is in use.
 */
export function childEnvironment(): NodeJS.ProcessEnv {
  return { ...process.env, MALLOC_ARENA_MAX: process.env.MALLOC_ARENA_MAX ?? '2' }
}

/** A launcher that forks a bundle with this process's own Node. */
export function nodeLauncher<Request extends object, Message>(
  file: string,
): Launch<Request, Message> {
  return () => {
    const child = fork(file, [], {
      // Structured clone: typed arrays cross as they are.
      serialization: 'advanced',
      stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
      execArgv: [],
      env: childEnvironment(),
    })
    const lastWords = new LastWords(child.stderr)
    child.on('message', () => lastWords.forget())
    // A send to a process that has just died, which its end reports, or a process that never was.
    child.on('error', () => undefined)
    return {
      pid: child.pid,
      send: (request) => {
        if (child.connected) child.send(request)
      },
      onMessage: (listener) => child.on('message', (message) => listener(message as Message)),
      onExit: (listener) => {
        if (child.pid === undefined) {
          child.once('error', ({ message }) => listener(message))
          return
        }
        // Not 'exit': by now its last words have been read.
        child.once('close', (code, signal) => {
          listener(lastWords.after(signal ?? `exit code ${code}`))
        })
      },
      kill: async () => {
        child.kill('SIGKILL')
        const hasEnded = child.exitCode !== null || child.signalCode !== null
        if (child.pid !== undefined && !hasEnded) await gone(child)
      },
    }
  }
}
