import { utilityProcess } from 'electron'
import { causeIn, type LaunchWorker } from '#main/inference/worker-process.ts'
import type { WorkerMessage } from '#main/inference/protocol.ts'

/** Characters kept of a process's stderr, to say why it ended: the runtimes' traces are long. */
const STDERR_TAIL = 8000

/** A launcher that runs the worker's bundle in a utility process of Electron, under its sandboxed tree of processes. */
export function utilityLauncher(workerFile: string, serviceName: string): LaunchWorker {
  return () => {
    const child = utilityProcess.fork(workerFile, [], {
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
        child.on('message', (message: unknown) => listener(message as WorkerMessage)),
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
