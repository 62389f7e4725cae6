import { join } from 'node:path'
import type { Locator, Page } from '@playwright/test'
import { hasShared } from '../support/coco-mini.ts'
import { LexmaskWindow } from './pages/lexmask-window.ts'
import { ShortcutSettings } from './pages/shortcut-settings.ts'
import { readExport } from './support/coco-file.ts'
import { expect, test } from './support/fixtures.ts'
import type { Shell } from './support/launch.ts'
import { focusOf } from './support/page-scripts.ts'
import { EIGHT_PHOTOS, layPhotos, NEEDS_SHARED } from './support/photos.ts'

/** Everything without a mouse. */

/** A browser keeps some keys for itself. */
const modifier = ({ kind }: Shell): string => (kind === 'electron' ? 'Control' : 'Alt')

/** Answers the window's own file dialog, whose first field has the focus. */
async function typeFolder(page: Page, folder: string): Promise<void> {
  const dialog = page.getByRole('dialog')
  const field = dialog.getByLabel('Folder', { exact: true })
  await expect(field).toBeFocused()
  await expect(field).not.toHaveValue('')
  await page.keyboard.press('Control+A')
  await page.keyboard.type(folder)
  await page.keyboard.press('Enter')
  await expect(dialog.getByRole('button', { name: 'Up one folder' })).toBeEnabled()
}

/** Tab until this has the focus, as a person would. */
async function tabTo(page: Page, target: Locator): Promise<void> {
  const focused = target.and(page.locator(':focus'))
  for (let presses = 0; presses < 20 && (await focused.count()) === 0; presses++)
    await page.keyboard.press('Tab')
  await expect(target).toBeFocused()
}

test('from a new project to the export by keyboard alone', async ({ lexmask, folder }) => {
  test.skip(!hasShared, NEEDS_SHARED)
  const { page } = lexmask
  const { label, jobs, review } = new LexmaskWindow(lexmask)
  const { keyboard } = page
  const photos = layPhotos(folder, EIGHT_PHOTOS.slice(0, 3))
  const project = join(folder, 'keys.lexmask')
  await expect(page.getByRole('heading', { name: 'Projects', exact: true })).toBeVisible()

  await test.step('a new project', async () => {
    if (lexmask.kind === 'electron') await lexmask.dialogs.answerSave(project)
    await keyboard.press(`${modifier(lexmask)}+n`)
    if (lexmask.kind === 'browser') {
      await typeFolder(page, folder)
      await tabTo(page, page.getByLabel('File name'))
      await keyboard.type('keys')
      await keyboard.press('Enter')
    }
    await expect(page).toHaveTitle('keys – Lexmask')
  })

  await test.step('photos', async () => {
    if (lexmask.kind === 'electron') await lexmask.dialogs.answerOpen(photos)
    await keyboard.press('Control+i')
    if (lexmask.kind === 'browser') {
      await typeFolder(page, photos)
      await tabTo(page, page.getByRole('button', { name: 'Add this folder' }))
      await keyboard.press('Enter')
    }
    await expect(label.images).toHaveCount(3)
  })

  await test.step('words, and a run over all photos', async () => {
    await keyboard.press('n')
    await expect(page.getByRole('textbox', { name: 'New class' })).toBeFocused()
    await keyboard.type('person, car')
    await keyboard.press('Enter')
    await expect(label.vocabulary.row('car')).toBeVisible()
    await keyboard.press('Escape')
    await keyboard.press('l')
    await jobs.labelled(3)
  })

  await test.step('from a dialog back to what it was opened from', async () => {
    const choose = page.getByRole('button', { name: 'What to label' })
    await choose.focus()
    await keyboard.press('Enter')
    await page.getByRole('menuitem', { name: 'Recipe and parameters…' }).press('Enter')
    await expect(page.getByRole('dialog')).toBeVisible()
    await keyboard.press('Escape')
    await expect(choose).toBeFocused()
  })

  await test.step('one sees where the focus is', async () => {
    for (let presses = 0; presses < 24; presses++) {
      await keyboard.press('Tab')
      const { what, isSeen } = await focusOf(page)
      expect(isSeen, what).toBe(true)
    }
  })

  await test.step('the sheet of keys', async () => {
    await keyboard.press('?')
    const sheet = page.getByRole('dialog', { name: 'Keyboard shortcuts' })
    await expect(sheet).toContainText('Accept, next')
    await keyboard.press('Escape')
    await expect(sheet).toBeHidden()
  })

  await test.step('review', async () => {
    await keyboard.press(`${modifier(lexmask)}+3`)
    await review.accept()
    await review.reject()
  })

  await test.step('export', async () => {
    await keyboard.press('Control+e')
    const dialog = page.getByRole('dialog', { name: 'Export as COCO' })
    await expect(dialog.getByLabel('File', { exact: true })).toBeFocused()
    await keyboard.press('Enter')
    await expect(dialog.getByRole('heading', { name: 'Exported' })).toBeVisible()
    await keyboard.press('Escape')
    await expect(dialog).toBeHidden()
    const { dataset, annotations } = readExport(join(folder, 'keys.json'))
    expect(dataset.images).toHaveLength(3)
    expect(annotations.filter(({ state }) => state === 'accepted')).toHaveLength(1)
  })
})

test('another key for an action: its conflict is told, it works, and it outlives the page', async ({
  lexmask,
  folder,
}) => {
  test.skip(!hasShared, NEEDS_SHARED)
  const { page } = lexmask
  const window = new LexmaskWindow(lexmask)
  const { label } = window
  const shortcuts = new ShortcutSettings(page)
  const { keyboard } = page
  await window.begin(
    join(folder, 'keys.lexmask'),
    layPhotos(folder, EIGHT_PHOTOS.slice(0, 3)),
    'car',
  )
  await label.images.first().click()
  const position = page.getByRole('toolbar', { name: 'Tools', exact: true })

  await test.step('a key that means something else already is not taken silently', async () => {
    await shortcuts.open()
    await shortcuts.change('Next image', 'a')
    const conflict = shortcuts.conflictOf('Next image')
    await expect(conflict).toContainText('A is already “Previous image” (Label).')
    await conflict.getByRole('button', { name: 'Leave it' }).click()
    await expect(conflict).toBeHidden()
  })

  await test.step('a free key works, and the sheet shows it', async () => {
    await shortcuts.change('Next image', 'i')
    await window.goTo('Label')
    await expect(position).toContainText('1 of 3')
    await keyboard.press('d')
    await expect(position).toContainText('1 of 3')
    await keyboard.press('i')
    await expect(position).toContainText('2 of 3')
    await keyboard.press('?')
    const inSheet = page.getByRole('dialog').getByText('Next image', { exact: true })
    await expect(inSheet.locator('..')).toContainText('I')
    await keyboard.press('Escape')
  })

  await test.step('also after a reload', async () => {
    await page.reload()
    await expect(label.images).toHaveCount(3)
    await label.images.first().click()
    await keyboard.press('i')
    await expect(position).toContainText('2 of 3')
  })
})
