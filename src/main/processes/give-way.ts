import { constants, setPriority } from 'node:os'
import type { Launch } from './launch-node.ts'

/**
 * A launcher whose processes leave the processor to others that want it: a model uses all of it, and
 * a person looks at the window meanwhile. Threads take this over from the process that starts them, so
 * it is set before the process has any.
 */
export function givingWay<Request, Message>(
  launch: Launch<Request, Message>,
): Launch<Request, Message> {
  return () => {
    const launched = launch()
    giveWay(launched.pid)
    return launched
  }
}

/** @param pid undefined for a process that never was */
export function giveWay(pid: number | undefined): void {
  if (pid === undefined) return
  try {
    setPriority(pid, constants.priority.PRIORITY_BELOW_NORMAL)
  } catch {
    // It has ended already, or the system does not let us: it runs like all others.
  }
}
