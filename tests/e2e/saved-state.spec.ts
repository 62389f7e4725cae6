import { join } from 'node:path'
import Database from 'better-sqlite3'
import { hasShared } from '../support/coco-mini.ts'
import { LexmaskWindow } from './pages/lexmask-window.ts'
import { expect, test } from './support/fixtures.ts'
import { EIGHT_PHOTOS, layPhotos, NEEDS_SHARED } from './support/photos.ts'

/** "Saved" is what the file has, and nothing on screen pretends. */

test('a step that the file did not take is told, stays untaken, and can be made again', async ({
  lexmask,
  folder,
}) => {
  test.skip(!hasShared, NEEDS_SHARED)
  const { page } = lexmask
  const window = new LexmaskWindow(lexmask)
  const project = join(folder, 'saved.lexmask')
  const photos = EIGHT_PHOTOS.slice(0, 2)
  await window.begin(project, layPhotos(folder, photos), 'car')
  await expect(window.savedState).toHaveText('Saved')
  const before = await window.savedRevision()

  await test.step('a step is saved, and counted', async () => {
    await window.label.vocabulary.add('bus')
    await expect.poll(() => window.savedRevision()).toBeGreaterThan(before)
    await expect(window.savedState).toHaveText('Saved')
  })

  // As a backup program or a stuck network drive would.
  const other = new Database(project)
  other.exec('BEGIN IMMEDIATE')
  const revision = await window.savedRevision()
  await test.step('while the file is locked, nothing pretends', async () => {
    await page.getByRole('textbox', { name: 'New class' }).fill('dog')
    await page.keyboard.press('Enter')
    await expect(window.savedState).toHaveText('Not saved')
    const notice = window.unsavedNotice
    await expect(notice).toContainText('another program is writing to the file')
    await expect(window.label.vocabulary.row('dog')).toBeHidden()
    expect(await window.savedRevision()).toBe(revision)
  })
  other.exec('ROLLBACK')
  other.close()

  await test.step('the same step once more', async () => {
    await window.unsavedNotice.getByRole('button', { name: 'Try again' }).click()
    await expect(window.unsavedNotice).toBeHidden()
    await expect(window.savedState).toHaveText('Saved')
    await expect(window.label.vocabulary.row('dog')).toBeVisible()
    expect(await window.savedRevision()).toBeGreaterThan(revision)
  })
  await expect(page.getByRole('banner')).not.toContainText('Read-only')
})
