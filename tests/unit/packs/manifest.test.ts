import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { manifestSchema, mirroredUrl, packOfManifest } from '#main/packs/manifest.ts'
import { digestOfEtag } from '#main/packs/install/digest.ts'
import { DownloadMeter, type InstallProgress } from '#main/packs/install/progress-meter.ts'
import { productFolder } from '../../support/lexicon.ts'

const own: unknown = JSON.parse(
  readFileSync(join(productFolder, 'models', 'manifest.json'), 'utf8'),
)
const manifest = manifestSchema.parse(own)

describe("Lexmask's own list of packs", () => {
  it('has every address encrypted, and most of one revision', () => {
    for (const { name, files } of manifest.packs) {
      for (const { url } of files) {
        expect(url).toMatch(/^https:/)
        // The Model Zoo's copies have no revision that anybody has told.
        if (!name.startsWith('maskrcnn-r50')) expect(url).toMatch(/\/[0-9a-f]{40}\//)
      }
    }
  })

  it('says in both languages what each is good for', () => {
    for (const { purpose } of manifest.packs) expect(purpose['zh-CN']).toMatch(/[一-鿿]/)
  })

  it('names the packs that there are when there is no such one', () => {
    expect(() => packOfManifest(manifest, 'mask')).toThrow(/no pack "mask".*maskrcnn2go-coco/)
  })
})

describe('a list of packs', () => {
  const pack = { ...manifest.packs[0], convert: null }
  const listing = (path: string, url = 'https://models.example/a'): object => ({
    version: 1,
    classLists: manifest.classLists,
    packs: [{ ...pack, files: [{ path, url, bytes: null, sha256: null }] }],
  })

  it.each(['../x', '/etc/passwd', 'a/../b', 'a\\b', 'C:x', '.hidden', 'a//b', 'x.', ''])(
    'cannot put a file to %j',
    (path) => expect(manifestSchema.safeParse(listing(path)).success).toBe(false),
  )

  it.each(['onnx/model.onnx', 'tokenizer.json'])('can put a file to %s', (path) => {
    expect(manifestSchema.safeParse(listing(path)).success).toBe(true)
  })

  it.each(['file:///etc/passwd', 'ftp://models.example/a', 'models.example'])(
    'cannot name %s',
    (url) => expect(manifestSchema.safeParse(listing('a', url)).success).toBe(false),
  )

  it('has one pack of a name, on systems that do not tell case apart as well', () => {
    const packs = [pack, { ...pack, name: pack.name.toUpperCase() }]
    expect(manifestSchema.safeParse({ ...manifest, packs }).success).toBe(false)
  })
})

it.each([
  ['https://mirror.example', 'https://mirror.example/a/b?x=1'],
  ['https://mirror.example/hub/', 'https://mirror.example/hub/a/b?x=1'],
])('a mirror %s has the same paths', (mirror, expected) => {
  expect(mirroredUrl('https://models.example/a/b?x=1', mirror)).toBe(expected)
})

it('a digest is read out of the tag that a host of Git repositories gives', () => {
  expect(digestOfEtag(`"${'ab'.repeat(32)}"`)).toEqual({
    algorithm: 'sha256',
    hex: 'ab'.repeat(32),
  })
  expect(digestOfEtag(`W/"${'cd'.repeat(20)}"`)?.algorithm).toBe('git-sha1')
  expect(digestOfEtag('"5f3c-61b"')).toBeNull()
  expect(digestOfEtag(null)).toBeNull()
})

it('progress tells the rate of the last seconds, and the time left', () => {
  const told: InstallProgress[] = []
  let now = 0
  const meter = new DownloadMeter(
    (progress) => told.push(progress),
    () => now,
  )
  for (let second = 0; second <= 10; second++) {
    now = second * 1000
    // Slow at first, then 2 MB a second.
    meter.show(second < 4 ? second * 1000 : (second - 3) * 2e6, 20e6)
  }
  const last = told.at(-1)
  expect(last?.bytesPerSecond).toBeCloseTo(2e6, -5)
  expect(last?.remainingMs).toBeCloseTo(3000, -3)
})
