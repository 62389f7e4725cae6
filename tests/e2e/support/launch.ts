import { spawn, type ChildProcess } from 'node:child_process'
import { join } from 'node:path'
import {
  _electron,
  chromium,
  type BrowserContext,
  type ElectronApplication,
  type Page,
} from '@playwright/test'
import type { ElectronChoice } from '../../../scripts/electron-runtime/choose.ts'
import { findProgram } from '../../../scripts/e2e/system.ts'
import { sharedPath } from '../../support/coco-mini.ts'
import { productFolder } from './app-folder.ts'
import { askMain, stubDialogs, type Dialogs } from './dialogs.ts'
import { readServedUrl } from './served-url.ts'

/** What a shell is started with. */
export interface ShellOptions {
  /** The project's file; without it the product starts as it does for a new user. */
  readonly project?: string
  readonly environment?: Readonly<Record<string, string>>
}

/** Where a shell runs: given by the fixtures. */
export interface ShellPlace {
  /** Current folder of the product. */
  readonly folder: string
  /** The user's settings and data, empty at first. */
  readonly home: string
}

/** The Electron to run, and what it needs around it. */
export interface ElectronPlace {
  readonly choice: ElectronChoice
  readonly appFolder: string
  /** As in the variable DISPLAY; null on a system without X. */
  readonly display: string | null
}

interface AnyShell {
  readonly page: Page
  /** The process of the product: the server, or Electron's main process. */
  readonly pid: number
  /** Errors that nothing in the page has caught. */
  readonly pageErrors: readonly Error[]
  /** Errors on the page's console, refusals of its policy among them. */
  readonly console: readonly string[]
  /** Of these, what a test means to happen. */
  readonly expected: RegExp[]
  /** What it has written to stdout and stderr. */
  log(): string
  /** Ends it as a user would. */
  close(): Promise<void>
  /** Ends the product's process as a power cut would. */
  kill(): Promise<void>
}

export interface BrowserShell extends AnyShell {
  readonly kind: 'browser'
  readonly browserVersion: string
  readonly electronVersion: null
}

export interface ElectronShell extends AnyShell {
  readonly kind: 'electron'
  readonly browserVersion: string
  readonly electronVersion: string
  readonly app: ElectronApplication
  readonly dialogs: Dialogs
}

/** The product with its window, whichever shell it runs in. */
export type Shell = BrowserShell | ElectronShell

export const WINDOW_SIZE = { width: 1280, height: 800 }
const LAUNCHER = join(productFolder, 'bin', 'lexmask.js')
/** For a first window. */
const WINDOW_LIMIT_MS = 60_000
/** For one that does not end when it is asked to. */
const END_LIMIT_MS = 30_000

const BROWSER_FLAGS = [
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
]

function productArguments({ project }: ShellOptions): string[] {
  return project === undefined ? [] : ['--project', project]
}

/** Nobody's own settings, packs or language. */
function environmentOf(place: ShellPlace, options: ShellOptions): Record<string, string> {
  const inherited = Object.entries(process.env).filter(
    (pair): pair is [string, string] => pair[1] !== undefined && pair[0] !== 'ELECTRON_RUN_AS_NODE',
  )
  return {
    ...Object.fromEntries(inherited),
    XDG_CONFIG_HOME: join(place.home, 'config'),
    XDG_DATA_HOME: join(place.home, 'data'),
    LEXMASK_MODELS: sharedPath('models'),
    LANGUAGE: 'en',
    ...options.environment,
  }
}

function gatherOutput(child: ChildProcess): () => string {
  let output = ''
  for (const stream of [child.stdout, child.stderr])
    stream?.on('data', (bytes: Buffer) => (output += bytes.toString()))
  return () => output
}

function gatherPageErrors(context: BrowserContext): readonly Error[] {
  const errors: Error[] = []
  context.on('weberror', (webError) => errors.push(webError.error()))
  return errors
}

function gatherConsole(context: BrowserContext): readonly string[] {
  const lines: string[] = []
  context.on('console', (message) => {
    if (message.type() === 'error') lines.push(`${message.text()} (${message.location().url})`)
  })
  return lines
}

function ended(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return Promise.resolve()
  return new Promise((resolve) => child.once('exit', () => resolve()))
}

/** Asks a process to end, and ends it when it does not. @returns whether it ended by itself */
async function endGently(child: ChildProcess, ask: () => unknown): Promise<boolean> {
  let isForced = false
  const force = setTimeout(() => {
    isForced = true
    child.kill('SIGKILL')
  }, END_LIMIT_MS)
  void ask()
  await ended(child)
  clearTimeout(force)
  return !isForced
}

function tooSlow(what: string, log: string): Error {
  return new Error(`${what} did not end within ${END_LIMIT_MS} ms and was killed. It said:\n${log}`)
}

/** The server and a browser that shows what it serves. */
export async function launchBrowser(
  place: ShellPlace,
  options: ShellOptions,
): Promise<BrowserShell> {
  const server = spawn(
    process.execPath,
    [LAUNCHER, 'serve', '--port', '0', ...productArguments(options)],
    { cwd: place.folder, env: environmentOf(place, options), stdio: ['ignore', 'pipe', 'pipe'] },
  )
  const log = gatherOutput(server)
  try {
    const url = await readServedUrl(server, log)
    const executablePath = process.platform === 'linux' ? findProgram('chromium') : null
    const browser = await chromium.launch({
      args: BROWSER_FLAGS,
      chromiumSandbox: false,
      ...(executablePath === null ? {} : { executablePath }),
    })
    const context = await browser.newContext({ viewport: WINDOW_SIZE, locale: 'en-US' })
    const pageErrors = gatherPageErrors(context)
    const lines = gatherConsole(context)
    const page = await context.newPage()
    await page.goto(url)
    return {
      kind: 'browser',
      page,
      pageErrors,
      console: lines,
      expected: [],
      pid: server.pid ?? 0,
      browserVersion: browser.version(),
      electronVersion: null,
      log,
      close: async () => {
        await browser.close()
        if (!(await endGently(server, () => server.kill('SIGTERM'))))
          throw tooSlow('lexmask serve', log())
      },
      kill: async () => {
        server.kill('SIGKILL')
        await ended(server)
        await browser.close()
      },
    }
  } catch (error) {
    server.kill('SIGKILL')
    throw error
  }
}

/** A real Electron with the product's window. */
export async function launchElectron(
  place: ShellPlace,
  options: ShellOptions,
  { choice, appFolder, display }: ElectronPlace,
): Promise<ElectronShell> {
  const app = await _electron.launch({
    executablePath: choice.executable,
    args: [
      `--user-data-dir=${join(place.home, 'electron')}`,
      '--lang=en-US',
      // Pixels of a test do not depend on the screen of who runs it.
      '--force-device-scale-factor=1',
      appFolder,
      ...productArguments(options),
    ],
    cwd: place.folder,
    env: {
      ...environmentOf(place, options),
      ...(display === null ? {} : { DISPLAY: display }),
    },
  })
  const main = app.process()
  const log = gatherOutput(main)
  try {
    const pageErrors = gatherPageErrors(app.context())
    const lines = gatherConsole(app.context())
    const dialogs = await stubDialogs(app)
    const versions = await askMain(() => app.evaluate(() => ({ ...process.versions })))
    const page = await app.firstWindow({ timeout: WINDOW_LIMIT_MS })
    await page.waitForLoadState()
    return {
      kind: 'electron',
      page,
      pageErrors,
      console: lines,
      expected: [],
      app,
      dialogs,
      pid: main.pid ?? 0,
      browserVersion: versions.chrome ?? '',
      electronVersion: versions.electron ?? '',
      log,
      close: async () => {
        if (!(await endGently(main, () => app.close().catch(() => undefined))))
          throw tooSlow('Electron', log())
      },
      kill: async () => {
        main.kill('SIGKILL')
        await ended(main)
      },
    }
  } catch (error) {
    main.kill('SIGKILL')
    throw new Error(`Electron opened no window: ${(error as Error).message}\n${log()}`, {
      cause: error,
    })
  }
}
