import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { setTimeout as sleep } from 'node:timers/promises'

/** On Linux alone a process's children and libraries can be looked at. */
export const CAN_FIND_INFERENCE = existsSync('/proc/self/maps')

const LOOK_EVERY_MS = 20

/** Every thread of a process has children of its own; Electron starts them from several. */
function childrenOf(pid: number): number[] {
  try {
    return readdirSync(`/proc/${pid}/task`).flatMap((thread) =>
      readFileSync(`/proc/${pid}/task/${thread}/children`, 'utf8')
        .split(' ')
        .filter((word) => word !== '')
        .map(Number),
    )
  } catch {
    return [] // it has ended since
  }
}

function descendantsOf(pid: number): number[] {
  return childrenOf(pid).flatMap((child) => [child, ...descendantsOf(child)])
}

/** The process that has the runtime of the models, in whichever shell it is. */
function hasModelRuntime(pid: number): boolean {
  try {
    return readFileSync(`/proc/${pid}/maps`, 'utf8').includes('onnxruntime')
  } catch {
    return false // it has ended since
  }
}

/**
 * Ends the product's inference process as a lack of memory would, once there is one.
 * @param until tells that none will come any more
 * @returns whether there was one
 */
export async function killInference(
  productPid: number,
  until: () => Promise<boolean>,
): Promise<boolean> {
  for (;;) {
    const pid = descendantsOf(productPid).find(hasModelRuntime)
    if (pid !== undefined) {
      process.kill(pid, 'SIGKILL')
      while (existsSync(`/proc/${pid}/maps`) && hasModelRuntime(pid)) await sleep(LOOK_EVERY_MS)
      return true
    }
    if (await until()) return false
    await sleep(LOOK_EVERY_MS)
  }
}
