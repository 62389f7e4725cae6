/** What a process of ours has of the application that started it. */
export interface ParentChannel<Request, Message> {
  readonly send: (message: Message) => void
  readonly onRequest: (listener: (request: Request) => void) => void
}

/** Of Electron's utility process. */
interface ParentPort {
  postMessage(message: unknown): void
  on(event: 'message', listener: (event: { readonly data: unknown }) => void): void
}

/**
 * The channel to the application, in a forked Node as in Electron's utility process. The process ends
 * with the application: Electron sees to it itself.
 */
export function parentChannel<Request, Message>(): ParentChannel<Request, Message> {
  // Ctrl-C reaches the whole group of the terminal; the application decides when this process ends.
  process.on('SIGINT', () => undefined)
  const { parentPort } = process as unknown as { readonly parentPort?: ParentPort }
  if (parentPort) {
    return {
      send: (message) => parentPort.postMessage(message),
      onRequest: (listener) => parentPort.on('message', ({ data }) => listener(data as Request)),
    }
  }
  // The application is gone, perhaps killed: nobody is left to work for.
  process.on('disconnect', () => process.exit(0))
  return {
    send: (message) => process.send?.(message),
    onRequest: (listener) => process.on('message', (request) => listener(request as Request)),
  }
}
