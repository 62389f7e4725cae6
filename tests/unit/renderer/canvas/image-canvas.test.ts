import { flushPromises, mount } from '@vue/test-utils'
import type { VueWrapper } from '@vue/test-utils'
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import type { CanvasPicture } from '../../../../src/renderer/src/canvas/canvas-content.ts'
import ImageCanvas from '../../../../src/renderer/src/canvas/ImageCanvas.vue'
import { createWindowI18n } from '../../../../src/renderer/src/i18n/create-i18n.ts'
import { i18nKey } from '../../../../src/renderer/src/i18n/translation.ts'
import { DEFAULT_SETTINGS } from '#shared/contract/settings.ts'
import { bitmapOf } from '../../../support/random-masks.ts'
import { standInBrowser } from './canvas-browser.ts'
import type { CanvasBrowser } from './canvas-browser.ts'
import { annotation, ghost, maskOf } from './canvas-fixture.ts'

vi.mock('../../../../src/renderer/src/canvas/stage/live-layer.ts', () => ({
  LiveLayer: {
    open: () => Promise.resolve({ show: vi.fn(), paint: vi.fn(), close: () => Promise.resolve() }),
  },
}))

const IMAGE = { width: 100, height: 100 }
/** 100 image pixels fit at 200 %, with the corner of the image at (100, 100). */
const ROOM = { width: 400, height: 400 }
const at = (x: number, y: number) => ({ clientX: 100 + 2 * x, clientY: 100 + 2 * y })

const square = (x1: number, y1: number, side: number) =>
  maskOf(bitmapOf(IMAGE, (x, y) => x >= x1 && x < x1 + side && y >= y1 && y < y1 + side))

const large = annotation(1, square(0, 0, 60), { score: 0.9 })
const middle = annotation(2, square(20, 20, 20), { score: 0.6, classId: 2 })
const small = annotation(3, square(25, 25, 6), { score: 0.3, state: 'accepted' })

const picture: CanvasPicture = {
  id: 1,
  ...IMAGE,
  thumbnailUrl: null,
  url: '/asset/picture/1?v=1',
  name: 'street.jpg',
  error: null,
}

let browser: CanvasBrowser
let canvas: VueWrapper

async function show(props: object = {}): Promise<void> {
  const i18n = createWindowI18n()
  canvas = mount(ImageCanvas, {
    props: {
      picture,
      annotations: [large, middle, small],
      settings: DEFAULT_SETTINGS.view,
      ...props,
    },
    global: { plugins: [i18n], provide: { [i18nKey as symbol]: i18n } },
    attachTo: document.body,
  })
  await flushPromises()
}

const surface = () => canvas.find('.surface')
const last = (event: string): unknown => canvas.emitted(event)?.at(-1)
const paintedHashes = () => browser.painted().map(({ maskHash }) => maskHash)

async function click(x: number, y: number, modifiers: object = {}): Promise<void> {
  const place = { ...at(x, y), button: 0, ...modifiers }
  await surface().trigger('pointerdown', place)
  await surface().trigger('pointerup', place)
}

beforeEach(() => {
  browser = standInBrowser(ROOM)
})
afterEach(() => {
  canvas.unmount()
  vi.restoreAllMocks()
  vi.unstubAllGlobals()
})

describe('choosing with the pointer', () => {
  test('a click selects the smallest annotation under it, on the ground nothing', async () => {
    await show()
    await click(27, 27)
    expect(last('select')).toEqual([[3], 'replace'])
    await click(50, 50)
    expect(last('select')).toEqual([[1], 'replace'])
    await click(90, 90)
    expect(last('select')).toEqual([[], 'replace'])
  })

  test('with Shift or Ctrl it toggles, and on the ground it keeps what is selected', async () => {
    await show()
    await click(22, 22, { shiftKey: true })
    expect(last('select')).toEqual([[2], 'toggle'])
    await click(27, 27, { ctrlKey: true })
    expect(last('select')).toEqual([[3], 'toggle'])
    await click(90, 90, { shiftKey: true })
    expect(canvas.emitted('select')).toHaveLength(2)
  })

  test('with Alt it goes through what lies below', async () => {
    await show({ selectedIds: [3] })
    await click(27, 27, { altKey: true })
    expect(last('select')).toEqual([[2], 'replace'])
    await canvas.setProps({ selectedIds: [1] })
    await click(27, 27, { altKey: true })
    expect(last('select')).toEqual([[3], 'replace'])
  })

  test('a sweep with Shift adds what lies in it whole', async () => {
    await show()
    await surface().trigger('pointerdown', { ...at(15, 15), button: 0, shiftKey: true })
    await surface().trigger('pointermove', at(50, 50))
    await surface().trigger('pointerup', at(50, 50))
    expect(last('select')).toEqual([[2, 3], 'add'])
  })

  test('what is hidden or rejected is not there', async () => {
    const rejected = { ...middle, state: 'rejected' as const }
    await show({ annotations: [large, rejected, { ...small, isHidden: true }] })
    await click(27, 27)
    expect(last('select')).toEqual([[1], 'replace'])
    await canvas.setProps({ hasRejected: true })
    await click(27, 27)
    expect(last('select')).toEqual([[2], 'replace'])
  })

  test('the pointer tells what it is on and where, once a change', async () => {
    await show()
    await surface().trigger('pointermove', at(22, 22))
    await surface().trigger('pointermove', at(23, 23))
    await surface().trigger('pointermove', at(90, 95))
    expect(canvas.emitted('hover')).toEqual([[2], [null]])
    expect(last('pointer')).toEqual([{ x: 90, y: 95 }])
    await surface().trigger('pointerleave')
    expect(last('pointer')).toEqual([null])
  })

  test('the context menu is about what it is opened on, which is selected first', async () => {
    await show()
    await surface().trigger('contextmenu', { ...at(22, 22), button: 2 })
    expect(last('select')).toEqual([[2], 'replace'])
    expect(last('menu')).toEqual([
      { id: 2, kind: 'annotation', x: at(22, 22).clientX, y: at(22, 22).clientY },
    ])
    await surface().trigger('contextmenu', { ...at(90, 90), button: 2 })
    expect(canvas.emitted('menu')).toHaveLength(1)
  })

  test('a double click on a ghost asks to add it, when ghosts are shown', async () => {
    const ghosts = [ghost(9, square(70, 70, 10))]
    await show({ ghosts })
    await surface().trigger('dblclick', at(75, 75))
    expect(canvas.emitted('promote')).toBeUndefined()
    await canvas.setProps({ settings: { ...DEFAULT_SETTINGS.view, hasGhosts: true } })
    await surface().trigger('dblclick', at(75, 75))
    expect(last('promote')).toEqual([9])
    expect(canvas.emitted('select')).toBeUndefined()
  })
})

describe('moving what is selected', () => {
  const MOVED = { kind: 'move', by: { x: 10, y: -5 } }
  async function drag(from: readonly [number, number], to: readonly [number, number]) {
    await surface().trigger('pointerdown', { ...at(...from), button: 0 })
    await surface().trigger('pointermove', at(...to))
    await surface().trigger('pointerup', at(...to))
  }

  test('a drag on it tells the move; elsewhere it moves the image', async () => {
    await show({ selectedIds: [1], canMove: true })
    await drag([27, 27], [37, 22])
    expect(last('gesture')).toEqual([MOVED, { pictureId: 1, size: IMAGE }])
    await drag([90, 90], [80, 80])
    expect(canvas.emitted('gesture')).toHaveLength(1)
    await surface().trigger('pointermove', at(0, 0))
    expect(last('pointer')).toEqual([{ x: 10, y: 10 }])
  })

  test('a drag moves the image where nothing may be moved', async () => {
    await show({ selectedIds: [1] })
    await drag([27, 27], [37, 22])
    expect(canvas.emitted('gesture')).toBeUndefined()
    await surface().trigger('keydown', { key: 'ArrowLeft' })
    expect(canvas.emitted('select')).toHaveLength(1)
  })

  test('arrows move it by a pixel, with Shift by ten, until they are up', async () => {
    await show({ selectedIds: [1], canMove: true })
    await surface().trigger('keydown', { key: 'ArrowRight', shiftKey: true })
    for (let i = 0; i < 5; i++) await surface().trigger('keydown', { key: 'ArrowUp' })
    expect(canvas.emitted('gesture')).toBeUndefined()
    await surface().trigger('keyup', { key: 'ArrowUp' })
    expect(last('gesture')).toEqual([MOVED, { pictureId: 1, size: IMAGE }])
    expect(canvas.emitted('select')).toBeUndefined()
  })

  test('another key is about the mask where it is by then', async () => {
    await show({ selectedIds: [1], canMove: true })
    await surface().trigger('keydown', { key: 'ArrowRight' })
    await surface().trigger('keydown', { key: 'Escape' })
    expect(canvas.emitted('gesture')).toHaveLength(1)
    expect(last('select')).toEqual([[], 'replace'])
  })
})

describe('what is painted', () => {
  test('is all that is shown, the larger below', async () => {
    await show()
    expect(paintedHashes()).toEqual([large, middle, small].map(({ mask }) => mask.hash))
  })

  test('follows a moving threshold, of its class alone, and so does picking', async () => {
    await show()
    await canvas.setProps({ thresholds: new Map([[2, 0.61]]) })
    await flushPromises()
    expect(paintedHashes()).toEqual([large, small].map(({ mask }) => mask.hash))
    await click(22, 22)
    expect(last('select')).toEqual([[1], 'replace'])
    await canvas.setProps({ thresholds: new Map([[2, 0.6]]) })
    await flushPromises()
    expect(paintedHashes()).toHaveLength(3)
  })

  test('leaves out the one that is selected, which is live, and marks several', async () => {
    await show({ selectedIds: [2] })
    expect(paintedHashes()).toEqual([large, small].map(({ mask }) => mask.hash))
    await canvas.setProps({ selectedIds: [2, 3] })
    await flushPromises()
    expect(browser.painted().map(({ isSelected }) => isSelected)).toEqual([false, true, true])
  })
})

describe('keys', () => {
  const press = (key: string, modifiers: object = {}) =>
    surface().trigger('keydown', { key, ...modifiers })

  test('Tab goes through the annotations and then leaves the canvas', async () => {
    await show()
    const order: unknown[] = []
    for (let i = 0; i < 3; i++) {
      await press('Tab')
      const [ids] = last('select') as [number[]]
      order.push(...ids)
      await canvas.setProps({ selectedIds: ids })
    }
    expect(order.toSorted()).toEqual([1, 2, 3])
    expect(canvas.find('[aria-live]').text()).toContain('3 of 3')
    await press('Tab')
    expect(canvas.emitted('select')).toHaveLength(3)
  })

  test('Escape takes the selection away, and is left to others when there is none', async () => {
    const reached = vi.fn()
    document.addEventListener('keydown', reached)
    await show({ selectedIds: [1] })
    await press('Escape')
    expect(last('select')).toEqual([[], 'replace'])
    expect(reached).not.toHaveBeenCalled()
    await canvas.setProps({ selectedIds: [] })
    await press('Escape')
    expect(reached).toHaveBeenCalledOnce()
    document.removeEventListener('keydown', reached)
  })

  test('1 shows the image at 100 %, 0 shows it whole', async () => {
    await show()
    expect(last('zoom')).toEqual([2])
    await press('1')
    await expect.poll(() => last('zoom')).toEqual([1])
    await press('0')
    await expect.poll(() => last('zoom')).toEqual([2])
  })
})

describe('the picture', () => {
  test('that cannot be read says why in its place, and can be tried again', async () => {
    browser.failures.set(picture.url, { status: 404, message: 'street.jpg is damaged.' })
    await show()
    const notice = canvas.find('[role="alert"]')
    expect(notice.text()).toContain('street.jpg is damaged.')
    browser.failures.clear()
    await notice.find('button').trigger('click')
    await flushPromises()
    expect(canvas.find('[role="alert"]').exists()).toBe(false)
    expect(browser.fetched).toEqual([picture.url, picture.url])
  })

  test('that failed is tried again when its file was found elsewhere', async () => {
    browser.failures.set(picture.url, { status: 404, message: 'street.jpg is not there.' })
    await show({ picture: { ...picture, file: 'old/street.jpg' } })
    expect(canvas.find('[role="alert"]').exists()).toBe(true)
    browser.failures.clear()
    await canvas.setProps({ picture: { ...picture, file: 'new/street.jpg' } })
    await flushPromises()
    expect(canvas.find('[role="alert"]').exists()).toBe(false)
    await canvas.setProps({ picture: { ...picture, file: 'newer/street.jpg' } })
    await flushPromises()
    expect(browser.fetched).toHaveLength(2)
  })

  test('is fetched once, however often its record changes', async () => {
    await show()
    await canvas.setProps({ picture: { ...picture, name: 'renamed.jpg' } })
    await flushPromises()
    expect(browser.fetched).toEqual([picture.url])
  })

  test('keeps the view when the same image comes anew, and is fitted when it is another', async () => {
    await show()
    await surface().trigger('wheel', { deltaX: 4, deltaY: 30, ...at(0, 0) })
    await canvas.setProps({ picture: { ...picture, url: '/asset/picture/1?v=2' } })
    await surface().trigger('pointermove', at(0, 0))
    expect(last('pointer')).toEqual([{ x: 2, y: 15 }])
    await canvas.setProps({ picture: { ...picture, id: 2, url: '/asset/picture/2?v=1' } })
    await surface().trigger('pointermove', at(0, 0))
    expect(last('pointer')).toEqual([{ x: 0, y: 0 }])
  })

  test('shows its thumbnail first', async () => {
    await show({ picture: { ...picture, thumbnailUrl: '/asset/thumbnail/1' } })
    expect(browser.fetched).toEqual(['/asset/thumbnail/1', picture.url])
  })

  test('of nothing asks to choose an image', async () => {
    await show({ picture: null, annotations: [] })
    expect(canvas.text()).toContain('No image is open')
  })
})
