import { execFileSync, spawnSync } from 'node:child_process'
import { accessSync, constants, existsSync } from 'node:fs'
import { delimiter, join } from 'node:path'
import {
  choosePackages,
  parseInstallable,
  parseLdconfig,
  type Requirement,
} from './requirements.ts'

/** Debian keeps some programs where an ordinary user's PATH does not lead. */
const SYSTEM_FOLDERS = ['/usr/bin', '/usr/sbin', '/sbin']

/** The path of a program, or null. */
export function findProgram(name: string): string | null {
  const folders = [...(process.env.PATH ?? '').split(delimiter), ...SYSTEM_FOLDERS]
  const isExecutable = (path: string): boolean => {
    try {
      accessSync(path, constants.X_OK)
      return true
    } catch {
      return false
    }
  }
  return folders.map((folder) => join(folder, name)).find(isExecutable) ?? null
}

/** Which of them are not there, by looking for the things themselves and not for packages. */
export function findMissing(requirements: readonly Requirement[]): Requirement[] {
  const ldconfig = findProgram('ldconfig')
  const output = ldconfig === null ? '' : execFileSync(ldconfig, ['-p'], { encoding: 'utf8' })
  const libraries = parseLdconfig(output)
  return requirements.filter(({ kind, name }) =>
    kind === 'program' ? findProgram(name) === null : !libraries.has(name),
  )
}

export const isDebian = (): boolean =>
  existsSync('/etc/debian_version') && findProgram('apt-get') !== null

function aptGet(...words: string[]): boolean {
  // Another apt may be at work, in the background.
  const { status } = spawnSync('apt-get', ['-q', '-o', 'DPkg::Lock::Timeout=300', ...words], {
    stdio: ['ignore', 'inherit', 'inherit'],
    env: { ...process.env, DEBIAN_FRONTEND: 'noninteractive' },
  })
  return status === 0
}

function packagesFor(missing: readonly Requirement[]): (string | undefined)[] {
  const names = missing.flatMap(({ packages }) => packages)
  const output = execFileSync('apt-cache', ['policy', ...names], {
    encoding: 'utf8',
    env: { ...process.env, LC_ALL: 'C' },
  })
  return choosePackages(missing, parseInstallable(output))
}

/**
 * Installs Debian's packages for what is missing, as root. Lists of packages that are not there yet,
 * or too old, are fetched and the installation tried once more.
 * @throws Error naming what could not be installed
 */
export function installPackages(missing: readonly Requirement[]): void {
  let packages = packagesFor(missing)
  if (!packages.includes(undefined) && install(packages)) return
  aptGet('update')
  packages = packagesFor(missing)
  const unknown = missing.filter((_, at) => packages[at] === undefined)
  if (unknown.length > 0) {
    const names = unknown.map(({ name, packages }) => `${name} (${packages.join(' or ')})`)
    throw new Error(
      `apt knows no package for ${names.join(', ')}. Look at what apt-get update said above, ` +
        "and at apt's sources.",
    )
  }
  if (install(packages)) return
  throw new Error(
    `apt-get could not install ${packages.join(' ')}. Mend what it says above and start again.`,
  )
}

function install(packages: readonly (string | undefined)[]): boolean {
  const names = packages.filter((name) => name !== undefined)
  return aptGet('install', '--yes', '--no-install-recommends', ...new Set(names))
}
