import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import sharp from 'sharp'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { makeDisplayCopy, makeThumbnail } from '#main/imaging/copy-image.ts'
import { openImage } from '#main/imaging/decode-image.ts'
import { drawOverlay } from '#main/imaging/draw-overlay.ts'
import type { OverlayObject, OverlayOrder, OverlayStyle } from '#main/imaging/picture-orders.ts'
import { layOutText } from '#main/imaging/text/lay-out-text.ts'
import { rasterisePolygons } from '#shared/geometry/rasterise-polygon.ts'
import { corner, rotatedJpeg, upright, writeOddImages } from '../support/odd-images.ts'

const SIZE = { width: 120, height: 80 }
const PHOTO = [90, 120, 150] as const
const STYLE: OverlayStyle = {
  ...{ format: 'png', maxSide: null, opacity: 0.45 },
  ...{ hasNames: false, isSemantic: false },
}

let folder: string
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'lexmask-overlay-'))
  const [r, g, b] = PHOTO
  await sharp({ create: { ...SIZE, channels: 3, background: { r, g, b } } })
    .png()
    .toFile(join(folder, 'plain.png'))
  await writeFile(join(folder, 'rotated.jpg'), await rotatedJpeg(6))
})
afterAll(() => rm(folder, { recursive: true, force: true }))

function object(polygons: number[][], changes: Partial<OverlayObject> = {}): OverlayObject {
  return {
    counts: rasterisePolygons(polygons, SIZE).counts,
    colour: '#e6194b',
    name: 'boat',
    number: 1,
    score: 0.98,
    isCrowd: false,
    standing: 'proposed',
    ...changes,
  }
}

const rectangle = (x: number, y: number, width: number, height: number): number[] => [
  ...[x, y, x + width, y],
  ...[x + width, y + height, x, y + height],
]

interface Pixels {
  readonly width: number
  readonly height: number
  at(x: number, y: number): number[]
}

async function pixelsOf(bytes: Uint8Array): Promise<Pixels> {
  const { data, info } = await sharp(bytes).raw().toBuffer({ resolveWithObject: true })
  return {
    width: info.width,
    height: info.height,
    at: (x, y) => Array.from(data.subarray((y * info.width + x) * 3, (y * info.width + x) * 3 + 3)),
  }
}

async function draw(
  objects: readonly OverlayObject[],
  style: Partial<OverlayStyle> = {},
  order: Partial<OverlayOrder> = {},
): Promise<Pixels> {
  const path = join(folder, 'plain.png')
  const whole = { path, size: SIZE, objects, style: { ...STYLE, ...style }, ...order }
  return pixelsOf((await drawOverlay(whole)).bytes)
}

const tinted = (colour: readonly number[], opacity = 0.45): number[] =>
  PHOTO.map((below, i) => Math.round(below + (colour[i] - below) * opacity))
const RED = [0xe6, 0x19, 0x4b]
const GREEN = [0x3c, 0xb4, 0x4b]

describe('an overlay', () => {
  it('has the tint within a mask, the line at its border, and the photo outside', async () => {
    const picture = await draw([object([rectangle(20, 20, 40, 30)])])
    expect(picture).toMatchObject(SIZE)
    expect(picture.at(40, 35)).toEqual(tinted(RED))
    for (const [x, y] of [
      [20, 35],
      [21, 35],
      [59, 35],
      [40, 20],
      [40, 49],
    ]) {
      expect(picture.at(x, y)).toEqual(RED)
    }
    expect(picture.at(22, 35)).toEqual(tinted(RED))
    expect(picture.at(19, 35)).not.toEqual([...PHOTO])
    for (let y = 0; y < SIZE.height; y++) {
      for (let x = 0; x < SIZE.width; x++) {
        const isNear = x >= 18 && x < 62 && y >= 18 && y < 52
        if (!isNear) expect(picture.at(x, y)).toEqual([...PHOTO])
      }
    }
  })

  it('shows the photo in a hole, and every part', async () => {
    const ring = rasterisePolygons([rectangle(10, 10, 50, 50)], SIZE)
    const hole = [10 + 15, 10 + 15, 20, 20] as const
    const bits = new Set<number>()
    let at = 0
    ring.counts.forEach((run, i) => {
      for (let j = 0; j < run; j++, at++) if (i % 2 === 1) bits.add(at)
    })
    for (let x = hole[0]; x < hole[0] + hole[2]; x++) {
      for (let y = hole[1]; y < hole[1] + hole[3]; y++) bits.delete(x * SIZE.height + y)
    }
    // A part of its own, in the last columns.
    for (let x = 90; x < 110; x++) {
      for (let y = 30; y < 50; y++) bits.add(x * SIZE.height + y)
    }
    const counts: number[] = [0]
    for (let pixel = 0, value = 0; pixel < SIZE.width * SIZE.height; pixel++) {
      const bit = bits.has(pixel) ? 1 : 0
      if (bit !== value) {
        counts.push(0)
        value = bit
      }
      counts[counts.length - 1]++
    }
    const picture = await draw([object([], { counts: Uint32Array.from(counts) })])
    expect(picture.at(35, 35)).toEqual([...PHOTO])
    expect(picture.at(17, 35)).toEqual(tinted(RED))
    expect(picture.at(25 - 1, 35)).toEqual(RED)
    expect(picture.at(100, 40)).toEqual(tinted(RED))
    expect(picture.at(75, 40)).toEqual([...PHOTO])
  })

  it('has small masks on top of large ones, in whatever order they come', async () => {
    const large = object([rectangle(10, 10, 80, 60)])
    const small = object([rectangle(40, 30, 16, 16)], { colour: '#3cb44b' })
    for (const objects of [
      [large, small],
      [small, large],
    ]) {
      const picture = await draw(objects)
      expect(picture.at(48, 38)).toEqual(tinted(GREEN))
      expect(picture.at(20, 38)).toEqual(tinted(RED))
    }
  })

  it('as a map of classes has every pixel in the colour of its best mask, and grey elsewhere', async () => {
    // The large one is the better, the small one beside it was accepted at a lower score.
    const better = object([rectangle(10, 10, 60, 40)], { score: 0.9 })
    const under = object([rectangle(30, 20, 10, 10)], { score: 0.8, colour: '#3cb44b' })
    const decided = object([rectangle(60, 20, 40, 20)], {
      ...{ score: 0.4, colour: '#3cb44b', name: 'buoy', number: 2, standing: 'decided' },
    })
    for (const objects of [
      [better, under, decided],
      [decided, under, better],
    ]) {
      const picture = await draw(objects, { isSemantic: true, opacity: 1 })
      expect(picture.at(35, 25)).toEqual(RED)
      // At its border as well: there are no lines.
      expect(picture.at(10, 10)).toEqual(RED)
      expect(picture.at(65, 30)).toEqual(GREEN)
      expect(picture.at(95, 30)).toEqual(GREEN)
      expect(picture.at(110, 70)).toEqual([0x6e, 0x6e, 0x6e])
    }
    const named = await draw([better, decided], { isSemantic: true, opacity: 1, hasNames: true })
    // The legend: classes by their size, "other" last and lowest.
    expect(named.at(14, 74)).not.toEqual(RED)
    const legend = Array.from({ length: SIZE.height }, (_, y) => named.at(9, y).join())
    expect(legend).toContain(RED.join())
    expect(legend.indexOf(RED.join())).toBeLessThan(legend.indexOf(GREEN.join()))
  })

  it('has a heavier line around what a person decided', async () => {
    const shape = [rectangle(20, 20, 40, 30)]
    const proposed = await draw([object(shape)])
    const decided = await draw([object(shape, { standing: 'decided' })])
    expect(proposed.at(22, 35)).toEqual(tinted(RED))
    expect(decided.at(22, 35)).toEqual(RED)
  })

  it('leaves a photo without annotations as it is', async () => {
    const picture = await draw([], {}, { size: null })
    expect(picture.at(0, 0)).toEqual([...PHOTO])
    expect(picture.at(60, 40)).toEqual([...PHOTO])
  })

  it('scales masks with the picture', async () => {
    const picture = await draw([object([rectangle(20, 20, 40, 30)])], { maxSide: 60 })
    expect(picture).toMatchObject({ width: 60, height: 40 })
    expect(picture.at(20, 17)).toEqual(tinted(RED))
    expect(picture.at(10, 17)).toEqual(RED)
    expect(picture.at(7, 17)).toEqual([...PHOTO])
  })

  it('is the same bytes each time', async () => {
    const path = join(folder, 'plain.png')
    const objects = [object([rectangle(20, 20, 40, 30)]), object([rectangle(70, 10, 20, 20)])]
    const style = { ...STYLE, hasNames: true, format: 'jpeg' } as const
    const [first, second] = await Promise.all([
      drawOverlay({ path, size: SIZE, objects, style }),
      drawOverlay({ path, size: SIZE, objects, style }),
    ])
    expect(Buffer.compare(first.bytes, second.bytes)).toBe(0)
  })

  it('of a photo with an orientation lies on the upright picture', async () => {
    const { width, height, block } = upright
    const { counts } = rasterisePolygons([rectangle(0, 0, block, block)], { width, height })
    const path = join(folder, 'rotated.jpg')
    const picture = await draw([object([], { counts })], { opacity: 1 }, { path, size: upright })
    expect(picture).toMatchObject({ width, height })
    expect(picture.at(8, 8)).toEqual(RED)
    const near = (found: number[], wanted: readonly number[]): void =>
      found.forEach((value, i) => expect(Math.abs(value - wanted[i])).toBeLessThan(12))
    near(picture.at(width - 8, 8), corner.topRight)
    near(picture.at(8, height - 8), corner.bottomLeft)
  })

  it('is refused for masks of another size, by the name of the photo', async () => {
    const { width, height } = upright
    const turned = { width: height, height: width }
    const order = { path: join(folder, 'rotated.jpg'), size: turned }
    await expect(draw([object([])], {}, order)).rejects.toMatchObject({
      code: 'MASK_INVALID',
      message: expect.stringContaining('“rotated.jpg” has 96 × 64 pixels') as string,
    })
  })
})

describe('names', () => {
  it('are written on a chip of the colour of the class, within the picture', async () => {
    const plain = await draw([object([rectangle(100, 60, 20, 20)])])
    const named = await draw([object([rectangle(100, 60, 20, 20)])], { hasNames: true })
    let chip = 0
    let ink = 0
    for (let y = 0; y < SIZE.height; y++) {
      for (let x = 0; x < SIZE.width; x++) {
        if (plain.at(x, y).join() === named.at(x, y).join()) continue
        if (named.at(x, y).join() === RED.join()) chip++
        if (named.at(x, y).every((channel) => channel > 235)) ink++
      }
    }
    expect(chip).toBeGreaterThan(300)
    expect(ink).toBeGreaterThan(40)
  })

  it('need no font of the computer in Latin, Greek and Cyrillic', async () => {
    for (const name of ['boat 0.98', 'Straße', 'łódź', 'καράβι', 'лодка', 'thuyền']) {
      const line = await layOutText(name, 20)
      expect(line?.width, name).toBeGreaterThan(30)
      const ink = line?.parts.flatMap(({ alpha }) => Array.from(alpha)).filter((it) => it > 128)
      expect(ink?.length, name).toBeGreaterThan(100)
      // One run of outlines; what the computer writes would be a part of its own.
      expect(line?.parts, name).toHaveLength(1)
    }
  })

  it('are the number of their class where no font has their letters', async () => {
    const path = join(folder, 'plain.png')
    const objects = [object([rectangle(20, 20, 40, 30)], { name: 'boat \u0378', number: 7 })]
    const order = { path, size: SIZE, objects, style: { ...STYLE, hasNames: true } }
    const numbered = await drawOverlay(order)
    expect(numbered.numbered).toEqual([{ number: 7, name: 'boat \u0378' }])
    const [same] = objects.map((one) => ({ ...one, name: '#7' }))
    const spelt = await drawOverlay({ ...order, objects: [same] })
    expect(Buffer.compare(numbered.bytes, spelt.bytes)).toBe(0)
    expect(spelt.numbered).toEqual([])
  })
})

describe('copies', () => {
  it('are upright, sRGB and at most as large as asked', async () => {
    const path = join(folder, 'rotated.jpg')
    const thumbnail = await makeThumbnail(path, 48)
    expect(await sharp(thumbnail.bytes).metadata()).toMatchObject({
      ...{ format: 'webp', width: 48, height: 32, space: 'srgb' },
    })
    const copy = await makeDisplayCopy(path, 4096)
    expect(copy).toMatchObject({
      ...{ width: 96, height: 64 },
      imageSize: { width: 96, height: 64 },
    })
    const meta = await sharp(copy.bytes).metadata()
    expect(meta.format).toBe('jpeg')
    expect(meta.orientation).toBeUndefined()
    expect((await pixelsOf(copy.bytes)).at(8, 8)[0]).toBeGreaterThan(200)
  })

  it('of odd files fail as opening them does', async () => {
    const odd = join(folder, 'odd')
    const images = await writeOddImages(odd)
    const outcome = (work: Promise<unknown>): Promise<string> =>
      work.then(
        () => 'done',
        (error: { code: string; message: string }) => `${error.code} ${error.message}`,
      )
    const failed: string[] = []
    for (const name of images.keys()) {
      const path = join(odd, name)
      const expected = await outcome(openImage(path).then((image) => image.pixels()))
      expect(await outcome(makeThumbnail(path, 64)), name).toBe(expected)
      expect(await outcome(makeDisplayCopy(path, 64)), name).toBe(expected)
      const order = { path, size: null, objects: [], style: STYLE }
      expect(await outcome(drawOverlay(order)), name).toBe(expected)
      if (expected !== 'done') failed.push(name)
    }
    expect(failed).toContain('huge-header.png')
    expect(failed).toContain('truncated.jpg')
    expect(failed.length).toBeGreaterThan(8)
  })
})
