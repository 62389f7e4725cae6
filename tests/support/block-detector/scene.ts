import { join } from 'node:path'
import sharp from 'sharp'
import type { RecipeChoice } from '#shared/contract/commands.ts'
import type { Box } from '#shared/geometry/box.ts'
import { createApp, type App } from '#main/app/create-app.ts'
import { prelabelFolder } from '#main/app/prelabel-folder.ts'
import { forkLauncher } from '#main/inference/worker-process.ts'
import type { RgbImage } from '#main/vision/rgb-image.ts'
import { rgbOf } from '../colour-clip/colours.ts'
import { resourcesFolder } from '../lexicon.ts'
import { CELL } from './graphs.ts'
import { PICTURE } from './write-block-detector.ts'

const WORKER = join(import.meta.dirname, '../../../out/main/worker.js')

export const GREY = '#808080'
export const BLACK = '#000000'
export const RED = '#e01414'
export const BLUE = '#1040e0'
export const YELLOW = '#ffe000'

export type Paint = readonly [box: Box, colour: string]

export function painted(
  width: number,
  height: number,
  ground: string,
  paints: readonly Paint[],
): RgbImage {
  const rgb = new Uint8Array(width * height * 3)
  const fill = ([x1, y1, x2, y2]: Box, colour: string): void => {
    for (let y = y1; y < y2; y++) {
      for (let x = x1; x < x2; x++) rgb.set(rgbOf(colour), (y * width + x) * 3)
    }
  }
  fill([0, 0, width, height], ground)
  for (const [box, colour] of paints) fill(box, colour)
  return { width, height, rgb }
}

const cellAt = (column: number, row: number): Box => [
  column * CELL,
  row * CELL,
  (column + 1) * CELL,
  (row + 1) * CELL,
]

/** A red block; a blue one with a yellow one at its right; a red angle on black. */
export const RED_CELL = cellAt(1, 1)
export const BLUE_CELL = cellAt(4, 1)
export const YELLOW_CELL = cellAt(5, 1)
export const ANGLE_CELL = cellAt(2, 4)
/** An L of 32 x 32 pixels without its upper right quarter, in a cell or a crop. */
export const angle = (left: number, top: number): Paint[] => [
  [[left, top, left + 16, top + 32], RED],
  [[left + 16, top + 16, left + 32, top + 32], RED],
]
export const SCENE: readonly Paint[] = [
  [RED_CELL, RED],
  [BLUE_CELL, BLUE],
  [YELLOW_CELL, YELLOW],
  [ANGLE_CELL, BLACK],
  ...angle(ANGLE_CELL[0] + 16, ANGLE_CELL[1] + 16),
]

/** As the block detector sees it. */
export const colourfulness = (colour: string): number =>
  (Math.max(...rgbOf(colour)) - Math.min(...rgbOf(colour))) / 255
export const ANGLE_PIXELS = 3 * 16 * 16
export const OBJECTNESS: ReadonlyMap<Box, number> = new Map<Box, number>([
  [RED_CELL, colourfulness(RED)],
  [BLUE_CELL, colourfulness(BLUE)],
  [YELLOW_CELL, colourfulness(YELLOW)],
  [ANGLE_CELL, (colourfulness(RED) * ANGLE_PIXELS) / CELL ** 2],
])
export const CELLS = [...OBJECTNESS.keys()]

/** A class that the detector knows, and two that it does not; each with a sentence of its own. */
export const WORDS = [
  { name: 'bus', prompt: 'a photo of a red thing', detectorShare: 0.8 },
  { name: 'gadget', prompt: 'a photo of a blue thing', detectorShare: null },
  { name: 'gizmo', prompt: 'a photo of a yellow thing', detectorShare: null },
] as const
export const BACKGROUND = 'wall'
export const LOGIT_SCALE = 20

/** All that is called anything stays: every class's score of every region can be looked at. */
export const EVERYTHING = {
  templates: 'single',
  logitScale: LOGIT_SCALE,
  backgroundWords: [BACKGROUND],
  scoreFloor: 0,
  threshold: 0,
  crossClassNmsIou: 1,
} as const

export const PICTURE_OF_SCENE = painted(PICTURE, PICTURE, GREY, SCENE)

export async function writeScene(file: string): Promise<void> {
  const { width, height, rgb } = PICTURE_OF_SCENE
  await sharp(rgb, { raw: { width, height, channels: 3 } })
    .png()
    .toFile(file)
}

/** The product's application with the packs of `folder/models`, over a new project there or this one. */
export function openAppOver(
  folder: string,
  name: string,
  projectFile = join(folder, `${name}-${Math.random().toString(36).slice(2)}.lexmask`),
): App {
  return createApp({
    projectFile,
    open: { create: true },
    packRoots: [{ folder: join(folder, 'models'), required: true }],
    resourcesFolder,
    reviewerName: null,
    inference: {
      ...{ launch: forkLauncher(WORKER), pack: null, precision: null, graph: null },
      ...{ provider: 'cpu', threads: 1, maxPixels: 2 ** 24 },
    },
    report: (error) => {
      throw error
    },
  })
}

/** Label one picture with the words of the scene. */
export function labelScene(
  app: App,
  file: string,
  recipe: RecipeChoice,
): ReturnType<typeof prelabelFolder> {
  const classes = WORDS.map(({ name, prompt }) => ({ name, prompts: [prompt] }))
  return prelabelFolder(
    app,
    {
      paths: [file],
      vocabulary: { revision: app.project.meta.vocabularyRevision(), classes, negatives: [] },
      recipe,
      again: true,
    },
    { words: () => undefined, ready: () => undefined },
  )
}

/** Score of each class by cell, and the pixels of the cell's mask. */
export type Found = Map<
  Box,
  { readonly scores: Readonly<Record<string, number>>; readonly area: number }
>

/** @throws Error for a region that is no cell of the scene */
export function foundInScene({ project }: App): Found {
  const [image] = project.images.list({}, { offset: 0, limit: 1 }).images
  const found: Found = new Map(CELLS.map((cell) => [cell, { scores: {}, area: 0 }]))
  for (const candidate of project.candidates.listForImage(image.id)) {
    const cell = CELLS.find((one) => one.every((corner, i) => corner === candidate.box[i]))
    if (!cell) throw new Error(`a region at ${candidate.box.join(', ')}, which is no cell`)
    const scores = project.annotations
      .listForImage(image.id)
      .filter(({ candidateId }) => candidateId === candidate.id)
      .map(({ classId, score }) => [project.vocabulary.getClass(classId)?.name ?? '', score])
    found.set(cell, {
      scores: Object.fromEntries(scores) as Record<string, number>,
      area: candidate.area,
    })
  }
  return found
}
