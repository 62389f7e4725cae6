import { execFileSync } from 'node:child_process'
import { mkdirSync } from 'node:fs'

/**
 * Makes a disk of its own of a folder that is not there yet.
 *
 * @param size as mount takes it: `1m`
 * @returns what takes it away again; null where nobody may make one
 */
export function smallDisk(place: string, size: string): (() => void) | null {
  mkdirSync(place)
  try {
    execFileSync('mount', ['-t', 'tmpfs', '-o', `size=${size}`, 'none', place], { stdio: 'ignore' })
    return () => void execFileSync('umount', [place])
  } catch {
    return null
  }
}
