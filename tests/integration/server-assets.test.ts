import { createHash } from 'node:crypto'
import { utimes, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { PictureSource } from '#main/app/pictures/assets.ts'
import type { CommandOutput } from '#shared/contract/commands.ts'
import { dispatch } from '#shared/contract/dispatch.ts'
import { LexmaskError } from '#shared/contract/errors.ts'
import { cocoPhotos } from '../support/command-line.ts'
import { ServedWindow } from '../support/served-window.ts'

const PNG = Buffer.from('\x89PNG\r\n\x1a\n and the rest', 'latin1')

describe('a picture', () => {
  let served: ServedWindow
  let cookie: { cookie: string }
  let make: PictureSource['thumbnail'] = () => Promise.resolve(PNG)

  beforeAll(async () => {
    served = await ServedWindow.start({
      pictures: {
        thumbnail: (...order) => make(...order),
        displayCopy: async (...order) => ({
          bytes: await make(...order),
          imageSize: { width: 640, height: 480 },
        }),
        snapMask: () => Promise.reject(new Error('No mask was expected.')),
        stop: () => Promise.resolve(),
      },
    })
    cookie = await served.signIn()
    await open('one', cocoPhotos(2))
  })
  afterAll(() => served.stop())

  async function open(name: string, photos: readonly string[]): Promise<void> {
    const path = join(served.folder, name)
    const { handlers } = served.workspace
    const created = await dispatch(handlers, 'workspace.create', { path })
    expect(created).toMatchObject({ ok: true })
    expect(await dispatch(handlers, 'images.add', { paths: photos })).toMatchObject({ ok: true })
  }

  it('comes by the id of its image, in the size that was asked for', async () => {
    const orders: unknown[] = []
    make = (file, side) => {
      orders.push([file, side])
      return Promise.resolve(PNG)
    }
    const small = await served.get('/asset/thumbnail/1?v=5&side=128', cookie)
    await served.get('/asset/thumbnail/2', cookie)
    await served.get('/asset/picture/2?v=5', cookie)
    expect(small.status).toBe(200)
    expect(small.body).toEqual(PNG)
    expect(small.headers).toMatchObject({
      'content-type': 'image/png',
      'x-content-type-options': 'nosniff',
    })
    const [first, second] = cocoPhotos(2)
    expect(orders).toEqual([
      [first, 128],
      [second, 256],
      [second, 4096],
    ])
  })

  it.each([
    '/asset/thumbnail/../../etc/passwd',
    '/asset/thumbnail/..%2f..%2fetc%2fpasswd',
    '/asset/picture/%2e%2e/1',
    '/asset/picture//etc/passwd',
    '/asset/picture/1/../2',
    '/asset/picture/one',
    '/asset/picture/01',
    '/asset/picture/-1',
    '/asset/picture/1.5',
    '/asset/picture/1e0',
    '/asset/picture/0x1',
    '/asset/picture/99999999999999999999',
    '/asset/other/1',
    '/asset/picture/1?side=0',
    '/asset/picture/1?side=99999',
    '/asset/picture/1?side=a',
  ])('of %s is not there, and nothing is read', async (path) => {
    make = (file) => Promise.reject(new Error(`${file} was read`))
    const answer = await served.get(path, cookie)
    expect(answer.status).toBe(404)
    expect(JSON.parse(answer.body.toString())).toMatchObject({ code: 'NOT_FOUND' })
  })

  it('for the canvas tells the project how large the image is, also to a window that has it', async () => {
    make = () => Promise.resolve(PNG)
    const photo = join(served.folder, 'sized.png')
    await writeFile(photo, PNG)
    const sizeOf = async () => {
      const reply = await dispatch(served.workspace.handlers, 'images.open', { imageId: 1 })
      const { image } = (reply as { data: CommandOutput<'images.open'> }).data
      return [image.width, image.height]
    }
    await open('sized', [photo])
    await served.get('/asset/thumbnail/1', cookie)
    expect(await sizeOf()).toEqual([null, null])
    const first = await served.get('/asset/picture/1', cookie)
    expect(await sizeOf()).toEqual([640, 480])

    await open('sized again', [photo])
    const known = { ...cookie, 'if-none-match': String(first.headers.etag) }
    expect((await served.get('/asset/picture/1', known)).status).toBe(200)
    expect(await sizeOf()).toEqual([640, 480])
    expect((await served.get('/asset/picture/1', known)).status).toBe(304)
  })

  it('of an image that the project does not have is not there, and says so', async () => {
    const answer = await served.get('/asset/picture/77', cookie)
    expect(answer.status).toBe(404)
    expect(JSON.parse(answer.body.toString())).toMatchObject({
      code: 'NOT_FOUND',
      details: { imageId: 77 },
    })
  })

  it('that cannot be made says why', async () => {
    make = () => Promise.reject(new LexmaskError('IMAGE_TRUNCATED', 'The end is missing.'))
    const answer = await served.get('/asset/picture/1', cookie)
    expect(answer.status).toBe(404)
    expect(answer.headers['content-type']).toBe('application/json')
    expect(JSON.parse(answer.body.toString())).toMatchObject({
      code: 'IMAGE_TRUNCATED',
      message: 'The end is missing.',
    })
  })

  it('that is none is not served, whatever its file is called', async () => {
    make = () => Promise.resolve(Buffer.from('<script>alert(1)</script>'))
    const answer = await served.get('/asset/picture/1', cookie)
    expect(answer.status).toBe(404)
    expect(answer.body.toString()).not.toContain('script')
  })

  it('is not made again for who has it, until its file changes or another project is open', async () => {
    let made = 0
    make = () => {
      made++
      return Promise.resolve(PNG)
    }
    const photo = join(served.folder, 'photo.png')
    await writeFile(photo, PNG)
    await open('two', [photo])
    const first = await served.get('/asset/thumbnail/1', cookie)
    const known = { ...cookie, 'if-none-match': String(first.headers.etag) }
    const again = await served.get('/asset/thumbnail/1', known)
    expect([again.status, again.body.length, made]).toEqual([304, 0, 1])

    await utimes(photo, 1, 1)
    expect((await served.get('/asset/thumbnail/1', known)).status).toBe(200)

    const other = join(served.folder, 'other.png')
    await writeFile(other, PNG)
    await utimes(other, 1, 1)
    const before = await served.get('/asset/thumbnail/1', cookie)
    await open('three', [other])
    const headers = { ...cookie, 'if-none-match': String(before.headers.etag) }
    expect((await served.get('/asset/thumbnail/1', headers)).status).toBe(200)
  })

  it('is not worked on any more when nobody waits for it', async () => {
    let cancelled = (): void => undefined
    const isCancelled = new Promise<void>((resolve) => (cancelled = resolve))
    let asked = (): void => undefined
    const isAsked = new Promise<void>((resolve) => (asked = resolve))
    make = (_file, _side, { signal }) =>
      new Promise((_, reject) => {
        asked()
        signal?.addEventListener('abort', () => {
          reject(new LexmaskError('CANCELLED', 'Not wanted.'))
          cancelled()
        })
      })
    const leaving = new AbortController()
    const gone = fetch(`${served.origin}/asset/thumbnail/1`, {
      headers: cookie,
      signal: leaving.signal,
    })
    await isAsked
    leaving.abort()
    await expect(gone).rejects.toThrow()
    await isCancelled
  })

  it('of a project that is closed before it is made is no fault that a page would report', async () => {
    make = () => Promise.reject(new LexmaskError('CANCELLED', 'The process was stopped.'))
    const inWork = await served.get('/asset/picture/1', cookie)
    await dispatch(served.workspace.handlers, 'workspace.close', {})
    const afterwards = await served.get('/asset/picture/1', cookie)
    for (const { status, body } of [inWork, afterwards])
      expect({ status, length: body.length }).toEqual({ status: 204, length: 0 })
  })
})

describe('a file of the page', () => {
  it('is looked up among the files that are there: no path leads out', async () => {
    const served = await ServedWindow.start()
    const cookie = await served.signIn()
    await writeFile(join(served.folder, 'secret.txt'), 'secret')
    const hash = (bytes: Buffer): string => createHash('sha256').update(bytes).digest('hex')
    const page = hash((await served.get('/', cookie)).body)
    expect(hash((await served.get('/index.html', cookie)).body)).toBe(page)
    const outside = [
      '/../index.html',
      '/..%2findex.html',
      '/%2e%2e/%2e%2e/etc/passwd',
      '//etc/passwd',
      '/secret.txt',
      '/config/settings.json%00.html',
    ]
    for (const path of outside) expect((await served.get(path, cookie)).status, path).toBe(404)
    await served.stop()
  })
})
