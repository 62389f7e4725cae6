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
  for (const unready of ['.cell img:not(.loaded)', '.result img:not(.loaded)', '[aria-busy="true"]'])
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

const STEP_MS = 80

/** Brings an image on the canvas, by part of its name, where it is not there already. */
export async function openImage(page: Page, name: string): Promise<void> {
  await page.keyboard.press('Alt+2')
  await page.locator('.cell').first().waitFor()
  const shownName = page.locator('.toolbar .name')
  const isShown = async (): Promise<boolean> => ((await shownName.textContent()) ?? '').includes(name)
  if (await isShown()) return
  await page.locator('.grid').focus()
  await page.keyboard.press('Home')
  while (!(await isShown())) {
    await page.keyboard.press('ArrowRight')
    await page.waitForTimeout(STEP_MS)
  }
  await page.locator('.grid').blur()
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

async function showGhosts(page: Page): Promise<void> {
  await page.locator('.surface').focus()
  await page.keyboard.press('g')
}

async function openThresholds(page: Page): Promise<void> {
  await showGhosts(page)
  await page.locator('.expand').first().click()
}

async function leaveThresholds(page: Page): Promise<void> {
  await page.locator('.expand').first().click()
  await showGhosts(page)
}

async function openParameters(page: Page): Promise<void> {
  await openAutoLabel(page)
  await page.getByRole('dialog').locator('[aria-expanded]').last().click()
}

/** The view remembers its tab. */
const showSettings =
  (tab: number) =>
  async (page: Page): Promise<void> => {
    await page.keyboard.press('Control+,')
    await page.getByRole('tab').nth(tab).click()
  }

async function searchWords(page: Page): Promise<void> {
  await page.keyboard.press('Alt+4')
  await page.keyboard.press('Control+f')
  await page.locator('.search-bar input').fill('person')
  await page.keyboard.press('Enter')
  // Those of a search before may still be there.
  await settle(page)
}

async function openResult(page: Page): Promise<void> {
  await searchWords(page)
  await page.locator('.result').nth(1).click()
  await page.locator('.opened .surface').waitFor()
}

const SENTENCE =
  'Find every red forklift and the wooden pallets near the loading dock, but no persons.'

async function openWords(page: Page): Promise<void> {
  await page.locator('form.add').locator('xpath=preceding-sibling::header//button').last().click()
  await page.getByRole('dialog').locator('textarea').fill(SENTENCE)
}

const TEACHING = '.sidebar section > button[aria-expanded]'

async function openTeaching(page: Page): Promise<void> {
  await page.keyboard.press('Alt+3')
  await page.locator(TEACHING).click()
}

async function leaveTeaching(page: Page): Promise<void> {
  await page.locator(TEACHING).click()
}

/** Views of a project with labelled images. */
export const PROJECT_VIEWS: readonly PicturedView[] = [
  { name: 'label', show: () => Promise.resolve() },
  { name: 'label-selected', show: selectAnnotation, leave: escape },
  { name: 'thresholds', show: openThresholds, leave: leaveThresholds },
  { name: 'auto-label', show: openAutoLabel, leave: escape },
  { name: 'auto-label-parameters', show: openParameters, leave: escape },
  { name: 'words', show: openWords, leave: escape },
  { name: 'export', show: press('Control+e'), leave: escape },
  { name: 'shortcuts', show: press('?'), leave: escape },
  { name: 'add-photos', show: press('Control+i'), leave: escape },
  { name: 'review', show: press('Alt+3') },
  { name: 'teach', show: openTeaching, leave: leaveTeaching },
  { name: 'search-results', show: searchWords },
  { name: 'search', show: openResult, leave: escape },
  { name: 'projects', show: press('Alt+1') },
  { name: 'packs', show: press('Alt+5') },
  { name: 'settings', show: showSettings(0) },
  { name: 'settings-shortcuts', show: showSettings(1) },
]
