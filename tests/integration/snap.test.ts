import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import sharp, { type Sharp } from 'sharp'
import { afterEach, beforeEach, describe, expect, it, onTestFinished } from 'vitest'
import { measureRle, rleIou } from '#shared/geometry/rle-algebra.ts'
import { emptyRle, rleFromCocoString, rleToCocoString, type Rle } from '#shared/geometry/rle.ts'
import { rasterisePolygon } from '#shared/geometry/rasterise-polygon.ts'
import { PictureService } from '#main/app/pictures/picture-service.ts'
import { pictureLauncher } from '#main/pictures/host.ts'
import { builtFile } from '../support/build.ts'
import { openApp, type Bench } from './app-fixture.ts'
import { temporaryPath } from './storage-fixture.ts'

const SIZE = { width: 300, height: 200 }
const SCENE = `<svg xmlns="http://www.w3.org/2000/svg" width="300" height="200">
  <rect width="300" height="200" fill="#30703a"/>
  <rect x="100" y="60" width="90" height="80" fill="#d8c8a0"/>
</svg>`

const rectangle = (x1: number, y1: number, x2: number, y2: number): Rle =>
  rasterisePolygon([x1, y1, x2, y1, x2, y2, x1, y2], SIZE)
const OBJECT = rectangle(100, 60, 190, 140)
const encoded = (mask: Rle) => ({ ...SIZE, counts: rleToCocoString(mask) })
const iouOf = (a: Rle, b: Rle): number => rleIou(measureRle(a), measureRle(b), false)

let folder: string
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'lexmask-snap-'))
})
afterEach(() => rm(folder, { recursive: true }))

/** A project with one photo, as a window has it: with a picture process and no model. */
async function open(photo: Sharp): Promise<Bench> {
  const pictures = new PictureService({
    launch: pictureLauncher(builtFile('main', 'pictures.js')),
    thumbnailCache: null,
  })
  onTestFinished(() => pictures.stop())
  await photo.toFile(join(folder, 'photo.png'))
  const bench = openApp(temporaryPath(), { snapMask: (order) => pictures.snapMask(order) })
  await bench.request('images.add', { paths: [folder] })
  return bench
}

describe('magic snap', () => {
  it.each([1, 6])(
    'draws a loose mask to the edge of its object (EXIF orientation %i)',
    async (n) => {
      // 6 says that the file lies on its side: what is stored is turned back.
      const upright = await sharp(Buffer.from(SCENE)).png().toBuffer()
      const stored =
        n === 6 ? sharp(await sharp(upright).rotate(270).png().toBuffer()) : sharp(upright)
      const { request } = await open(stored.withMetadata({ orientation: n }).png())
      const loose = rectangle(104, 56, 186, 143)
      const answer = await request('masks.snap', { imageId: 1, mask: encoded(loose) })
      const snapped = rleFromCocoString(answer.mask.counts, answer.mask)
      expect(iouOf(loose, OBJECT)).toBeLessThan(0.9)
      expect(iouOf(snapped, OBJECT)).toBeGreaterThan(0.97)
    },
  )

  it('refuses a mask without pixels, of another size, and of a photo that is gone', async () => {
    const { request } = await open(sharp(Buffer.from(SCENE)).png())
    const snap = (mask: Rle, size = SIZE): Promise<unknown> =>
      request('masks.snap', { imageId: 1, mask: { ...size, counts: rleToCocoString(mask) } })
    await expect(snap(emptyRle(SIZE))).rejects.toMatchObject({ code: 'MASK_INVALID' })
    const other = { width: 30, height: 20 }
    await expect(snap(emptyRle(other), other)).rejects.toMatchObject({ code: 'MASK_INVALID' })
    await expect(
      request('masks.snap', { imageId: 1, mask: encoded(OBJECT), bandPx: 0 }),
    ).rejects.toMatchObject({ code: 'INVALID_INPUT' })
    await rm(join(folder, 'photo.png'))
    await expect(snap(OBJECT)).rejects.toMatchObject({ code: 'IMAGE_MISSING' })
  })
})
