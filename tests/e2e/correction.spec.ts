import { join } from 'node:path'
import { readFileSync } from 'node:fs'
import { polygonsFromMask } from '#shared/geometry/contours.ts'
import type { Point } from '#shared/geometry/point.ts'
import type { Size } from '#shared/geometry/size.ts'
import { simplifyRing } from '#shared/geometry/simplify.ts'
import type { CocoDataset } from '#main/formats/coco-types.ts'
import { hasShared } from '../support/coco-mini.ts'
import { CorrectionTools } from './pages/correction-tools.ts'
import { HistoryPanel } from './pages/history-panel.ts'
import { LexmaskWindow } from './pages/lexmask-window.ts'
import { readExport } from './support/coco-file.ts'
import { expect, test } from './support/fixtures.ts'
import { annotationsInReach, type InReach } from './support/in-reach.ts'
import { layPhotos, NEEDS_SHARED } from './support/photos.ts'

/** A person puts right what the model made, with every kind of tool, and takes it all back. */

/** With four objects or more to get at in each. */
const PHOTOS = [
  '000000397133.jpg',
  '000000217285.jpg',
  '000000475678.jpg',
  '000000269196.jpg',
  '000000183709.jpg',
  '000000062554.jpg',
  '000000350679.jpg',
  '000000423617.jpg',
  '000000516916.jpg',
  '000000311002.jpg',
]
/** Nine, so that each has a key. */
const WORDS = ['person', 'car', 'bus', 'bowl', 'sheep', 'suitcase', 'tv', 'broccoli', 'laptop']
const REDRAWINGS = [redrawByPolygon, redrawByBrush, redrawByBox]

/** Corners of a polygon lie so far apart that none is taken for another. CSS pixels. */
const CORNER_SPACING_PX = 16
const MAX_CORNERS = 16

test('a correction session comes back whole, undone and redone, also after a restart', async ({
  launch,
  folder,
}, testInfo) => {
  test.skip(!hasShared, NEEDS_SHARED)
  test.setTimeout(1_200_000)
  const project = join(folder, 'corrected.lexmask')
  const shell = await launch()
  const window = new LexmaskWindow(shell)
  const { label, jobs } = window

  await test.step('auto-labels to begin with', async () => {
    await window.begin(project, layPhotos(folder, PHOTOS), WORDS.join(', '))
    await label.autoLabel()
    await jobs.labelled(PHOTOS.length, 400_000)
  })
  const before = await exportOf(window, join(folder, 'before.json'))
  const { dataset } = readExport(join(folder, 'before.json'))
  const sizeOf = (photo: string): Size => {
    const found = dataset.images.find(({ file_name }) => file_name === photo)
    if (found === undefined) throw new Error(`${photo} was not exported.`)
    return found
  }

  const tools = new CorrectionTools(window)
  const stepsOf = new Map<string, readonly string[]>()
  const beganMs = performance.now()
  for (const [number, photo] of PHOTOS.entries()) {
    await test.step(`correct ${photo}`, async () => {
      tools.steps = []
      await tools.open(photo, sizeOf(photo))
      const [roomiest, second, third, fourth] = annotationsInReach(dataset, photo)
      expect(fourth?.roomPx, `${photo} has four masks to get at`).toBeGreaterThan(3)
      await correct(tools, roomiest, second)
      await tools.select(fourth.place)
      await tools.delete()
      await redraw(tools, third, REDRAWINGS[number % REDRAWINGS.length])
      await tools.take('Select')
      stepsOf.set(photo, tools.steps)
    })
  }
  const steps = [...stepsOf.values()].flat()
  const seconds = Math.round((performance.now() - beganMs) / 1000)
  testInfo.annotations.push({
    type: 'measured',
    description: `${steps.length} steps on ${PHOTOS.length} photos in ${seconds} s`,
  })
  const after = await exportOf(window, join(folder, 'after.json'))
  await test.step('the file has what was done', () => {
    const corrected = readExport(join(folder, 'after.json')).annotations
    for (const photo of PHOTOS) {
      const [main, , redrawn] = annotationsInReach(dataset, photo)
      const present = corrected.filter(({ image }) => image === photo)
      // One was deleted, and one became a part of another.
      expect(present, photo).toHaveLength(countIn(dataset, photo) - 2)
      const judged = present.filter(({ state }) => state !== 'proposed').map(({ name }) => name)
      expect(judged.sort(), photo).toEqual([otherClass(main), redrawn.className].sort())
    }
  })

  await test.step('undo all by keys', async () => {
    for (const [photo, names] of stepsOf) {
      await tools.open(photo, sizeOf(photo))
      for (const name of names.toReversed()) await tools.undo(name)
    }
    expect(await exportOf(window, join(folder, 'undone.json'))).toBe(before)
  })
  await test.step('redo all by keys', async () => {
    for (const [photo, names] of stepsOf) {
      await tools.open(photo, sizeOf(photo))
      for (const name of names) await tools.redo(name)
    }
    expect(await exportOf(window, join(folder, 'redone.json'))).toBe(after)
  })

  await shell.close()
  const again = new LexmaskWindow(await launch({ project }))
  const history = new HistoryPanel(again.page)
  const goInEach = async (placeOf: (steps: readonly string[]) => number): Promise<void> => {
    for (const [photo, names] of stepsOf) {
      await again.label.openImage(photo)
      await history.open()
      await history.goTo(placeOf(names))
      await history.close()
    }
  }
  await test.step('the next day: undo all by the history', async () => {
    await expect(again.label.images).toHaveCount(PHOTOS.length)
    await goInEach(({ length }) => length)
    expect(await exportOf(again, join(folder, 'undone-again.json'))).toBe(before)
  })
  await test.step('redo all by the history', async () => {
    await goInEach(() => 0)
    expect(await exportOf(again, join(folder, 'redone-again.json'))).toBe(after)
  })
})

function countIn({ images, annotations }: CocoDataset, photo: string): number {
  const found = images.find(({ file_name }) => file_name === photo)
  return annotations.filter(({ image_id }) => image_id === found?.id).length
}

/** The file as it is. */
async function exportOf(window: LexmaskWindow, path: string): Promise<string> {
  await window.exporting.writeTo(path)
  return readFileSync(path, 'utf8')
}

/** A class, a hole, a cut and a merge. */
async function correct(tools: CorrectionTools, main: InReach, other: InReach): Promise<void> {
  await tools.select(main.place)
  await tools.changeClass(otherClass(main))

  await tools.take('Polygon')
  await tools.shapesAre('Cut out')
  await tools.polygon(diamond(main.place, main.roomPx * 0.6), 'Cut a hole')
  await tools.shapesAre('New')

  await tools.take('Cutting line')
  const { x } = main.place
  const [, top, , height] = main.bbox
  await tools.cut({ x, y: top - 6 }, { x, y: top + height + 6 })
  await tools.take('Select')
  await tools.selectToo(other.place)
  await tools.merge()
}

const otherClass = ({ className }: InReach): string =>
  WORDS[(WORDS.indexOf(className) + 1) % WORDS.length]

type Redraw = (tools: CorrectionTools, wanted: InReach) => Promise<void>

/** Deletes a mask and makes it anew. */
async function redraw(tools: CorrectionTools, wanted: InReach, by: Redraw): Promise<void> {
  await tools.select(wanted.place)
  await tools.delete()
  await by(tools, wanted)
  await expect(tools.selected).toHaveCount(1)
}

async function redrawByPolygon(tools: CorrectionTools, wanted: InReach): Promise<void> {
  await takeFor(tools, 'Polygon', wanted)
  await tools.polygon(cornersOf(tools, wanted))
}

async function redrawByBrush(tools: CorrectionTools, { bbox, ...wanted }: InReach): Promise<void> {
  await takeFor(tools, 'Brush', wanted)
  await tools.brushSize(Math.max(6, Math.round(wanted.roomPx)))
  const [left, top, width, height] = bbox
  const { x, y } = wanted.place
  await tools.stroke([
    { x: left + width * 0.2, y },
    { x, y: y + height * 0.1 },
    { x: left + width * 0.8, y },
  ])
  await expect(tools.selected).toHaveCount(1)
  await tools.stroke([
    { x, y: top + height * 0.2 },
    { x, y: top + height * 0.8 },
  ])
}

async function redrawByBox(tools: CorrectionTools, { bbox }: InReach): Promise<void> {
  await tools.take('Mask from a box')
  const [left, top, width, height] = bbox
  await tools.boxToMask({ x: left, y: top }, { x: left + width, y: top + height })
}

async function takeFor(
  tools: CorrectionTools,
  tool: string,
  { className }: Pick<InReach, 'className'>,
): Promise<void> {
  await tools.take(tool)
  await tools.drawsClass(className, WORDS.indexOf(className) + 1)
}

function diamond({ x, y }: Point, radiusPx: number): Point[] {
  return [
    { x: x - radiusPx, y },
    { x, y: y - radiusPx },
    { x: x + radiusPx, y },
    { x, y: y + radiusPx },
  ]
}

/** Of the outline of the largest part, as a hand would click them. */
function cornersOf(tools: CorrectionTools, { mask }: InReach): Point[] {
  const [largest] = polygonsFromMask(mask).sort((a, b) => b.outer.length - a.outer.length)
  for (let tolerancePx = 1; ; tolerancePx *= 1.5) {
    const ring = simplifyRing(largest.outer, tolerancePx)
    const corners: Point[] = []
    for (let i = 0; i < ring.length; i += 2) {
      const corner = { x: ring[i], y: ring[i + 1] }
      const isApart = (one: Point): boolean => tools.distance(one, corner) >= CORNER_SPACING_PX
      if (corners.every(isApart)) corners.push(corner)
    }
    if (corners.length <= MAX_CORNERS) return corners
  }
}
