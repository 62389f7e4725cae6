import { utilityProcess } from 'electron'
import { causeIn } from '#main/inference/worker-process.ts'

/** Characters kept of a process's stderr, to say why it ended: the runtimes' traces are long. */
const STDERR_TAIL = 8000

/** A process of ours as its host sees it. */
export interface UtilityProcess<Request, Message> {
  readonly pid: number | undefined
  send(request: Request): void
  onMessage(listener: (message: Message) => void): void
  /** Once, with a sentence that says how it ended. */
  onExit(listener: (how: string) => void): void
  kill(): void
}

/**
 * A launcher that runs a bundle in a utility process of Electron: it ends with the application, and a
 * package needs no Node beside it.
 *
 * @param serviceName what the system's list of processes calls it
 */
export function utilityLauncher<Request, Message>(
  file: string,
  serviceName: string,
): () => UtilityProcess<Request, Message> {
  return () => {
    const child = utilityProcess.fork(file, [], {
      serviceName,
      stdio: ['ignore', 'ignore', 'pipe'],
      // As `forkLauncher`: glibc's default number of arenas keeps several times what is in use.
      env: { ...process.env, MALLOC_ARENA_MAX: process.env.MALLOC_ARENA_MAX ?? '2' },
    })
    let tail = ''
    child.stderr?.on('data', (text: Buffer) => {
      tail = (tail + text.toString('utf8')).slice(-STDERR_TAIL)
    })
    // What it survived is not what it ended of.
    child.on('message', () => (tail = ''))
    return {
      get pid() {
        return child.pid
      },
      send: (request) => child.postMessage(request),
      onMessage: (listener) =>
        child.on('message', (message: unknown) => listener(message as Message)),
      onExit: (listener) => {
        child.once('exit', (code) => {
          const cause = causeIn(tail)
          listener(`exit code ${code}${cause === null ? '' : `: ${cause}`}`)
        })
      },
      kill: () => child.kill(),
    }
  }
}
