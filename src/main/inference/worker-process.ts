import { fork } from 'node:child_process'
import type { WorkerMessage, WorkerRequest } from './protocol.ts'

/** How the host sees an inference process, whatever runs it: a forked Node or Electron's utility process. */
export interface WorkerProcess {
  readonly pid: number | undefined
  send(request: WorkerRequest): void
  onMessage(listener: (message: WorkerMessage) => void): void
  /** Once, with a sentence that says how it ended. */
  onExit(listener: (how: string) => void): void
  kill(): void
}

export type LaunchWorker = () => WorkerProcess

/** What is kept of a process's stderr, to say why it ended. */
const STDERR_TAIL = 2000

/** A launcher that forks the worker's bundle with this process's own Node. */
export function forkLauncher(workerFile: string): LaunchWorker {
  return () => {
    const child = fork(workerFile, [], {
      // Structured clone: typed arrays cross as they are.
      serialization: 'advanced',
      stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
      execArgv: [],
    })
    let tail = ''
    child.stderr?.setEncoding('utf8').on('data', (text: string) => {
      tail = (tail + text).slice(-STDERR_TAIL)
    })
    // A send to a process that has just died is reported by 'exit'.
    child.on('error', () => undefined)
    return {
      pid: child.pid,
      send: (request) => {
        if (child.connected) child.send(request)
      },
      onMessage: (listener) => child.on('message', (message) => listener(message as WorkerMessage)),
      onExit: (listener) =>
        child.once('exit', (code, signal) => {
          const why = tail.trim().split('\n').at(-1)
          listener(`${signal ?? `exit code ${code}`}${why ? `: ${why}` : ''}`)
        }),
      kill: () => child.kill('SIGKILL'),
    }
  }
}
