// Whether there is an Electron that can open a window here.
import { spawnSync } from 'node:child_process'
import { existsSync, readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import { root } from './prepare.js'

const require = createRequire(import.meta.url)
/** For some 120 MB; a host that does not answer must not keep the window away for ever. */
const DOWNLOAD_LIMIT_MS = 10 * 60_000

/**
 * The program that is Electron, with its first words, or the reason for which there is none: the end of
 * a sentence.
 *
 * @param isSandboxed without it, also an administrator may run it
 */
export function findElectron(node, { isSandboxed }) {
  if (process.platform === 'linux') {
    if (!process.env.DISPLAY && !process.env.WAYLAND_DISPLAY) {
      return { reason: 'there is no display for Electron here' }
    }
    if (isSandboxed && process.getuid?.() === 0) {
      return { reason: "Electron's sandbox does not work for root (--no-sandbox does without it)" }
    }
  }
  const folder = packageFolder()
  if (folder === null) return { reason: 'Electron is not installed' }
  const executable = executableIn(folder)
  if (executable !== null) return { program: executable, words: [root] }
  const prepared = preparedStart()
  if (isPrepared(node, prepared)) return { program: node, words: [prepared] }
  console.error('lexmask: fetching Electron, once ...')
  const fetched = spawnSync(node, [join(folder, 'install.js')], {
    stdio: ['ignore', 'ignore', 'pipe'],
    encoding: 'utf8',
    timeout: DOWNLOAD_LIMIT_MS,
  })
  const now = executableIn(folder)
  if (now !== null) return { program: now, words: [root] }
  const why = fetched.error?.message ?? fetched.stderr.trim().split('\n')[0]
  return { reason: `Electron could not be fetched (${why})` }
}

/** Only a checkout has it, and only some have prepared an Electron: `npm run electron:runtime`. */
function preparedStart() {
  return join(root, 'scripts/start-prepared-electron.ts')
}

function isPrepared(node, script) {
  return existsSync(script) && spawnSync(node, [script, '--is-there']).status === 0
}

function packageFolder() {
  try {
    return dirname(require.resolve('electron/package.json'))
  } catch {
    return null
  }
}

/** null until it was fetched. */
function executableIn(folder) {
  const pathFile = join(folder, 'path.txt')
  const override = process.env.ELECTRON_OVERRIDE_DIST_PATH
  const name = existsSync(pathFile) ? readFileSync(pathFile, 'utf8').trim() : 'electron'
  const executable = join(override || join(folder, 'dist'), name)
  return existsSync(executable) ? executable : null
}
