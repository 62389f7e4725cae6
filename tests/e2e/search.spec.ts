import { join } from 'node:path'
import { hasShared } from '../support/coco-mini.ts'
import { LexmaskWindow } from './pages/lexmask-window.ts'
import { SearchPage } from './pages/search-page.ts'
import { expect, test } from './support/fixtures.ts'
import { EIGHT_PHOTOS, layCopies, layPhotos, NEEDS_SHARED } from './support/photos.ts'

/** What runs have found is found again: by words, by an example, and by looking alike. */

test('results are opened beside each other, judged by keys, and lead to others', async ({
  launch,
  folder,
}) => {
  test.skip(!hasShared, NEEDS_SHARED)
  const window = new LexmaskWindow(await launch())
  const { page, label } = window
  const search = new SearchPage(page)
  await window.begin(join(folder, 'street.lexmask'), layPhotos(folder, EIGHT_PHOTOS), 'person, car')
  await label.autoLabel()
  await window.jobs.labelled(EIGHT_PHOTOS.length)

  await test.step('by words', async () => {
    await window.goTo('Search')
    await search.find('person')
    await expect(search.results.first()).toHaveAccessibleName(/^1\. person, /)
    await expect(search.opened).toBeHidden()
  })
  await test.step('a result opens beside the others, and is judged by keys', async () => {
    await search.results.first().click()
    await expect(search.place(1)).toBeVisible()
    await page.keyboard.press('y')
    await expect(window.undo).toHaveAccessibleName(/^Undo Accept\b/)
    await page.keyboard.press('d')
    await expect(search.place(2)).toBeVisible()
    await page.keyboard.press('x')
    await expect(window.undo).toHaveAccessibleName(/^Undo Reject\b/)
    await page.keyboard.press('a')
    await expect(search.place(1)).toBeVisible()
  })
  await test.step('more like it', async () => {
    await page.keyboard.press('j')
    await search.isThrough()
    await expect(page.getByRole('search').getByText(/^(Like this|Regions like)/)).toBeVisible()
  })
  await test.step('a region without an annotation has corners around it', async () => {
    await search.find('chair')
    await search.results.first().click()
    await expect(search.place(1)).toBeVisible()
  })
  await test.step('to be fixed in the Label view', async () => {
    await search.find('car')
    await search.results.first().click()
    await expect(search.place(1)).toBeVisible()
    await page.keyboard.press('e')
    await expect(label.canvas).toBeVisible()
    await expect(label.annotations.and(page.getByRole('option', { selected: true }))).toHaveCount(1)
  })
})

test('photos that look alike are found, and one of each group stays', async ({
  launch,
  folder,
}) => {
  test.skip(!hasShared, NEEDS_SHARED)
  const photos = layPhotos(folder, EIGHT_PHOTOS.slice(0, 3))
  await layCopies(photos, EIGHT_PHOTOS[0])
  const window = new LexmaskWindow(await launch())
  const { page, label } = window
  await window.begin(join(folder, 'copies.lexmask'), photos, 'person')
  await expect(label.images).toHaveCount(5)

  await page.getByRole('button', { name: 'Sort and view' }).click()
  await page.getByRole('menuitem', { name: 'Find duplicates…' }).click()
  const dialog = page.getByRole('dialog', { name: 'Duplicate photos' })
  const kept = dialog.getByRole('radiogroup', { name: 'Which one stays' }).getByRole('radio')
  await expect(kept).toHaveCount(2)
  await dialog.getByRole('radio', { name: 'Look alike' }).click()
  await expect(kept).toHaveCount(3)
  await expect(dialog.getByText('Stays', { exact: true })).toHaveCount(1)
  await dialog.getByRole('radio', { name: /small\.jpg$/ }).click()
  await dialog.getByRole('button', { name: 'Remove 2 copies' }).click()
  await page.getByRole('button', { name: 'Remove 2 images' }).click()
  await expect(label.images).toHaveCount(3)
  await expect(label.image('small.jpg')).toBeVisible()
  await expect(dialog).toBeHidden()
})
