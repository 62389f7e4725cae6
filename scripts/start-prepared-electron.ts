import { spawn } from 'node:child_process'
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { layAppFolder, productFolder } from '../tests/e2e/support/app-folder.ts'
import { cacheFolder } from './electron-runtime/cache-folder.ts'
import { ELECTRON_33 } from './electron-runtime/pin.ts'
import { findRuntime } from './electron-runtime/prepare.ts'

/**
 * Opens the window in the Electron of `npm run electron:runtime`, where Electron's own cannot be
 * fetched: `npm start` asks with `--is-there` first, and then gives the words of its command line.
 */

const words = process.argv.slice(2)
const runtime = findRuntime(cacheFolder(process.platform, process.env), ELECTRON_33)

/** Packs beside the repository are not beside the folder that this Electron runs. */
function modelsBeside(): { LEXMASK_MODELS?: string } {
  const models = join(productFolder, '..', 'shared', 'models')
  return process.env.LEXMASK_MODELS === undefined && existsSync(models)
    ? { LEXMASK_MODELS: models }
    : {}
}

if (runtime === null || words[0] === '--is-there') {
  process.exitCode = runtime === null ? 1 : 0
} else {
  const app = await layAppFolder({ source: 'registry', ...runtime })
  const child = spawn(runtime.executable, [app.path, ...words], {
    stdio: 'inherit',
    env: { ...process.env, ...modelsBeside() },
  })
  // Ctrl-C reaches both; Electron says when it is through.
  process.on('SIGINT', () => undefined)
  process.on('SIGTERM', () => child.kill('SIGTERM'))
  child.once('exit', (code, signal) => {
    void app.remove().then(() => process.exit(signal === null ? (code ?? 1) : 1))
  })
}
