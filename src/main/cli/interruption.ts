import { EXIT } from './exit-codes.ts'
import type { Shell } from './shell.ts'

export interface Interruption {
  /** Aborted by the first Ctrl-C. */
  readonly signal: AbortSignal
  /** From here on Ctrl-C ends the program as usual. */
  end(): void
}

/**
 * The first Ctrl-C lets what is in work end; the second ends at once.
 *
 * @param inWork what is waited for: `the images in work`
 */
export function interruptible({ terminal }: Shell, inWork: string): Interruption {
  const controller = new AbortController()
  const stop = (): void => {
    if (controller.signal.aborted) process.exit(EXIT.interrupted)
    terminal.say(`Stopping after ${inWork}.`)
    controller.abort()
  }
  process.on('SIGINT', stop)
  process.on('SIGTERM', stop)
  return {
    signal: controller.signal,
    end: () => {
      process.off('SIGINT', stop)
      process.off('SIGTERM', stop)
    },
  }
}
