import { failureOfError } from '#shared/contract/errors.ts'
import { EXIT } from './exit-codes.ts'
import type { Shell } from './shell.ts'

export interface Interruption {
  /** Aborted by the first Ctrl-C. */
  readonly signal: AbortSignal
  /** From here on Ctrl-C ends the program as usual. */
  readonly end: () => void
}

/**
 * The first Ctrl-C lets what is in work end; the second ends at once.
 *
 * @param inWork what is waited for: `the images in work`
 */
export function interruptible({ terminal }: Shell, inWork: string): Interruption {
  return listen(() => terminal.say(`Stopping after ${inWork}.`))
}

/**
 * Work that the first Ctrl-C cancels; it ends with CANCELLED, and the program as interrupted. The second
 * ends at once.
 *
 * @param left a sentence about what is left of it
 * @returns null when it was cancelled
 */
export async function cancellable<Result>(
  { terminal }: Shell,
  left: string,
  work: (signal: AbortSignal) => Promise<Result>,
): Promise<Result | null> {
  const { signal, end } = listen(() => undefined)
  try {
    return await work(signal)
  } catch (error) {
    // What failed of itself is told, also when somebody was about to cancel it.
    if (!signal.aborted || failureOfError(error).code !== 'CANCELLED') throw error
    terminal.say(`Interrupted. ${left}`)
    process.exitCode = EXIT.interrupted
    return null
  } finally {
    end()
  }
}

function listen(first: () => void): Interruption {
  const controller = new AbortController()
  const stop = (): void => {
    if (controller.signal.aborted) process.exit(EXIT.interrupted)
    first()
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
