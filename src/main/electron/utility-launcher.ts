import { utilityProcess } from 'electron'
import { giveWay } from '#main/processes/give-way.ts'
import { childEnvironment, gone, LastWords, type Launch } from '#main/processes/launch-node.ts'

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
      env: childEnvironment(),
    })
    // It has no pid before.
    if (isGivingWay) child.once('spawn', () => giveWay(child.pid))
    const lastWords = new LastWords(child.stderr)
    child.on('message', () => lastWords.forget())
    return {
      get pid() {
        return child.pid
      },
      send: (request) => child.postMessage(request),
      onMessage: (listener) =>
        child.on('message', (message: unknown) => listener(message as Message)),
      onExit: (listener) => {
        child.once('exit', (code) => listener(lastWords.after(`exit code ${code}`)))
      },
      kill: async () => {
        // It is false for a process that has ended, or never began.
        if (child.kill()) await gone(child)
      },
    }
  }
}
