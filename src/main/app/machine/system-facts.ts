import { existsSync, readFileSync } from 'node:fs'
import { readFile, statfs } from 'node:fs/promises'
import { arch, cpus, freemem, platform, release, totalmem, type, version } from 'node:os'
import { dirname } from 'node:path'
import type { GraphicsFacts, SandboxFacts, SystemFacts } from '#shared/contract/machine.ts'

/** @param lexmask version of the product */
export function systemFacts(lexmask: string): SystemFacts {
  const processors = cpus()
  const { node, electron = null } = process.versions as { node: string; electron?: string }
  return {
    platform: platform(),
    name: systemName(),
    architecture: arch(),
    processor: processors.at(0)?.model.trim() ?? 'unknown processor',
    cores: processors.length,
    memoryBytes: totalmem(),
    freeMemoryBytes: freemem(),
    ...{ lexmask, node, electron },
    locale: Intl.DateTimeFormat().resolvedOptions().locale,
  }
}

/** A Linux names itself in a file; the others do when they are asked. */
function systemName(): string {
  if (platform() !== 'linux') return `${version()} (${release()})`
  try {
    const told = /^PRETTY_NAME="?([^"\n]+)/m.exec(readFileSync('/etc/os-release', 'utf8'))?.[1]
    return `${told ?? type()} (${release()})`
  } catch {
    return `${type()} (${release()})`
  }
}

/** Names a machine by what decides how fast models run on it. */
export function machineName({ adapters }: GraphicsFacts): string {
  const { processor, cores, platform: system, architecture } = systemFacts('')
  const graphics = adapters.map(({ name, driver }) =>
    driver === null ? name : `${name} (${driver})`,
  )
  return [`${system} ${architecture}`, `${processor}, ${cores} cores`, ...graphics].join('; ')
}

/**
 * Room on the disk of a folder that may not be there yet.
 *
 * @returns null when the system does not tell
 */
export async function freeBytesAt(folder: string): Promise<number | null> {
  let place = folder
  while (!existsSync(place) && dirname(place) !== place) place = dirname(place)
  return statfs(place).then(
    ({ bavail, bsize }) => bavail * bsize,
    () => null,
  )
}

/**
 * Whether Electron can lock its window in. On Linux it needs the namespaces of users that have no rights,
 * which some systems switch off, and it never works for root.
 */
export async function sandboxFacts(
  system: NodeJS.Platform,
  {
    userId = process.getuid?.(),
    readNumber = numberIn,
  }: {
    readonly userId?: number | undefined
    readonly readNumber?: (file: string) => Promise<number | null>
  } = {},
): Promise<SandboxFacts> {
  if (system !== 'linux') return { isAvailable: true, why: 'system' }
  if (userId === 0) return { isAvailable: false, why: 'root' }
  const [cloning, most, restricted] = await Promise.all([
    readNumber('/proc/sys/kernel/unprivileged_userns_clone'),
    readNumber('/proc/sys/user/max_user_namespaces'),
    readNumber('/proc/sys/kernel/apparmor_restrict_unprivileged_userns'),
  ])
  if (cloning === 0 || most === 0) return { isAvailable: false, why: 'namespaces-off' }
  if (restricted === 1) return { isAvailable: false, why: 'apparmor' }
  return { isAvailable: true, why: 'system' }
}

async function numberIn(file: string): Promise<number | null> {
  return readFile(file, 'utf8').then(Number, () => null)
}
