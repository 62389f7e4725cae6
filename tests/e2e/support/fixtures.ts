import { mkdir, mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test as base, type TestInfo } from '@playwright/test'
import { chooseElectron } from '../../../scripts/electron-runtime/choose.ts'
import { layAppFolder } from './app-folder.ts'
import {
  launchBrowser,
  launchElectron,
  type ElectronPlace,
  type ElectronShell,
  type Shell,
  type ShellOptions,
  type ShellPlace,
} from './launch.ts'
import { openDisplay } from './xvfb.ts'

export { expect } from '@playwright/test'

interface TestFixtures {
  /** A folder for the test's files: what the product is started in. Gone afterwards. */
  folder: string
  /** Starts the product, as often as a test wants; what still runs is ended after the test. */
  launch: (options?: ShellOptions) => Promise<Shell>
  /** The product, started without a project. */
  lexmask: Shell
  /** The same in Electron, for the specs in `tests/e2e/electron/`. */
  electron: ElectronShell
}

interface WorkerFixtures {
  /** From the project of playwright.config.ts: which shell the specs run in. */
  kind: Shell['kind']
  electronPlace: ElectronPlace | null
}

/** Specs take `test` from here. */
export const test = base.extend<TestFixtures, WorkerFixtures>({
  kind: ['browser', { option: true, scope: 'worker' }],

  electronPlace: [
    async ({ kind }, use) => {
      if (kind === 'browser') return use(null)
      const choice = chooseElectron()
      const app = await layAppFolder(choice)
      const display = await openDisplay()
      await use({ choice, appFolder: app.path, display: display?.name ?? null })
      await display?.stop()
      await app.remove()
    },
    { scope: 'worker' },
  ],

  // Playwright asks for the braces.
  // eslint-disable-next-line no-empty-pattern
  folder: async ({}, use) => {
    const folder = await mkdtemp(join(tmpdir(), 'lexmask-e2e-'))
    await use(folder)
    await rm(folder, { recursive: true, force: true })
  },

  launch: async ({ electronPlace, folder }, use, testInfo) => {
    const home = await mkdtemp(join(tmpdir(), 'lexmask-home-'))
    const place: ShellPlace = { folder, home }
    await mkdir(join(home, 'config'))
    await mkdir(join(home, 'data'))
    const shells: Shell[] = []
    await use(async (options = {}) => {
      const shell =
        electronPlace === null
          ? await launchBrowser(place, options)
          : await launchElectron(place, options, electronPlace)
      shells.push(shell)
      testInfo.annotations.push({ type: 'shell', description: describeShell(shell) })
      return shell
    })
    const failures = await endAll(shells)
    if (failures.length > 0 || testInfo.status !== testInfo.expectedStatus)
      await attachLogs(shells, testInfo)
    await rm(home, { recursive: true, force: true })
    if (failures.length > 0)
      throw new AggregateError(failures, `While the test ran:\n${failures.join('\n')}`)
  },

  lexmask: async ({ launch }, use) => use(await launch()),

  electron: async ({ lexmask }, use) => {
    if (lexmask.kind !== 'electron')
      throw new Error('The fixture "electron" is for specs in tests/e2e/electron/ only.')
    await use(lexmask)
  },
})

async function attachLogs(shells: readonly Shell[], testInfo: TestInfo): Promise<void> {
  for (const shell of shells)
    await testInfo.attach(`${shell.kind}.log`, { body: shell.log(), contentType: 'text/plain' })
}

/** Ends all of them, also when one does not end well. @returns what went wrong unseen */
async function endAll(shells: readonly Shell[]): Promise<unknown[]> {
  const ends = await Promise.allSettled(shells.map((shell) => shell.close()))
  const slow = ends
    .filter((end) => end.status === 'rejected')
    .map(({ reason }) => reason as unknown)
  return [
    ...slow,
    ...shells.flatMap(({ pageErrors }) => pageErrors),
    ...shells.flatMap(complaintsOf),
  ]
}

/** What the page wrote to the console as an error, such as what its policy refused. */
function complaintsOf({ console, expected }: Shell): Error[] {
  return console
    .filter((line) => !expected.some((pattern) => pattern.test(line)))
    .map((line) => new Error(`On the console: ${line}`))
}

function describeShell(shell: Shell): string {
  const browser = `Chromium ${shell.browserVersion}`
  return shell.kind === 'electron' ? `Electron ${shell.electronVersion} (${browser})` : browser
}
