/** A program or library of the system that the end-to-end tests cannot do without. */
export interface Requirement {
  readonly kind: 'program' | 'library'
  /** An absolute path or a name on the PATH; or what `ldconfig -p` calls it. */
  readonly name: string
  /** Debian's packages that have it, the newer name first. */
  readonly packages: readonly string[]
}

const program = (name: string, ...packages: string[]): Requirement => ({
  kind: 'program',
  name,
  packages,
})
const library = (name: string, ...packages: string[]): Requirement => ({
  kind: 'library',
  name,
  packages,
})

export const REQUIREMENTS: readonly Requirement[] = [
  program('chromium', 'chromium'),
  program('Xvfb', 'xvfb'),
  library('libgtk-3.so.0', 'libgtk-3-0t64', 'libgtk-3-0'),
  library('libnss3.so', 'libnss3'),
  library('libasound.so.2', 'libasound2t64', 'libasound2'),
  library('libgbm.so.1', 'libgbm1'),
  library('libXss.so.1', 'libxss1'),
  library('libXtst.so.6', 'libxtst6'),
  library('libatk-bridge-2.0.so.0', 'libatk-bridge2.0-0t64', 'libatk-bridge2.0-0'),
  library('libdrm.so.2', 'libdrm2'),
  library('libxkbcommon.so.0', 'libxkbcommon0'),
]

/** Names of the libraries that `ldconfig -p` lists. */
export function parseLdconfig(output: string): Set<string> {
  return new Set([...output.matchAll(/^\s+(\S+) \(.*\) => /gm)].map(([, name]) => name))
}

/** Packages that apt could install, of what `apt-cache policy` says about some. */
export function parseInstallable(output: string): Set<string> {
  const blocks = output.matchAll(/^(\S+):\n(?: .*\n?)*?\s+Candidate: (.+)$/gm)
  return new Set(
    [...blocks].filter(([, , version]) => version !== '(none)').map(([, name]) => name),
  )
}

/** One package for each requirement: the first that is there, or undefined in its place. */
export function choosePackages(
  requirements: readonly Requirement[],
  installable: ReadonlySet<string>,
): (string | undefined)[] {
  return requirements.map(({ packages }) => packages.find((name) => installable.has(name)))
}

/** What to tell someone whose system nobody here may change. */
export function missingSentence(missing: readonly Requirement[], isDebian: boolean): string {
  const names = missing.map(({ name }) => name).join(', ')
  const packages = missing.map(({ packages }) => packages.at(-1)).join(' ')
  return isDebian
    ? `The end-to-end tests need ${names}. Install as root: ` +
        `apt-get install --no-install-recommends ${packages}`
    : `The end-to-end tests need ${names}. Install what has them here; ` +
        `on Debian that is: ${packages}`
}
