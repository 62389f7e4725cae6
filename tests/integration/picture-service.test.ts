import { chmod, mkdir, mkdtemp, readdir, rm, stat, utimes, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import sharp from 'sharp'
import { afterEach, beforeEach, describe, expect, it, onTestFinished } from 'vitest'
import { PictureService } from '#main/app/pictures/picture-service.ts'
import { ThumbnailCache } from '#main/app/pictures/thumbnail-cache.ts'
import { pictureLauncher } from '#main/pictures/host.ts'
import { builtFile } from '../support/build.ts'
import { isAlive } from '../support/command-line.ts'
import { asOrdinaryUser } from '../support/ordinary-user.ts'

let folder: string
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'lexmask-pictures-'))
})
afterEach(() => rm(folder, { recursive: true, force: true }))

async function photo(name: string, grey = 90): Promise<string> {
  const file = join(folder, name)
  const background = { r: grey, g: grey, b: grey }
  await sharp({ create: { width: 300, height: 200, channels: 3, background } })
    .jpeg()
    .toFile(file)
  return file
}

function open(cacheFolder: string | null = null): PictureService {
  const pictures = new PictureService({
    launch: pictureLauncher(builtFile('main', 'pictures.js')),
    thumbnailCache: cacheFolder === null ? null : { folder: cacheFolder, maxBytes: 2 ** 20 },
  })
  onTestFinished(() => pictures.stop())
  return pictures
}

describe('the picture process', () => {
  it('makes thumbnails, display copies and overlays', async () => {
    const pictures = open()
    const file = await photo('a.jpg')
    expect(pictures.pid).toBeUndefined()
    const thumbnail = await pictures.thumbnail(file, 64)
    expect(await sharp(thumbnail).metadata()).toMatchObject({ format: 'webp', width: 64 })
    const copy = await pictures.displayCopy(file, 150)
    expect(copy).toMatchObject({ width: 150, height: 100, imageSize: { width: 300, height: 200 } })
    const style = {
      format: 'png',
      maxSide: null,
      opacity: 0.5,
      hasNames: true,
      isSemantic: false,
    } as const
    const counts = Uint32Array.of(0, 30_000, 30_000)
    const boat = { ...{ name: 'boat', number: 1, score: 0.5, isCrowd: false }, counts }
    const objects = [{ ...boat, colour: '#ff0000', standing: 'proposed' as const }]
    const size = { width: 300, height: 200 }
    const { bytes } = await pictures.overlay({ path: file, size, objects, style })
    const [red, , blue] = await sharp(bytes)
      .extract({ left: 75, top: 20, width: 1, height: 1 })
      .raw()
      .toBuffer()
    expect(red - blue).toBeGreaterThan(100)
  })

  it('fails for a file that is no image, and goes on', async () => {
    const pictures = open()
    const note = join(folder, 'note.jpg')
    await writeFile(note, 'not a photo')
    await expect(pictures.thumbnail(note)).rejects.toMatchObject({ code: 'IMAGE_NOT_AN_IMAGE' })
    const missing = join(folder, 'missing.jpg')
    await expect(pictures.thumbnail(missing)).rejects.toMatchObject({ code: 'IMAGE_MISSING' })
    expect(await pictures.thumbnail(await photo('a.jpg'))).toBeInstanceOf(Uint8Array)
  })

  it('is started again after it was killed, for the requests that are open', async () => {
    const pictures = open()
    const file = await photo('a.jpg')
    await pictures.thumbnail(file)
    const { pid } = pictures
    if (pid === undefined) throw new Error('no process runs')
    process.kill(pid, 'SIGKILL')
    const files = await Promise.all([1, 2, 3, 4].map((i) => photo(`${i}.jpg`)))
    const thumbnails = await Promise.all(files.map((one) => pictures.thumbnail(one)))
    expect(thumbnails).toHaveLength(4)
    expect(pictures.pid).not.toBe(pid)
  })

  it('is gone after stop', async () => {
    const pictures = open()
    await pictures.thumbnail(await photo('a.jpg'))
    const { pid = 0 } = pictures
    expect(isAlive(pid)).toBe(true)
    await pictures.stop()
    expect(isAlive(pid)).toBe(false)
  })
})

describe('the cache of thumbnails', () => {
  it('gives what it has without the process, as long as the file is the same', async () => {
    const cache = join(folder, 'cache')
    const file = await photo('a.jpg')
    const made = await open(cache).thumbnail(file, 64)
    const second = open(cache)
    expect(Buffer.from(await second.thumbnail(file, 64)).equals(Buffer.from(made))).toBe(true)
    expect(second.pid).toBeUndefined()

    await second.thumbnail(file, 32)
    expect(second.pid).toBeTypeOf('number')
    const third = open(cache)
    await photo('a.jpg', 200)
    await utimes(file, 1, 1)
    expect(Buffer.from(await third.thumbnail(file, 64)).equals(Buffer.from(made))).toBe(false)
  })

  it('makes anew what a power cut left half', async () => {
    const cache = join(folder, 'cache')
    const file = await photo('a.jpg')
    const made = await open(cache).thumbnail(file)
    const [name] = await readdir(cache)
    await writeFile(join(cache, name), made.subarray(0, made.length - 5))
    expect(await open(cache).thumbnail(file)).toHaveLength(made.length)
  })

  it('forgets the least recently used when it is full', async () => {
    const cache = join(folder, 'cache')
    const options = { folder: cache, maxBytes: 3000 }
    const webp = (bytes: number): Uint8Array => {
      const file = Buffer.alloc(bytes)
      file.write('RIFF')
      file.writeUInt32LE(bytes - 8, 4)
      return file
    }
    const first = new ThumbnailCache(options)
    for (const key of ['a', 'b', 'c']) await first.put(key, webp(1000))
    expect(await first.get('a')).not.toBeNull()
    await first.put('d', webp(1000))
    expect((await readdir(cache)).sort()).toEqual(['a.webp', 'c.webp', 'd.webp'])

    // The next start goes by what was used last, as the files have it.
    await utimes(join(cache, 'a.webp'), 100, 100)
    await utimes(join(cache, 'd.webp'), 200, 200)
    await utimes(join(cache, 'c.webp'), 300, 300)
    const next = new ThumbnailCache(options)
    await next.put('e', webp(2000))
    expect((await readdir(cache)).sort()).toEqual(['c.webp', 'e.webp'])
    expect(await next.get('a')).toBeNull()
  })

  it('is none in a folder that cannot be written, and no failure', async () => {
    const cache = join(folder, 'cache')
    await mkdir(cache)
    await chmod(cache, 0o555)
    const store = new ThumbnailCache({ folder: cache, maxBytes: 1e6 })
    await asOrdinaryUser(() => store.put('a', Buffer.from('RIFF....')))
    expect(await readdir(cache)).toEqual([])
    expect(await store.get('a')).toBeNull()

    const notAFolder = await photo('a.jpg')
    const bytes = await open(notAFolder).thumbnail(await photo('b.jpg'))
    expect(bytes.length).toBeGreaterThan(20)
    expect((await stat(notAFolder)).isFile()).toBe(true)
  })
})
