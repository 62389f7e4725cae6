import { mkdirSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Page } from '@playwright/test'
import sharp from 'sharp'
import { productFolder } from '../tests/e2e/support/app-folder.ts'
import { judgeSome, publicProject, streetProject } from './screenshots/projects.ts'
import type { PictureProject } from './screenshots/projects.ts'
import { openImage, PROJECT_VIEWS, settle } from './screenshots/views.ts'
import type { PicturedView } from './screenshots/views.ts'
import { ask, startWindow } from './window-session.ts'
import type { WindowSession } from './window-session.ts'

/**
 * Pictures of every view, in `screenshots/`, and those of README.md and docs/guide.md, in
 * `docs/images/`: `npm run screenshots`. With names of views it makes only these:
 * `npm run screenshots -- review export`. `--no-docs` leaves `docs/images/` as it is, `--docs` makes
 * only these.
 */

const LOCALES = ['en', 'zh-CN'] as const
const THEMES = ['dark', 'light'] as const
const SIZES = [
  { width: 1280, height: 800 },
  { width: 1920, height: 1080 },
] as const
const DOCUMENTED = ['label', 'thresholds', 'auto-label', 'review', 'search', 'export']
/** Sharp on a dense screen, and small. */
const DOCUMENTED_SCALE = 2
const WEBP = { quality: 72, effort: 6 }
/** In place of the folder in which the pictures are made. */
const EXPORT_PATH = '/home/ada/harbour/labels.json'

const words = process.argv.slice(2)
const isForDocs = !words.includes('--no-docs')
const isForReview = !words.includes('--docs')
const asked = words.filter((word) => !word.startsWith('--'))
const isAsked = ({ name }: PicturedView): boolean => asked.length === 0 || asked.includes(name)

const folder = join(productFolder, 'screenshots')
const docsFolder = join(productFolder, 'docs', 'images')
const work = mkdtempSync(join(tmpdir(), 'lexmask-pictures-'))
mkdirSync(folder, { recursive: true })

type Look = { readonly locale: (typeof LOCALES)[number]; readonly theme: (typeof THEMES)[number] }

async function wear(page: Page, { locale, theme }: Look): Promise<void> {
  await ask(page, 'settings.change', { locale, theme })
  await page.locator(`html[lang="${locale}"][data-theme="${theme}"]`).waitFor()
}

async function takeAll(
  page: Page,
  views: readonly PicturedView[],
  image: string | null,
): Promise<void> {
  for (const locale of LOCALES)
    for (const theme of THEMES) {
      await wear(page, { locale, theme })
      for (const view of views.filter(isAsked)) {
        if (image !== null) await openImage(page, image)
        await view.show(page)
        for (const size of SIZES) {
          await page.setViewportSize(size)
          await settle(page)
          const name = `${view.name}.${locale}.${theme}.${size.width}x${size.height}.png`
          await page.screenshot({ path: join(folder, name) })
        }
        await page.setViewportSize(SIZES[0])
        await view.leave?.(page)
      }
    }
}

/** What somebody sees who starts Lexmask for the first time. */
async function takeFirstRun(window: WindowSession): Promise<void> {
  const page = await window.open({ viewport: SIZES[0] })
  const start: PicturedView = { name: 'first-run', show: () => Promise.resolve() }
  await takeAll(page, [start], null)
  await ask(page, 'workspace.create', { path: join(work, 'first.lexmask') })
  const steps: PicturedView = { name: 'first-steps', show: () => page.keyboard.press('Alt+2') }
  await takeAll(page, [steps], null)
  await page.context().close()
}

async function takeProject(window: WindowSession, project: PictureProject): Promise<void> {
  const page = await window.open({ viewport: SIZES[0] })
  await ask(page, 'workspace.open', { path: project.file })
  await ask(page, 'settings.change', { isGuideDone: true })
  await judgeSome(page)
  await takeAll(page, PROJECT_VIEWS, project.image)
  await page.context().close()
}

async function takeForDocs(window: WindowSession, project: PictureProject): Promise<void> {
  const page = await window.open({ viewport: SIZES[0], deviceScaleFactor: DOCUMENTED_SCALE })
  await ask(page, 'settings.change', { isGuideDone: false })
  await ask(page, 'workspace.create', { path: join(work, 'harbour-2.lexmask') })
  await wear(page, { locale: 'en', theme: 'dark' })
  await page.keyboard.press('Alt+2')
  await document(page, 'first-steps')
  await ask(page, 'workspace.open', { path: project.file })
  await ask(page, 'settings.change', { isGuideDone: true, view: { thumbnailPx: 192 } })
  for (const view of PROJECT_VIEWS.filter(({ name }) => DOCUMENTED.includes(name))) {
    await openImage(page, project.image)
    await view.show(page)
    if (view.name === 'export')
      await page.getByRole('dialog').locator('input').first().fill(EXPORT_PATH)
    await document(page, view.name)
    await view.leave?.(page)
  }
  await page.context().close()
}

async function document(page: Page, name: string): Promise<void> {
  await settle(page)
  const picture = await page.screenshot()
  await sharp(picture)
    .webp(WEBP)
    .toFile(join(docsFolder, `${name}.webp`))
}

const window = await startWindow(work)
try {
  if (isForReview) await takeFirstRun(window)
  const shown = publicProject(work)
  if (isForReview) await takeProject(window, streetProject(work) ?? shown)
  if (isForDocs) await takeForDocs(window, shown)
  console.log(`Pictures of every view: ${folder}`)
} finally {
  await window.close()
  rmSync(work, { recursive: true, force: true })
}
