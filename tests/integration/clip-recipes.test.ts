import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { recipeSchema, type RecipeChoice } from '#shared/contract/commands.ts'
import type { Box } from '#shared/geometry/box.ts'
import { openClip, openSplitClip, type ClipModel } from '#main/networks/clip.ts'
import { SessionFactory } from '#main/networks/sessions.ts'
import { cropToTower } from '#main/vision/clip-preprocess.ts'
import type { RgbImage } from '#main/vision/rgb-image.ts'
import { CELL } from '../support/block-detector/graphs.ts'
import {
  ANGLE_CELL,
  ANGLE_PIXELS,
  angle,
  BACKGROUND,
  BLUE_CELL,
  CELLS,
  colourfulness,
  EVERYTHING,
  foundInScene,
  GREY,
  labelScene,
  LOGIT_SCALE,
  OBJECTNESS,
  openAppOver,
  painted,
  PICTURE_OF_SCENE,
  RED,
  RED_CELL,
  SCENE,
  WORDS,
  writeScene,
  YELLOW_CELL,
  type Found,
  type Paint,
} from '../support/block-detector/scene.ts'
import { PICTURE, writeBlockDetector } from '../support/block-detector/write-block-detector.ts'
import { writeColourClip } from '../support/colour-clip/write-colour-clip.ts'
import { hasShared, sharedPath } from '../support/coco-mini.ts'

const tokenizerFile = sharedPath('models', 'clip-tokenizer', 'tokenizer.json')

/** CLIP's mean pixel, in bytes. */
const MEAN = '#7b7568'

describe.skipIf(!hasShared)('recipes that ask CLIP [needs ../shared]', () => {
  let folder: string
  let clip: ClipModel

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'lexmask-clip-recipes-'))
    await writeScene(join(folder, 'scene.png'))
    await writeColourClip(join(folder, 'models/colour-clip'), tokenizerFile)
    await writeBlockDetector(join(folder, 'models/block-detector'))
    const report = { requested: 'cpu', used: 'cpu', share: null, refused: [] } as const
    clip = await openClip(
      join(folder, 'models/colour-clip'),
      new SessionFactory(report, { threads: 1 }),
    )
  })
  afterAll(async () => {
    await rm(folder, { recursive: true })
  })

  /** What a run of the product finds in the scene. */
  async function run(recipe: RecipeChoice): Promise<Found> {
    const app = openAppOver(folder, recipe.name)
    try {
      const outcome = await labelScene(app, join(folder, 'scene.png'), recipe)
      expect(outcome).toMatchObject({ failed: [], error: null })
      return foundInScene(app)
    } finally {
      await app.close()
    }
  }

  const crop = (image: RgbImage): Promise<Float32Array> =>
    clip.embedImages(
      cropToTower(image, [0, 0, image.width, image.height], 'stretch', clip.preprocess),
    )
  const dot = (a: Float32Array, b: Float32Array): number => a.reduce((s, v, i) => s + v * b[i], 0)

  /** CLIP's probability of each class by hand. */
  async function probabilities(vector: Float32Array): Promise<number[]> {
    const texts = [...WORDS.map(({ prompt }) => prompt), `a photo of a ${BACKGROUND}.`]
    const { vectors } = await clip.embedTexts(texts)
    const powers = texts.map((_, i) =>
      Math.exp(LOGIT_SCALE * dot(vector, vectors.subarray(i * 16, (i + 1) * 16))),
    )
    const total = powers.reduce((a, b) => a + b)
    return powers.slice(0, -1).map((power) => power / total)
  }

  type Fuse = (p: number, objectness: number, classProbability: number | null) => number

  /** What is to be found, from what CLIP is to be shown of each cell. */
  async function expected(
    shown: ReadonlyMap<Box, Float32Array>,
    fuse: Fuse,
    middleOf: (cell: Box) => number,
    digits = 3,
  ): Promise<Map<Box, Record<string, unknown>>> {
    const table = new Map<Box, Record<string, unknown>>()
    for (const [cell, vector] of shown) {
      const p = await probabilities(vector)
      const rows = WORDS.map(({ name, detectorShare }, i) => {
        const own = detectorShare === null ? null : detectorShare * middleOf(cell)
        return [name, expect.closeTo(fuse(p[i], OBJECTNESS.get(cell) ?? 0, own), digits)] as const
      })
      table.set(cell, Object.fromEntries(rows))
    }
    return table
  }

  /** The box head looks at the middles of the four quarters; of the angle's cell one is red. */
  const middleOf = (cell: Box): number =>
    cell === ANGLE_CELL ? colourfulness(RED) / 4 : (OBJECTNESS.get(cell) ?? 0)
  const scoresOf = (found: Found): Map<Box, unknown> =>
    new Map(Array.from(found, ([cell, { scores }]) => [cell, scores]))
  const withObjectness: Fuse = (p, objectness) => Math.sqrt(p * objectness)

  const cellImage = (cell: Box): RgbImage => {
    const paints = SCENE.map(([[x1, y1, x2, y2], colour]): Paint => [
      [
        Math.min(Math.max(x1 - cell[0], 0), CELL),
        Math.min(Math.max(y1 - cell[1], 0), CELL),
        Math.min(Math.max(x2 - cell[0], 0), CELL),
        Math.min(Math.max(y2 - cell[1], 0), CELL),
      ],
      colour,
    ])
    return painted(CELL, CELL, GREY, paints)
  }
  const vectorsOf = async (
    show: (cell: Box) => Promise<Float32Array>,
  ): Promise<Map<Box, Float32Array>> =>
    new Map(await Promise.all(CELLS.map(async (cell) => [cell, await show(cell)] as const)))

  it('crop: the cell, and nothing beside it', async () => {
    const found = await run(recipeSchema.parse({ name: 'crop', scoring: EVERYTHING }))
    const shown = await vectorsOf((cell) => crop(cellImage(cell)))
    expect(scoresOf(found)).toEqual(await expected(shown, withObjectness, middleOf))
    // The mask of a block is the block but for its corner pixels, of which less than half is inside;
    // that of the angle, which has five corners and an inner one, is what is red.
    expect(Array.from(found.values(), ({ area }) => area)).toEqual([
      ...[4092, 4092, 4092],
      ANGLE_PIXELS - 5 + 1,
    ])
  })

  it('crop: a plain colour has the cosines that can be reckoned on paper', async () => {
    const vector = await crop(cellImage(RED_CELL))
    const { vectors } = await clip.embedTexts([WORDS[0].prompt, WORDS[1].prompt])
    // One axis of colour, one that all have, and a gap of 2.5: 1 + 1 + 6.25 is the squared length.
    expect(dot(vector, vectors.subarray(0, 16))).toBeCloseTo(2 / 8.25, 3)
    expect(dot(vector, vectors.subarray(16, 32))).toBeCloseTo(1 / 8.25, 3)
  })

  it('vild: the cell and what is around it by half, in equal parts', async () => {
    const found = await run(recipeSchema.parse({ name: 'vild', scoring: EVERYTHING }))
    const shown = await vectorsOf(async (cell) => {
      const [x1, y1, x2, y2] = cell
      const near = await crop(cellImage(cell))
      const around: Box = [x1 - 16, y1 - 16, x2 + 16, y2 + 16]
      const wide = await clip.embedImages(
        cropToTower(PICTURE_OF_SCENE, around, 'stretch', clip.preprocess),
      )
      const sum = near.map((value, i) => value + wide[i])
      return sum.map((value) => value / Math.sqrt(dot(sum, sum)))
    })
    expect(scoresOf(found)).toEqual(await expected(shown, withObjectness, middleOf))
    // The yellow neighbour is seen.
    const scores = found.get(BLUE_CELL)?.scores
    expect(scores?.gizmo).toBeGreaterThan(scores?.bus ?? 1)
  })

  it('ovseg: only what is in the mask, on the mean pixel, with the class at 0.3', async () => {
    const found = await run(recipeSchema.parse({ name: 'ovseg', scoring: EVERYTHING }))
    const shown = await vectorsOf((cell) =>
      crop(
        cell === ANGLE_CELL
          ? painted(32, 32, MEAN, angle(0, 0))
          : painted(CELL, CELL, SCENE.find(([box]) => box === cell)?.[1] ?? GREY, []),
      ),
    )
    const fuse: Fuse = (p, objectness, own) => (own ?? objectness) ** 0.3 * p ** 0.7
    expect(scoresOf(found)).toEqual(await expected(shown, fuse, middleOf))
  })

  /** Mean colours of squares of the picture in 0..1, with the 1 that the split encoders add. */
  function squareAt(stride: number, row: number, column: number): number[] {
    const at = (index: number): number => Math.min(Math.max(index, 0), PICTURE / stride - 1)
    const sums = [0, 0, 0]
    for (let y = at(row) * stride; y < (at(row) + 1) * stride; y++) {
      for (let x = at(column) * stride; x < (at(column) + 1) * stride; x++) {
        for (let c = 0; c < 3; c++) sums[c] += PICTURE_OF_SCENE.rgb[(y * PICTURE + x) * 3 + c]
      }
    }
    return [...sums.map((sum) => sum / stride ** 2 / 255), 1]
  }

  /** A cell of the picture as `cells` x `cells` colours between those of the squares, [row][column]. */
  function coloursIn([left, top]: Box, stride: number, cells: number): number[][][] {
    const position = (from: number, index: number): number =>
      (from + ((index + 0.5) * CELL) / cells) / stride - 0.5
    return Array.from({ length: cells }, (_, r) =>
      Array.from({ length: cells }, (_, c) => {
        const [y, x] = [position(top, r), position(left, c)]
        const [row, column] = [Math.floor(y), Math.floor(x)]
        const corners = [0, 1].flatMap((dy) =>
          [0, 1].map((dx) => ({
            weight: Math.abs(1 - dy - (y - row)) * Math.abs(1 - dx - (x - column)),
            colour: squareAt(stride, row + dy, column + dx),
          })),
        )
        return [0, 1, 2, 3].map((channel) =>
          corners.reduce((sum, { weight, colour }) => sum + weight * colour[channel], 0),
        )
      }),
    )
  }

  /** What the second part of a split encoder makes of regions that are put together by hand. */
  async function splitVectors(
    form: 'vit-stages' | 'resnet-stages',
    regionOf: (cell: Box, cells: number) => number[],
  ): Promise<Map<Box, Float32Array>> {
    const report = { requested: 'cpu', used: 'cpu', share: null, refused: [] } as const
    const factory = new SessionFactory(report, { threads: 1 })
    const { stages } = await openSplitClip(join(folder, 'models/colour-clip'), form, factory)
    const size = stages.inputSize(PICTURE_OF_SCENE, null)
    const empty = new Float32Array(3 * size.width * size.height)
    const features = await stages.features(empty, size)
    return vectorsOf((cell) =>
      features.embedRegions(Float32Array.from(regionOf(cell, stages.cells)), 1),
    )
  }

  it('fvlm-patch: the patches of the whole image under the box, before the encoder', async () => {
    const found = await run(recipeSchema.parse({ name: 'fvlm-patch', scoring: EVERYTHING }))
    // A patch of 16 pixels of 224 is one of 32 pixels of the picture.
    const shown = await splitVectors('vit-stages', (cell, cells) =>
      coloursIn(cell, 32, cells).flat(2),
    )
    expect(scoresOf(found)).toEqual(await expected(shown, withObjectness, middleOf, 2))
  })

  it('regionclip: the features of the whole image under the box', async () => {
    const regions = { shortSide: PICTURE }
    const found = await run(
      recipeSchema.parse({ name: 'regionclip', regions, scoring: EVERYTHING }),
    )
    const shown = await splitVectors('resnet-stages', (cell, cells) => {
      const colours = coloursIn(cell, 16, cells).flat()
      return [0, 1, 2, 3].flatMap((channel) => colours.map((colour) => colour[channel]))
    })
    expect(scoresOf(found)).toEqual(await expected(shown, withObjectness, middleOf))
  })

  const fusions: readonly (readonly [string, Fuse])[] = [
    ['class', (p, objectness, own) => Math.sqrt((own ?? objectness) * p)],
    [
      'detector',
      (p, objectness, own) =>
        own === null ? objectness ** 0.35 * p ** 0.65 : own ** 0.65 * p ** 0.35,
    ],
    [
      'vild',
      (p, objectness, own) =>
        own === null ? (objectness * p * p) ** (1 / 3) : (own * own * p) ** (1 / 3),
    ],
    ['detic', (p, objectness) => Math.sqrt(p * objectness)],
  ]
  it.each(fusions)('fusion=%s is its formula', async (fusion, fuse) => {
    const found = await run(
      recipeSchema.parse({ name: 'crop', scoring: { ...EVERYTHING, fusion } }),
    )
    const shown = await vectorsOf((cell) => crop(cellImage(cell)))
    expect(scoresOf(found)).toEqual(await expected(shown, fuse, middleOf))
  })

  it('source=detections has only what the detector takes for its classes', async () => {
    const regions = { source: 'detections', candidateFloor: 0.3 } as const
    const found = await run(recipeSchema.parse({ name: 'crop', regions, scoring: EVERYTHING }))
    // In the middle of the angle the detector sees a bus with 0.16.
    expect(found.get(ANGLE_CELL)?.area).toBe(0)
    expect([RED_CELL, BLUE_CELL, YELLOW_CELL].map((cell) => found.get(cell)?.area)).toEqual([
      4092, 4092, 4092,
    ])
  })
})
