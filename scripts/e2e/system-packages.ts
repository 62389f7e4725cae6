import { existsSync } from 'node:fs'
import { missingSentence, REQUIREMENTS } from './requirements.ts'
import { findMissing, installPackages, isDebian } from './system.ts'

/** Sees to what the end-to-end tests need of the system: `npm run e2e:system-packages`. */

function provideOnLinux(): void {
  const missing = findMissing(REQUIREMENTS)
  if (missing.length === 0) return
  if (!isDebian() || process.getuid?.() !== 0) throw new Error(missingSentence(missing, isDebian()))
  console.log(`installing for ${missing.map(({ name }) => name).join(', ')}`)
  installPackages(missing)
  const still = findMissing(missing)
  if (still.length > 0) throw new Error(`Installed, but ${missingSentence(still, true)}`)
}

/** Elsewhere the windows are the system's own, and Playwright's Chromium is used. */
async function requirePlaywrightBrowser(): Promise<void> {
  const { chromium } = await import('@playwright/test')
  if (existsSync(chromium.executablePath())) return
  throw new Error(
    'The end-to-end tests need a browser. Install it: npx playwright install chromium',
  )
}

try {
  if (process.platform === 'linux') provideOnLinux()
  else await requirePlaywrightBrowser()
  console.log('The system has what the end-to-end tests need.')
} catch (error) {
  console.error(`e2e:system-packages: ${(error as Error).message}`)
  process.exitCode = 1
}
