import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { createAssets } from '#main/app/pictures/assets.ts'
import { PageFiles } from '#main/app/workspace/page-files.ts'
import { answerPage } from '#main/electron/page-answers.ts'

let folder: string
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'lexmask-page-'))
  await writeFile(join(folder, 'index.html'), '<p>the window</p>')
  await writeFile(join(folder, 'photo.jpg'), '')
})
afterAll(() => rm(folder, { recursive: true, force: true }))

const read: string[] = []

function get(url: string, init: RequestInit = {}): Promise<Response> {
  const JPEG = Buffer.from([0xff, 0xd8, 0xff, 0xe0])
  const make = (file: string): Promise<Uint8Array> => {
    read.push(file)
    return Promise.resolve(JPEG)
  }
  const pictures = {
    thumbnail: make,
    displayCopy: async (file: string) => ({
      bytes: await make(file),
      imageSize: { width: 4, height: 3 },
    }),
    snapMask: () => Promise.reject(new Error('No mask was expected.')),
    stop: () => Promise.resolve(),
  }
  const answerAsset = createAssets(
    pictures,
    {
      fileOf: (id) => join(folder, id === 1 ? 'photo.jpg' : 'none'),
      isSizeKnown: () => true,
      noteSize: () => undefined,
    },
    (error) => {
      throw error
    },
  )
  // Not a Request of Node's: it knows no scheme but those of the web.
  const request = {
    url,
    method: init.method ?? 'GET',
    headers: new Headers(init.headers),
    signal: new AbortController().signal,
  }
  return answerPage(request, { page: new PageFiles(folder), answerAsset })
}

describe('our own scheme', () => {
  it('serves the page under a strict policy', async () => {
    const answer = await get('lexmask://app/')
    expect(await answer.text()).toBe('<p>the window</p>')
    expect(answer.headers.get('content-type')).toBe('text/html; charset=utf-8')
    const policy = answer.headers.get('content-security-policy')
    expect(policy).toContain("default-src 'none'; script-src 'self'; style-src 'self'; ")
    expect(policy).toContain("connect-src 'self';")
    expect(policy).not.toMatch(/unsafe|https?:|ws:/)
  })

  it('serves pictures by id', async () => {
    const answer = await get('lexmask://app/asset/thumbnail/1?v=1&side=64')
    expect(answer.status).toBe(200)
    expect(answer.headers.get('content-type')).toBe('image/jpeg')
    expect(answer.headers.get('content-security-policy')).not.toBeNull()
    expect(read.splice(0)).toEqual([join(folder, 'photo.jpg')])
  })

  it.each([
    'lexmask://app/asset/thumbnail/../../../etc/passwd',
    'lexmask://app/asset/thumbnail/..%2f..%2f..%2fetc%2fpasswd',
    'lexmask://app/asset/picture//etc/passwd',
    'lexmask://app/asset/picture/photo.jpg',
    'lexmask://app/../photo.jpg/..%2fphoto',
    'lexmask://app//etc/passwd',
    'lexmask://other/',
    'lexmask://other/asset/picture/1',
    'lexmask://user@app.evil/',
    'lexmask://app/nothing.js',
  ])('does not serve %s', async (url) => {
    expect((await get(url)).status).toBe(404)
    expect(read.splice(0)).toEqual([])
  })

  it('takes nothing in', async () => {
    expect((await get('lexmask://app/', { method: 'POST' })).status).toBe(405)
  })
})
