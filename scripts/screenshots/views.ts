import type { Page } from '@playwright/test'

/** A part of the window that gets a picture. */
export interface PicturedView {
  readonly name: string
  /** Brings it on show, from the Label view with nothing open. */
  show(page: Page): Promise<void>
  /** Puts away what it opened. */
  leave?(page: Page): Promise<void>
}

const PAINT_MS = 400

/** Until pictures are there and nothing moves. */
export async function settle(page: Page): Promise<void> {
  await page.waitForLoadState('networkidle')
  for (const unready of ['.cell img:not(.loaded)', '[aria-busy="true"]'])
    await page.locator(unready).first().waitFor({ state: 'detached' })
  await page.evaluate('document.fonts.ready.then(() => undefined)')
  await page.waitForTimeout(PAINT_MS)
}

const press =
  (keys: string) =>
  async (page: Page): Promise<void> => {
    await page.keyboard.press(keys)
  }
const escape = press('Escape')

const SCROLL_PX = 400

/** Brings an image on the canvas, by part of its name, in the order of names. */
export async function openImage(page: Page, name: string): Promise<void> {
  await page.keyboard.press('Alt+2')
  const cell = page.locator(`.cell[title*="${name}"]`).first()
  const grid = page.locator('.grid')
  await grid.hover()
  await page.mouse.wheel(0, -1e6)
  await page.locator('.cell').first().waitFor()
  while ((await cell.count()) === 0) {
    await page.mouse.wheel(0, SCROLL_PX)
    await page.waitForTimeout(PAINT_MS / 4)
  }
  await cell.click()
  await page.mouse.move(0, 0)
}

async function selectAnnotation(page: Page): Promise<void> {
  await page.locator('.surface').focus()
  await page.keyboard.press('Tab')
}

async function openAutoLabel(page: Page): Promise<void> {
  await page.locator('.toolbar .more').click()
  await page.getByRole('menuitem').last().click()
  await page.getByRole('dialog').waitFor()
}

/** Views of a project with labelled images. */
export const PROJECT_VIEWS: readonly PicturedView[] = [
  { name: 'label', show: () => Promise.resolve() },
  { name: 'label-selected', show: selectAnnotation, leave: escape },
  {
    name: 'thresholds',
    show: async (page) => {
      await page.locator('.surface').focus()
      await page.keyboard.press('g')
      await page.locator('.expand').first().click()
    },
    leave: async (page) => {
      await page.locator('.expand').first().click()
      await page.locator('.surface').focus()
      await page.keyboard.press('g')
    },
  },
  { name: 'auto-label', show: openAutoLabel, leave: escape },
  {
    name: 'auto-label-advanced',
    show: async (page) => {
      await openAutoLabel(page)
      await page.getByRole('dialog').locator('[aria-expanded]').last().click()
    },
    leave: escape,
  },
  {
    name: 'words',
    show: async (page) => {
      await page.keyboard.press('n')
      await page.keyboard.press('Escape')
      await page.locator('.panel header button').first().click()
      await page.getByRole('dialog').locator('textarea').fill(
        'Find every red forklift and the wooden pallets near the loading dock, but no persons.',
      )
    },
    leave: escape,
  },
  { name: 'export', show: press('Control+e'), leave: escape },
  { name: 'shortcuts', show: press('?'), leave: escape },
  { name: 'add-photos', show: press('Control+i'), leave: escape },
  { name: 'review', show: press('Alt+3') },
  { name: 'projects', show: press('Alt+1') },
  { name: 'packs', show: press('Alt+4') },
  { name: 'settings', show: press('Control+,') },
]
