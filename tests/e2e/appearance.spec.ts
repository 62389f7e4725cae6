import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import type { Locator, Page } from '@playwright/test'
import type { Point } from '#shared/geometry/point.ts'
import { hasShared } from '../support/coco-mini.ts'
import { LexmaskWindow } from './pages/lexmask-window.ts'
import { expect, test } from './support/fixtures.ts'
import { backgroundLightness, textsOf } from './support/page-scripts.ts'
import { EIGHT_PHOTOS, layPhotos, NEEDS_SHARED } from './support/photos.ts'

/** Language and theme, changed while the window is open. */

/** A key of the texts where a text should be: `images.orderName`. Names of files and hosts look alike. */
const KEY = /(?<![\w/.-])[a-z]+(\.[a-zA-Z]+)+(?![\w/.-])/g
const TEXTS = new URL('../../src/renderer/src/i18n/en/', import.meta.url)
const PARTS = new Set(readdirSync(TEXTS).map((file) => file.replace(/\.ts$/, '')))
const isOfTexts = (key: string): boolean => PARTS.has(key.split('.')[0])

/** Of the English texts; none may be left. */
const ENGLISH = [
  'Projects',
  'Label',
  'Review',
  'Model packs',
  'Settings',
  'New project…',
  'Open project…',
  'Recent projects',
  'Images',
  'Add photos',
  'Search by name',
  'Vocabulary',
  'New class',
  'Annotations',
  'Auto-label',
  'Reviewed',
  'Export',
  'Runs',
  'No run is under way',
  'Accept',
  'Reject',
  'Skip',
  'Fix',
  'Undo',
  'Theme',
  'Language',
  'Installed',
  'Detector',
  'Look again',
  'Appearance',
  'Computing',
  'Keyboard shortcuts',
  'First steps',
  'Nothing to undo',
  'Zoom in',
  'needs review',
  'Score',
  'What is drawn',
]

async function centreOf(target: Locator): Promise<Point> {
  await expect(target).toBeVisible()
  const box = await target.boundingBox()
  if (box === null) throw new Error('It is not on show.')
  return { x: box.x + box.width / 2, y: box.y + box.height / 2 }
}

/** By the menu at the end of the title bar; a row of a submenu is taken by the Enter key. */
async function choose(page: Page, more: string, submenu: string, row: string): Promise<void> {
  await page.getByRole('button', { name: more, exact: true }).click()
  await page.getByRole('menuitem', { name: submenu }).press('ArrowRight')
  await page.getByRole('menuitem', { name: row, exact: true }).press('Enter')
}

test('a submenu stays open for a hand that goes straight to one of its rows', async ({
  lexmask,
}) => {
  const { page } = lexmask
  const { mouse } = page
  await page.getByRole('button', { name: 'More', exact: true }).click()
  const entry = await centreOf(page.getByRole('menuitem', { name: 'Language' }))
  // To the right at first, while the submenu opens to the left; then aslant, across the row between.
  await mouse.move(entry.x, entry.y, { steps: 2 })
  await mouse.move(entry.x + 20, entry.y, { steps: 2 })
  const row = await centreOf(page.getByRole('menuitem', { name: '简体中文' }))
  await mouse.move(row.x, row.y)
  await mouse.down()
  await mouse.up()
  await expect(page.locator('html')).toHaveAttribute('lang', 'zh-CN')
})

test('Chinese and the light theme at once, with no text left behind', async ({
  lexmask,
  folder,
}) => {
  test.skip(!hasShared, NEEDS_SHARED)
  const { page } = lexmask
  const window = new LexmaskWindow(lexmask)
  await window.projects.create(join(folder, '街道.lexmask'))
  await window.label.addPhotos(layPhotos(folder, EIGHT_PHOTOS.slice(0, 2)))
  await window.label.vocabulary.add('person')
  await window.label.autoLabel()
  await window.jobs.labelled(2)
  await page.evaluate(() => Object.assign(globalThis, { isSamePage: true }))

  await choose(page, 'More', 'Theme', 'Dark')
  await expect.poll(() => backgroundLightness(page)).toBeLessThan(80)
  await choose(page, 'More', 'Theme', 'Light')
  await expect.poll(() => backgroundLightness(page)).toBeGreaterThan(180)

  await choose(page, 'More', 'Language', '简体中文')
  await expect(page.locator('html')).toHaveAttribute('lang', 'zh-CN')
  const views = page.getByRole('navigation', { name: '视图' })
  for (const view of ['项目', '标注', '审核', '模型包', '设置']) {
    await views.getByRole('button', { name: view, exact: true }).click()
    await expect(views.getByRole('button', { name: view, exact: true })).toHaveAttribute(
      'aria-current',
      'page',
    )
    if (view === '审核') {
      await expect(page.getByRole('button', { name: /^接受/ }).first()).toBeEnabled()
    }
    await expect(page.getByRole('main')).toContainText(/[\u4e00-\u9fff]/)
    const texts = await textsOf(page)
    const keys = texts.flatMap((text) => text.match(KEY) ?? []).filter(isOfTexts)
    expect(keys, `keys in ${view}`).toEqual([])
    expect(
      texts.filter((text) => ENGLISH.includes(text)),
      `English in ${view}`,
    ).toEqual([])
  }
  await choose(page, '更多', '语言', 'English')
  await expect(page.getByRole('navigation', { name: 'Views' })).toBeVisible()
  expect(await page.evaluate(() => 'isSamePage' in globalThis)).toBe(true)
})
