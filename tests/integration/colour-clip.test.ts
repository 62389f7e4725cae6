import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import sharp from 'sharp'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { Box } from '#shared/geometry/box.ts'
import { promptsForName } from '#shared/vocabulary/prompts.ts'
import { averageDirection } from '#shared/vocabulary/text-vectors.ts'
import { openClip, type ClipModel } from '#main/networks/clip.ts'
import { SessionFactory } from '#main/networks/sessions.ts'
import { cropToTower, type CropMode } from '#main/vision/clip-preprocess.ts'
import type { RgbImage } from '#main/vision/rgb-image.ts'
import { COLOURS, rgbOf, type ColourName } from '../support/colour-clip/colours.ts'
import { writeColourClip } from '../support/colour-clip/write-colour-clip.ts'
import { hasShared, sharedPath } from '../support/coco-mini.ts'

const tokenizerFile = sharedPath('models', 'clip-tokenizer', 'tokenizer.json')
const NAMES = COLOURS.map(({ name }) => name)
const CROP_MODES: readonly CropMode[] = ['square', 'stretch', 'center']

function plain(colour: string, width = 64, height = 48): RgbImage {
  const rgb = new Uint8Array(width * height * 3)
  const pixel = rgbOf(colour)
  for (let at = 0; at < rgb.length; at += 3) rgb.set(pixel, at)
  return { width, height, rgb }
}

async function readPhoto(file: string): Promise<RgbImage> {
  const { data, info } = await sharp(file)
    .rotate()
    .toColourspace('srgb')
    .removeAlpha()
    .raw()
    .toBuffer({ resolveWithObject: true })
  return { width: info.width, height: info.height, rgb: new Uint8Array(data) }
}

const dot = (a: Float32Array, b: Float32Array): number => a.reduce((sum, v, i) => sum + v * b[i], 0)

function softmax(logits: readonly number[]): number[] {
  const highest = Math.max(...logits)
  const powers = logits.map((logit) => Math.exp(logit - highest))
  const sum = powers.reduce((a, b) => a + b, 0)
  return powers.map((power) => power / sum)
}

describe.skipIf(!hasShared)('the colour CLIP (needs ../shared)', () => {
  let folder: string
  let clip: ClipModel
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'lexmask-colour-clip-'))
    await writeColourClip(folder, tokenizerFile)
    const report = { requested: 'cpu', used: 'cpu', share: null, refused: [] } as const
    clip = await openClip(folder, new SessionFactory(report, { threads: 2 }))
  })
  afterAll(async () => {
    await rm(folder, { recursive: true })
  })

  /** Probability of each text for a crop, as the recipe `crop` has it. */
  async function probabilities(
    image: RgbImage,
    box: Box,
    mode: CropMode,
    texts: readonly string[],
  ): Promise<number[]> {
    const vector = await clip.embedImages(cropToTower(image, box, mode, clip.preprocess))
    const { vectors } = await clip.embedTexts(texts)
    return softmax(
      texts.map((_, i) => {
        const text = vectors.subarray(i * clip.dimension, (i + 1) * clip.dimension)
        return clip.logitScale * dot(vector, text)
      }),
    )
  }

  async function winner(
    image: RgbImage,
    box: Box,
    mode: CropMode,
    texts: readonly string[],
  ): Promise<string> {
    const p = await probabilities(image, box, mode, texts)
    return texts[p.indexOf(Math.max(...p))]
  }

  const whole = ({ width, height }: RgbImage): Box => [0, 0, width, height]
  const bus = (name: ColourName): string => `a photo of a ${name} bus`

  it('is written alike every time', async () => {
    const again = await mkdtemp(join(tmpdir(), 'lexmask-colour-clip-'))
    try {
      await writeColourClip(again, tokenizerFile)
      for (const file of ['vision_model.onnx', 'text_model.onnx', 'tokenizer.json', 'model.json']) {
        const bytes = await readFile(join(again, file))
        expect(bytes.equals(await readFile(join(folder, file)))).toBe(true)
      }
    } finally {
      await rm(again, { recursive: true })
    }
  })

  it('has the inputs and outputs of CLIP', async () => {
    const { InferenceSession } = await import('onnxruntime-node')
    const vision = await InferenceSession.create(join(folder, 'vision_model.onnx'))
    expect([...vision.inputMetadata, ...vision.outputMetadata]).toEqual([
      { name: 'pixel_values', isTensor: true, type: 'float32', shape: ['batch', 3, 224, 224] },
      { name: 'image_embeds', isTensor: true, type: 'float32', shape: ['batch', 16] },
    ])
    const text = await InferenceSession.create(join(folder, 'text_model.onnx'))
    expect([...text.inputMetadata, ...text.outputMetadata]).toEqual([
      { name: 'input_ids', isTensor: true, type: 'int64', shape: ['batch', 'sequence'] },
      { name: 'text_embeds', isTensor: true, type: 'float32', shape: ['batch', 16] },
    ])
    expect(clip.dimension).toBe(16)
    expect(clip.logitScale).toBe(100)
  })

  it.each(COLOURS.flatMap(({ name, looks }) => looks.map((look) => [look, name] as const)))(
    'sees a plain %s as %s, whatever the crop',
    async (look, name) => {
      const image = plain(look)
      for (const mode of CROP_MODES) {
        const texts = [...NAMES.map(bus), 'a photo of a bus', 'background']
        expect(await winner(image, whole(image), mode, texts)).toBe(bus(name))
      }
    },
  )

  it('sees colours that it was not given, as a person would call them', async () => {
    const seen: [string, ColourName][] = [
      ['#d02020', 'red'],
      ['#3060d0', 'blue'],
      ['#208040', 'green'],
      ['#f8e010', 'yellow'],
      ['#603818', 'brown'],
      ['#8030b0', 'purple'],
      ['#f8a0c0', 'pink'],
      ['#f09020', 'orange'],
      ['#f4f4f0', 'white'],
      ['#101412', 'black'],
      ['#909090', 'grey'],
    ]
    for (const [look, name] of seen) {
      const image = plain(look)
      const found = await winner(image, whole(image), 'square', NAMES.map(bus))
      expect({ look, found }).toEqual({ look, found: bus(name) })
    }
  })

  it('prefers the text without a colour to the wrong colour, and the right one to both', async () => {
    const image = plain('#e01414')
    const texts = ['a photo of a red bus', 'a photo of a bus', 'a photo of a blue bus']
    const p = await probabilities(image, whole(image), 'square', texts)
    expect(p[0]).toBeGreaterThan(0.99)
    expect(p[1]).toBeGreaterThan(p[2])
  })

  it('has cosines like those of real CLIP: 0.24 for a match, 0.12 for a mismatch', async () => {
    const image = plain('#e01414')
    const vector = await clip.embedImages(
      cropToTower(image, whole(image), 'square', clip.preprocess),
    )
    const { vectors } = await clip.embedTexts(['a red bus', 'a blue bus', 'a bus', 'a cat'])
    const cosines = [0, 1, 2, 3].map((i) => dot(vector, vectors.subarray(i * 16, i * 16 + 16)))
    expect(cosines[0]).toBeCloseTo(0.24, 1)
    expect(cosines[1]).toBeCloseTo(0.12, 2)
    expect(cosines[2]).toBeCloseTo(0.13, 2)
    // It knows no things, only colours.
    expect(cosines[3]).toBe(cosines[2])
  })

  it('understands spellings and words in any place of a prompt', async () => {
    const { vectors } = await clip.embedTexts([
      'a photo of a grey cat',
      'a photo of a GRAY cat.',
      'the violet one',
      'something purple, far away in the scene.',
      'an orange',
    ])
    const row = (i: number): Float32Array => vectors.subarray(i * 16, i * 16 + 16)
    expect(dot(row(0), row(1))).toBeCloseTo(1, 6)
    expect(dot(row(2), row(3))).toBeCloseTo(1, 6)
    expect(row(4)[NAMES.indexOf('orange')]).toBeGreaterThan(0)
  })

  it('keeps its answers when the prompts are an ensemble', async () => {
    const image = plain('#2878c8')
    const vector = await clip.embedImages(
      cropToTower(image, whole(image), 'square', clip.preprocess),
    )
    for (const set of ['single', 'ensemble14', 'ensemble80'] as const) {
      const scores: number[] = []
      for (const name of NAMES) {
        const { vectors } = await clip.embedTexts(promptsForName(`${name} bus`, set))
        scores.push(dot(vector, averageDirection(vectors, clip.dimension)))
      }
      expect(NAMES[scores.indexOf(Math.max(...scores))]).toBe('blue')
    }
  })

  it('gives the same vectors in any batch', async () => {
    const images = COLOURS.map(({ looks }) => plain(looks[0]))
    const pixels = images.map((image) =>
      cropToTower(image, whole(image), 'square', clip.preprocess),
    )
    const length = pixels[0].length
    const all = new Float32Array(length * pixels.length)
    pixels.forEach((one, i) => all.set(one, i * length))
    const one = await clip.embedImages(all, 1)
    expect(await clip.embedImages(all, 4)).toEqual(one)
    expect(await clip.embedImages(all, 100)).toEqual(one)
    expect(await clip.embedImages(new Float32Array(0))).toEqual(new Float32Array(0))
    await expect(clip.embedImages(new Float32Array(7))).rejects.toThrow(
      /no images of 3 x 224 x 224/,
    )
    const texts = NAMES.flatMap((name) => promptsForName(`${name} bus`, 'ensemble14'))
    const { vectors } = await clip.embedTexts(texts)
    const last = await clip.embedTexts(texts.slice(-1))
    expect(vectors.slice(-16)).toEqual(last.vectors)
    expect(await clip.embedTexts([])).toEqual({ vectors: new Float32Array(0), truncated: [] })
  })

  describe('on the bus of ../shared/data/photos', () => {
    // Read off the photo by eye: blue paint, dark windows, a white roof, people in front.
    const busBox: Box = [22, 230, 805, 740]
    const paintBox: Box = [360, 520, 690, 660]
    const pavementBox: Box = [100, 900, 700, 1070]
    // Two coats: one beige, one black.
    const beigeCoatBox: Box = [62, 450, 200, 700]
    const blackCoatBox: Box = [226, 480, 340, 696]
    let photo: RgbImage
    beforeAll(async () => {
      photo = await readPhoto(sharedPath('data', 'photos', 'bus.jpg'))
    })

    it.each(CROP_MODES)('sees a blue bus (%s)', async (mode) => {
      expect(photo.width).toBe(810)
      expect(photo.height).toBe(1080)
      const texts = [...NAMES.map(bus), 'a photo of a bus', 'background']
      expect(await winner(photo, busBox, mode, texts)).toBe('a photo of a blue bus')
      expect(await winner(photo, paintBox, mode, texts)).toBe('a photo of a blue bus')
      const [blue, red] = await probabilities(photo, busBox, mode, [bus('blue'), bus('red')])
      expect(blue).toBeGreaterThan(0.9)
      expect(red).toBeLessThan(0.1)
    })

    it('sees other colours beside it', async () => {
      const texts = NAMES.map((name) => `a photo of a ${name} thing`)
      const name = async (box: Box): Promise<string> => winner(photo, box, 'stretch', texts)
      expect(await name(pavementBox)).toBe('a photo of a grey thing')
      expect(await name(beigeCoatBox)).toBe('a photo of a brown thing')
      expect(await name(blackCoatBox)).toBe('a photo of a black thing')
    })
  })
})
