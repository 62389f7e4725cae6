import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { rleFromBitmap } from '#shared/geometry/rle-bitmap.ts'
import { rleToCocoString, type Rle } from '#shared/geometry/rle.ts'
import { SamNetwork } from '#main/networks/sam.ts'
import { SessionFactory } from '#main/networks/sessions.ts'
import { findPacks, type SamPack } from '#main/packs/find-packs.ts'
import { prepareForSam } from '#main/recipes/prepare-sam.ts'
import { maskFromLogits } from '#main/vision/mask-from-logits.ts'
import { encodePrompt, type PointPrompt } from '#main/vision/sam-prompt.ts'
import type { RgbImage } from '#main/vision/rgb-image.ts'
import type { Box } from '#shared/geometry/box.ts'
import type { SamStyle } from '../support/colour-sam/graphs.ts'
import { writeColourSam } from '../support/colour-sam/write-colour-sam.ts'

const factory = new SessionFactory(
  { requested: 'cpu', used: 'cpu', share: null, refused: [] },
  { threads: 1 },
)

const GREY = [128, 128, 128]
const RED = [220, 20, 20]
const BLUE = [20, 40, 220]

/** Red at the left, blue in the middle, a second red thing at the right, on grey. In pixels. */
const RED_BOX: Box = [8, 8, 24, 32]
const BLUE_BOX: Box = [24, 8, 40, 32]
const OTHER_RED_BOX: Box = [48, 16, 60, 40]

const isIn = ([x1, y1, x2, y2]: Box, x: number, y: number): boolean =>
  x >= x1 && x < x2 && y >= y1 && y < y2

function scene(scale: number): RgbImage {
  const [width, height] = [64 * scale, 48 * scale]
  const rgb = new Uint8Array(width * height * 3)
  for (let i = 0; i < width * height; i++) {
    const [x, y] = [(i % width) / scale, Math.floor(i / width) / scale]
    const isRed = isIn(RED_BOX, x, y) || isIn(OTHER_RED_BOX, x, y)
    rgb.set(isRed ? RED : isIn(BLUE_BOX, x, y) ? BLUE : GREY, i * 3)
  }
  return { width, height, rgb }
}

/** The pixels of some boxes of the scene. */
function maskOf(boxes: readonly Box[], scale: number): Rle {
  const [width, height] = [64 * scale, 48 * scale]
  const bitmap = Uint8Array.from({ length: width * height }, (_, i) =>
    boxes.some((box) => isIn(box, (i % width) / scale, Math.floor(i / width) / scale)) ? 1 : 0,
  )
  return rleFromBitmap(bitmap, { width, height })
}

/** Cells of 4 × 4 pixels that are 1 in the boxes and -1 elsewhere, sampled bilinearly pixel by pixel. */
function enlargedCells(boxes: readonly Box[]): Rle {
  const cell = (column: number, row: number): number => {
    const [x, y] = [column, row].map((at) => Math.min(Math.max(at, 0), 15) * 4 + 2)
    return boxes.some((box) => isIn(box, x, y)) ? 1 : -1
  }
  const bitmap = Uint8Array.from({ length: 64 * 64 }, (_, i) => {
    const [u, v] = [i % 64, Math.floor(i / 64)].map((at) => (at + 0.5) / 4 - 0.5)
    const [left, top] = [Math.floor(u), Math.floor(v)]
    const row = (at: number): number =>
      cell(left, at) * (1 - (u - left)) + cell(left + 1, at) * (u - left)
    return row(top) * (1 - (v - top)) + row(top + 1) * (v - top) > 0 ? 1 : 0
  })
  return rleFromBitmap(bitmap, { width: 64, height: 64 })
}

const point = (x: number, y: number, isPositive = true): PointPrompt => ({ x, y, isPositive })

describe.each<SamStyle>(['sam', 'sam2'])('a pack in the style of %s', (style) => {
  let folder: string
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'lexmask-sam-'))
    await writeColourSam(folder, style)
  })
  afterEach(() => rm(folder, { recursive: true }))

  async function packIn(): Promise<SamPack> {
    const { packs, refused } = await findPacks([{ folder, required: true }])
    expect(refused).toEqual([])
    const pack = packs.find(({ kind }) => kind === 'sam')
    if (pack?.kind !== 'sam') throw new Error('the folder is not found to be a SAM pack')
    return pack
  }

  async function edit(change: (description: never) => void): Promise<void> {
    const file = join(folder, 'model.json')
    const description = JSON.parse(await readFile(file, 'utf8')) as never
    change(description)
    await writeFile(file, JSON.stringify(description))
  }

  /** The mask of a prompt in pixels of the scene, at a scale at which the network resizes nothing. */
  async function answer(
    points: readonly PointPrompt[],
    box: Box | null,
  ): Promise<{ mask: Rle; score: number }> {
    const network = await SamNetwork.open(await packIn(), factory)
    const image = style === 'sam' ? scene(1) : stretched()
    const input = await prepareForSam(
      { ...image, resized: () => Promise.resolve(image), pixels: () => Promise.resolve(image) },
      network.pack.description.encoder.input,
    )
    const { map, score } = await network.decode(
      await network.embed(input),
      encodePrompt(points, box, input),
    )
    return { mask: maskFromLogits(map, image), score }
  }

  /** SAM 2 sees squares: the scene is drawn as one, so that the test needs no resizing. */
  function stretched(): RgbImage {
    const { width, height, rgb } = scene(1)
    const square = new Uint8Array(64 * 64 * 3)
    for (let y = 0; y < 64; y++) {
      const row = y < height ? y : height - 1
      square.set(rgb.subarray(row * width * 3, (row + 1) * width * 3), y * width * 3)
    }
    return { width: 64, height: 64, rgb: square }
  }

  /** SAM enlarges its masks itself, here without smoothing; those of SAM 2 come as cells. */
  const expected = (boxes: readonly Box[]): Rle =>
    style === 'sam' ? maskOf(boxes, 1) : enlargedCells(boxes)

  it.each<[string, PointPrompt[], Box | null, Box[]]>([
    ['a point finds all of its colour', [point(12, 12)], null, [RED_BOX, OTHER_RED_BOX]],
    ['a point in another colour finds that', [point(30, 20)], null, [BLUE_BOX]],
    ['a box keeps to what is in it', [point(12, 12)], [4, 4, 44, 44], [RED_BOX]],
    ['a box alone is the answer', [], [8, 8, 40, 32], [RED_BOX, BLUE_BOX]],
    [
      'a negative point takes its colour away',
      [point(30, 20), point(12, 12, false)],
      [8, 8, 40, 32],
      [BLUE_BOX],
    ],
    ['contradicting points leave nothing', [point(12, 12), point(50, 20, false)], null, []],
  ])('%s', async (_what, points, box, boxes) => {
    const { mask, score } = await answer(points, box)
    expect(rleToCocoString(mask)).toBe(rleToCocoString(expected(boxes)))
    // The decoder's first mask is of everything, and it believes less in it.
    expect(score).toBeCloseTo(0.9, 6)
  })

  it('is refused with the names that are there when its description names another', async () => {
    await edit((description: { decoder: { inputs: { points: string } } }) => {
      description.decoder.inputs.points = 'coordinates'
    })
    await expect(SamNetwork.open(await packIn(), factory)).rejects.toMatchObject({
      code: 'PACK_INVALID',
      message: expect.stringMatching(/decoder\.onnx .*has no coordinates.*point_coords/) as string,
    })
  })

  it('is refused when a graph is not the one that its description holds', async () => {
    await writeFile(join(folder, 'encoder.onnx'), 'damaged')
    await expect(SamNetwork.open(await packIn(), factory)).rejects.toMatchObject({
      code: 'PACK_INVALID',
    })
  })

  it('is told as unusable when its description lacks a part', async () => {
    await edit((description: { decoder: { outputs?: object } }) => {
      delete description.decoder.outputs
    })
    const { packs, refused } = await findPacks([{ folder, required: true }])
    expect(packs).toEqual([])
    expect(refused).toEqual([{ folder, reason: expect.stringContaining('outputs') as string }])
  })
})
