import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { maskFromPolygons } from '#shared/geometry/contours.ts'
import { rleFromCocoSegmentation } from '#shared/geometry/coco-segmentation.ts'
import { strokeMask } from '#shared/geometry/edit/brush.ts'
import type { Point } from '#shared/geometry/point.ts'
import { measureRle, rleArea, rleBbox, rleIou } from '#shared/geometry/rle-algebra.ts'
import type { Rle } from '#shared/geometry/rle.ts'
import type { Size } from '#shared/geometry/size.ts'
import { randomAnnotations } from '../support/canvas-scene.ts'
import { SeededRandom } from '../support/random.ts'
import { rleFromCocoString } from '#shared/geometry/rle.ts'
import { CorrectionTools } from './pages/correction-tools.ts'
import { LexmaskWindow } from './pages/lexmask-window.ts'
import { readExport } from './support/coco-file.ts'
import { expect, test } from './support/fixtures.ts'
import { layLargePhoto, layMasks } from './support/laid-project.ts'

/** What is large, tiny, at the border, or in thousands, in the window that people work in. */

const VAST = { width: 12_000, height: 9000 }
const CROWDED = { width: 4000, height: 3000 }
const SEED = 20_261

const box = (left: number, top: number, width: number, height: number, size: Size): Rle =>
  maskFromPolygons(
    [
      {
        outer: [left, top, left + width, top, left + width, top + height, left, top + height],
        holes: [],
      },
    ],
    size,
  )

/** Of a photo in an exported file, in its order. */
function masksOf(path: string, photo: string): Rle[] {
  const { dataset } = readExport(path)
  const image = dataset.images.find(({ file_name }) => file_name === photo)
  if (image === undefined) throw new Error(`${photo} was not exported.`)
  return dataset.annotations
    .filter(({ image_id }) => image_id === image.id)
    .map(({ segmentation }) => rleFromCocoSegmentation(segmentation, image))
}

/** What a hand draws is known to a part of a pixel of the screen, which is 12 of the image. */
const likeness = (a: Rle, b: Rle): number => rleIou(measureRle(a), measureRle(b), false)

test('a photo of 12,000 × 9,000 pixels: a pixel, the border, a polygon and a move', async ({
  launch,
  folder,
}) => {
  mkdirSync(join(folder, 'photos'))
  const photos = await layLargePhoto(join(folder, 'photos'), 'vast.jpg', VAST)
  const pixel = box(6000, 4500, 1, 1, VAST)
  const edge = box(0, 3000, 60, 6000, VAST)
  const window = new LexmaskWindow(await launch())
  const tools = new CorrectionTools(window)
  const exported = join(folder, 'vast.json')
  await window.begin(join(folder, 'vast.lexmask'), photos, 'rock')
  await tools.open('vast.jpg', VAST)
  await layMasks(window, [pixel, edge])

  await test.step('a mask of one pixel is seen and picked', async () => {
    await tools.select({ x: 6020, y: 4480 })
    await window.page.keyboard.press('Escape')
  })

  const line: Point[] = [
    { x: 2000, y: 1500 },
    { x: 300, y: 300 },
    { x: -600, y: 900 },
  ]
  await test.step('the brush paints to the border and not beyond', async () => {
    await tools.take('Brush')
    await tools.brushSize(400)
    await tools.stroke(line)
    await window.page.keyboard.press('Escape')
    await window.page.keyboard.press('Escape')
  })
  const corners: Point[] = [
    { x: 4000, y: 1000 },
    { x: 11_000, y: 2500 },
    { x: 9000, y: 8200 },
    { x: 5000, y: 7000 },
  ]
  await test.step('a polygon over half of the photo', async () => {
    await tools.take('Polygon')
    await tools.polygon(corners)
  })
  await window.exporting.writeTo(exported)
  const drawn = masksOf(exported, 'vast.jpg')
  expect(drawn).toHaveLength(4)
  expect(drawn[0]).toEqual(pixel)
  expect(drawn[1]).toEqual(edge)
  const stroke = strokeMask(line, { shape: 'round', diameterPx: 400 }, VAST)
  expect(likeness(drawn[2], stroke)).toBeGreaterThan(0.97)
  expect(rleBbox(drawn[2])[0]).toBe(0)
  const flat = corners.flatMap(({ x, y }) => [x, y])
  expect(likeness(drawn[3], maskFromPolygons([{ outer: flat, holes: [] }], VAST))).toBeGreaterThan(
    0.99,
  )

  await test.step('the mask at the border is moved over it, and back by keys', async () => {
    await tools.take('Select')
    await window.page.keyboard.press('Escape')
    await tools.select({ x: 30, y: 6000 })
    await tools.move({ x: 30, y: 6000 }, { x: 1530, y: 4500 })
    await tools.nudge('ArrowLeft', 6, { isFar: true })
  })
  await window.exporting.writeTo(join(folder, 'moved.json'))
  const moved = masksOf(join(folder, 'moved.json'), 'vast.jpg')[1]
  const [left, top, width, height] = rleBbox(moved)
  expect([width, height, rleArea(moved)]).toEqual([60, 6000, 360_000])
  expect(Math.abs(left - 1440)).toBeLessThan(15)
  expect(Math.abs(top - 1500)).toBeLessThan(15)

  await test.step('undo all gives the export of before', async () => {
    for (const name of tools.steps.toReversed()) await tools.undo(name)
    await window.exporting.writeTo(join(folder, 'undone.json'))
    expect(masksOf(join(folder, 'undone.json'), 'vast.jpg')).toEqual([pixel, edge])
  })
})

test('2,000 annotations in one photo, one of them of a pixel', async ({ launch, folder }) => {
  console.log(`masks of seed ${SEED}`)
  mkdirSync(join(folder, 'photos'))
  const photos = await layLargePhoto(join(folder, 'photos'), 'crowd.jpg', CROWDED)
  const blobs = randomAnnotations(new SeededRandom(SEED), CROWDED, 1999).map(({ mask }) =>
    rleFromCocoString(mask.counts, CROWDED),
  )
  const pixel = box(3990, 2990, 1, 1, CROWDED)
  const window = new LexmaskWindow(await launch())
  const tools = new CorrectionTools(window)
  await window.begin(join(folder, 'crowd.lexmask'), photos, 'pebble')
  await tools.open('crowd.jpg', CROWDED)
  await layMasks(window, [...blobs, pixel])

  await tools.select({ x: 3990.5, y: 2990.5 })
  await tools.nudge('ArrowLeft', 5)
  await window.page.keyboard.press('Escape')
  await tools.take('Brush')
  await tools.brushSize(60)
  await tools.stroke([
    { x: 3990, y: 100 },
    { x: 3990, y: 1500 },
  ])
  await tools.step('Delete', () => window.page.keyboard.press('Delete'))
  await tools.take('Select')
  const exported = join(folder, 'crowd.json')
  await window.exporting.writeTo(exported)
  const masks = masksOf(exported, 'crowd.jpg')
  expect(masks).toHaveLength(2000)
  expect(masks.slice(0, -1)).toEqual(blobs)
  expect(rleBbox(masks[1999])).toEqual([3985, 2990, 1, 1])
})
