import { appendFileSync, cpSync, existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import type { Locator, Page } from '@playwright/test'
import { hasShared, sharedPath } from '../support/coco-mini.ts'
import { MASKRCNN2GO, serveMaskRcnn2go } from '../support/maskrcnn2go-server.ts'
import { etagOf, honest, type Answer, type PackServer } from '../support/pack-server.ts'
import { TINY, writeTinyPack } from '../support/tiny-pack.ts'
import { LexmaskWindow } from './pages/lexmask-window.ts'
import { PacksPage } from './pages/packs-page.ts'
import { expect, test } from './support/fixtures.ts'
import { layPhotos, NEEDS_SHARED, STREET } from './support/photos.ts'

/** Model packs from where they come to where they are used, and away again. */

const TITLE = 'Mask R-CNN2Go, trained on COCO'
const LARGE = /model_init\.pb$/
/** Of the large file, before the server falls silent. */
const SENT = 2_000_000
const PIECE = 100_000

const sendHalf: Answer = async (asked, response) => {
  const { content, path, from } = asked
  if (!LARGE.test(path) || from !== null) return honest(asked, response)
  response.writeHead(200, { etag: etagOf(content), 'content-length': content.length })
  for (let at = 0; at < SENT && !response.destroyed; at += PIECE) {
    response.write(content.subarray(at, at + PIECE))
    await sleep(50)
  }
}

/** Other bytes of the same length. */
const sendOther: Answer = (asked, response) => {
  const content = Buffer.from(asked.content)
  content[content.length >> 1] ^= 1
  return honest({ ...asked, content }, response)
}

/** Names the mirror as a person does. @returns the sentence that says from where and to where */
async function downloadFrom({ origin }: PackServer, window: LexmaskWindow): Promise<Locator> {
  await window.goTo('Settings')
  const mirror = window.page.getByRole('textbox', { name: 'Mirror for packs' })
  await mirror.fill(origin)
  await mirror.blur()
  await window.goTo('Model packs')
  const sentence = window.page.getByText(`Downloaded from ${new URL(origin).host}`)
  // Nothing is to be asked of another host.
  await expect(sentence).toBeVisible()
  return sentence
}

/** Whether labelling can be begun with the detector, as its dialog says. */
async function expectDetectorOffered(page: Page, isOffered: boolean): Promise<void> {
  await page.getByRole('button', { name: 'What to label' }).click()
  await page.getByRole('menuitem', { name: 'Recipe and parameters…' }).click()
  const dialog = page.getByRole('dialog', { name: 'Auto-label' })
  const detector = dialog.getByRole('radio', { name: /^Detector / })
  await (isOffered ? expect(detector).toBeEnabled() : expect(detector).toBeDisabled())
  await page.keyboard.press('Escape')
  await expect(dialog).toBeHidden()
}

let server: PackServer
test.beforeEach(async () => {
  test.skip(!hasShared, NEEDS_SHARED)
  server = await serveMaskRcnn2go()
})
test.afterEach(() => server?.stop())

test('a pack is downloaded, cancelled, gone on with, used and removed', async ({
  launch,
  folder,
}) => {
  test.setTimeout(180_000)
  const models = join(folder, 'models')
  mkdirSync(models)
  const window = new LexmaskWindow(await launch({ environment: { LEXMASK_MODELS: models } }))
  const { page, label } = window
  const packs = new PacksPage(window.shell)
  const offer = packs.offer(MASKRCNN2GO)
  await window.begin(join(folder, 'street.lexmask'), layPhotos(folder, [STREET]), 'person, car')
  await expectDetectorOffered(page, false)

  await test.step('what there is to install says what it is, from where and to where', async () => {
    await expect(await downloadFrom(server, window)).toContainText(models)
    await expect(page.getByRole('heading', { name: 'No detector is installed' })).toBeVisible()
    await expect(offer.row).toContainText(/Licence: \S+/)
    await expect(offer.row).toContainText(/\d MB/)
  })
  await test.step('it is cancelled, and goes on where it was', async () => {
    server.answer = sendHalf
    await offer.install()
    await expect(offer.progress).toHaveAttribute('aria-valuenow', /^\d{6,7}$/)
    await expect(offer.row.getByRole('status')).toContainText(/\d [kM]B of 3\.8 MB/)
    await offer.cancel()
    await expect(offer.refusal).toBeHidden()
    server.answer = honest
    server.log.length = 0
    await offer.install()
    await expect(packs.installed(MASKRCNN2GO).row).toBeVisible({ timeout: 60_000 })
    expect(server.log).toHaveLength(1)
    expect(server.log[0]).toMatch(/model_init\.pb [1-9]\d+-$/)
  })
  await test.step('what is installed says where, how large and under which licence', async () => {
    const { row } = packs.installed(MASKRCNN2GO)
    await expect(row.getByRole('heading', { name: TITLE })).toBeVisible()
    await expect(row).toContainText(join(models, MASKRCNN2GO))
    await expect(row).toContainText(/Size\s*\d+(\.\d)? MB/)
    await expect(row).toContainText(/Licence\s*\S+/)
    await expect(row).toContainText('Finds regions with masks; knows 80 classes.')
    await expect(offer.row).toBeHidden()
  })
  await test.step('it labels', async () => {
    await window.goTo('Label')
    await expectDetectorOffered(page, true)
    await label.autoLabel()
    await window.jobs.labelled(1, 60_000)
    await label.openImage(STREET)
    await expect(label.annotations).not.toHaveCount(0)
  })
  await test.step('removing asks first, and then it is offered again', async () => {
    await window.goTo('Model packs')
    await packs.remove(MASKRCNN2GO, 'Cancel')
    await expect(packs.installed(MASKRCNN2GO).row).toBeVisible()
    expect(existsSync(join(models, MASKRCNN2GO))).toBe(true)
    await packs.remove(MASKRCNN2GO, 'Remove')
    await expect(packs.installed(MASKRCNN2GO).row).toBeHidden()
    await expect(offer.row.getByRole('button', { name: 'Install' })).toBeVisible()
    expect(existsSync(join(models, MASKRCNN2GO))).toBe(false)
    await window.goTo('Label')
    await expectDetectorOffered(page, false)
    // What it has found stays.
    await expect(label.annotations).not.toHaveCount(0)
  })
})

test('wrong bytes are told in the row of the pack, and what was there stays', async ({
  launch,
  folder,
}) => {
  const models = join(folder, 'models')
  mkdirSync(models)
  const window = new LexmaskWindow(await launch({ environment: { LEXMASK_MODELS: models } }))
  const packs = new PacksPage(window.shell)
  const { offer, there } = { offer: packs.offer(MASKRCNN2GO), there: packs.installed(MASKRCNN2GO) }
  const graph = join(models, MASKRCNN2GO, 'box_head.int8.onnx')
  await downloadFrom(server, window)

  await test.step('at the first installation', async () => {
    server.answer = sendOther
    await offer.install()
    await expect(offer.refusal).toContainText('It was not installed')
    await expect(offer.refusal).toContainText(/model(_init)?\.pb/)
    expect(existsSync(join(models, MASKRCNN2GO))).toBe(false)
    server.answer = honest
    await offer.install()
    await expect(there.row).toBeVisible({ timeout: 60_000 })
  })
  await test.step('a check says that it is whole, or which file is not', async () => {
    await there.verify()
    await expect(there.row).toContainText(`${MASKRCNN2GO} is whole`)
    appendFileSync(graph, 'damage')
    await there.verify()
    await expect(there.refusal).toContainText('is damaged. Nothing was deleted')
    await expect(there.refusal).toContainText('box_head.int8.onnx')
  })
  const damaged = readFileSync(graph)
  await test.step('while it is mended', async () => {
    server.answer = sendOther
    await there.installAgain()
    await expect(there.refusal).toContainText('It was not installed')
    expect(readFileSync(graph)).toEqual(damaged)
    server.answer = honest
    await there.installAgain()
    await expect(there.refusal).toHaveCount(0)
    await expect(there.progress).toBeHidden({ timeout: 60_000 })
    await there.verify()
    await expect(there.row).toContainText(`${MASKRCNN2GO} is whole`)
    expect(readFileSync(graph)).not.toEqual(damaged)
  })
})

test('a pack is added from a folder, and a refused folder says why', async ({ launch, folder }) => {
  const models = join(folder, 'models')
  mkdirSync(models)
  const window = new LexmaskWindow(await launch({ environment: { LEXMASK_MODELS: models } }))
  const packs = new PacksPage(window.shell)
  await window.goTo('Model packs')

  await test.step('a folder of other things', async () => {
    mkdirSync(join(folder, 'notes'))
    await packs.addFolder(join(folder, 'notes'))
    await expect(packs.own.getByRole('alert')).toContainText('notes was not added')
    await expect(packs.own.getByRole('alert')).toContainText('There is no model pack in')
  })
  await test.step('a pack with a damaged graph', async () => {
    const broken = join(folder, 'broken')
    await writeTinyPack(broken)
    writeFileSync(join(broken, 'mask_head.fp32.onnx'), 'not a graph')
    await packs.addFolder(broken)
    await expect(packs.own.getByRole('alert')).toContainText('broken was not added')
    await expect(packs.own.getByRole('alert')).toContainText('mask_head.fp32.onnx')
    expect(existsSync(join(models, 'broken'))).toBe(false)
  })
  await test.step('a good one', async () => {
    const good = join(folder, MASKRCNN2GO)
    cpSync(sharedPath('models', MASKRCNN2GO), good, { recursive: true, mode: 0 })
    await packs.addFolder(good)
    await expect(packs.own).toContainText(`${MASKRCNN2GO} was added`)
    await expect(packs.own.getByRole('alert')).toBeHidden()
    await expect(packs.installed(MASKRCNN2GO).row).toContainText(join(models, MASKRCNN2GO))
    await packs.addFolder(good)
    await expect(packs.own).toContainText(`${MASKRCNN2GO} is there already`)
  })
  await test.step('one that no list knows can be removed as well', async () => {
    await writeTinyPack(join(folder, TINY))
    await packs.addFolder(join(folder, TINY))
    await expect(packs.installed(TINY).row).toContainText('not stated')
    await packs.remove(TINY, 'Remove')
    await expect(packs.installed(TINY).row).toBeHidden()
    await expect(packs.installed(MASKRCNN2GO).row).toBeVisible()
    expect(existsSync(join(folder, TINY, 'model.json'))).toBe(true)
  })
})
