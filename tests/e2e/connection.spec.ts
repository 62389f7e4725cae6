import { join } from 'node:path'
import type { Page } from '@playwright/test'
import { hasShared } from '../support/coco-mini.ts'
import { LexmaskWindow } from './pages/lexmask-window.ts'
import { expect, test } from './support/fixtures.ts'
import { EIGHT_PHOTOS, layPhotos, NEEDS_SHARED, STREET } from './support/photos.ts'

/** A wire to the server that can be cut; only what connects from now on goes through it. */
async function layWire(page: Page): Promise<{ cut(): Promise<void>; mend(): void }> {
  let isCut = false
  const ends = new Set<() => Promise<void>>()
  await page.routeWebSocket(/\/ws$/, (socket) => {
    if (isCut) return void socket.close()
    const server = socket.connectToServer()
    const end = async (): Promise<void> => {
      await server.close()
      await socket.close()
    }
    ends.add(end)
  })
  return {
    cut: async () => {
      isCut = true
      for (const end of ends) await end()
      ends.clear()
    },
    mend: () => (isCut = false),
  }
}

test('a reload keeps the project and the image', async ({ lexmask, folder }) => {
  test.skip(!hasShared, NEEDS_SHARED)
  const window = new LexmaskWindow(lexmask)
  await window.begin(join(folder, 'kept.lexmask'), layPhotos(folder, EIGHT_PHOTOS), 'person')
  await window.label.openImage(STREET)
  await lexmask.page.reload()
  await expect(lexmask.page).toHaveTitle('kept – Lexmask')
  await expect(window.label.canvas).toHaveAccessibleName(`Image ${STREET}`)
  await expect(window.label.vocabulary.row('person')).toBeVisible()
})

test('a lost connection is told, and loses nothing', async ({ lexmask, folder }) => {
  test.skip(lexmask.kind === 'electron', 'Electron has no connection that could be lost')
  test.skip(!hasShared, NEEDS_SHARED)
  const { page } = lexmask
  const wire = await layWire(page)
  await page.reload()
  const window = new LexmaskWindow(lexmask)
  const { label, jobs } = window
  await window.begin(join(folder, 'wire.lexmask'), layPhotos(folder, EIGHT_PHOTOS), 'person')
  const other = await page.context().newPage()
  await other.goto(page.url())
  const beside = new LexmaskWindow({ ...lexmask, page: other })

  await wire.cut()
  await expect(page.getByText('The connection to Lexmask was lost')).toBeVisible()
  await beside.label.vocabulary.add('car')
  await beside.label.autoLabel()
  await beside.jobs.labelled(EIGHT_PHOTOS.length)
  await beside.label.openImage(STREET)
  await expect(beside.label.annotations).not.toHaveCount(0)
  const found = await beside.label.annotations.allInnerTexts()

  wire.mend()
  await expect(page.getByText('The connection to Lexmask was lost')).toBeHidden()
  await expect(label.vocabulary.row('car')).toBeVisible()
  await label.openImage(STREET)
  await expect(label.annotations).toHaveText(found, { useInnerText: true })
  const counts = await beside.label.vocabulary.countsInProject()
  await expect.poll(() => label.vocabulary.countsInProject()).toEqual(counts)
  await expect(jobs.bar).toBeVisible()
  await label.vocabulary.add('bench')
  await expect(beside.label.vocabulary.row('bench')).toBeVisible()
})
