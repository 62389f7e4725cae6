import { readFileSync } from 'node:fs'

/**
 * The most memory that this process had resident, in bytes. Linux counts it for each program that a
 * process becomes; the number that Node gives would there also hold what a larger parent had when it
 * forked this process.
 */
export function peakResidentBytes(): number {
  const linux = process.platform === 'linux' ? linuxPeak() : null
  // In kilobytes on every system that Node supports.
  return linux ?? process.resourceUsage().maxRSS * 1024
}

function linuxPeak(): number | null {
  try {
    const [, kilobytes] =
      /^VmHWM:\s+(\d+) kB$/m.exec(readFileSync('/proc/self/status', 'utf8')) ?? []
    return kilobytes === undefined ? null : Number(kilobytes) * 1024
  } catch {
    return null
  }
}
