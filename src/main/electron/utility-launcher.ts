import { utilityProcess } from 'electron'
import { giveWay } from '#main/processes/give-way.ts'
import { causeIn, type Launch } from '#main/processes/launch-node.ts'

/** Characters kept of a process's stderr, to say why it ended: the runtimes' traces are long. */
const STDERR_TAIL = 8000

/**
 * A launcher that runs a bundle in a utility process of Electron: it ends with the application, and a
 * package needs no Node beside it.
 *
 * @param serviceName what the system's list of processes calls it
 * @param isGivingWay as `givingWay`
 */
export function utilityLauncher<Request extends object, Message>(
  file: string,
  serviceName: string,
  { isGivingWay = false } = {},
): Launch<Request, Message> {
  return () => {
    const child = utilityProcess.fork(file, [], {
      serviceName,
      stdio: ['ignore', 'ignore', 'pipe'],
      // As `nodeLauncher`: glibc's default number of arenas keeps several times what is in use.
      env: { ...process.env, MALLOC_ARENA_MAX: process.env.MALLOC_ARENA_MAX ?? '2' },
    })
    // It has no pid before.
    if (isGivingWay) child.once('spawn', () => giveWay(child.pid))
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
