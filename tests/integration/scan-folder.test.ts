import { chmod, mkdir, mkdtemp, rm, symlink, utimes, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import {
  compareCodePoints,
  scanFiles,
  scanFolder,
  type ScannedImage,
  type SkippedEntry,
} from '#main/app/images/scan-folder.ts'
import { LexmaskError } from '#shared/contract/errors.ts'
import { asOrdinaryUser } from '../support/ordinary-user.ts'
import { writeOddLinks } from '../support/odd-images.ts'

let outside: string
let folder: string

beforeEach(async () => {
  outside = await mkdtemp(join(tmpdir(), 'lexmask-scan-'))
  folder = join(outside, 'photos')
  await mkdir(folder)
})
afterEach(async () => {
  await chmod(folder, 0o755).catch(() => {})
  await rm(outside, { recursive: true, force: true })
})

async function write(...names: string[]): Promise<void> {
  for (const name of names) {
    const path = join(folder, name)
    await mkdir(dirname(path), { recursive: true })
    await writeFile(path, name)
  }
}

async function scan(
  source: (options: { onSkipped: (entry: SkippedEntry) => void }) => AsyncIterable<ScannedImage>,
): Promise<{ images: ScannedImage[]; names: string[]; skipped: SkippedEntry[] }> {
  const images: ScannedImage[] = []
  const skipped: SkippedEntry[] = []
  for await (const image of source({ onSkipped: (entry) => skipped.push(entry) }))
    images.push(image)
  return { images, names: images.map(({ name }) => name), skipped }
}

const scanAll = () => scan((options) => scanFolder(folder, options))

async function refusal(iterable: AsyncIterable<unknown>): Promise<LexmaskError> {
  try {
    for await (const item of iterable) void item
  } catch (error) {
    expect(error).toBeInstanceOf(LexmaskError)
    return error as LexmaskError
  }
  throw new Error('it was not refused')
}

describe('what is found', () => {
  it('walks all folders in the order of the names, and tells size and time', async () => {
    await write('b.png', 'a/2.jpg', 'a/10.jpg', 'a.jpg', 'a/deep/er/x.TIFF', 'c.JPeG', 'd.webp')
    await utimes(join(folder, 'b.png'), 1_700_000_000, 1_700_000_000)
    const { images, names, skipped } = await scanAll()
    expect(names).toEqual([
      'a.jpg',
      'a/10.jpg',
      'a/2.jpg',
      'a/deep/er/x.TIFF',
      'b.png',
      'c.JPeG',
      'd.webp',
    ])
    expect(names).toEqual([...names].sort(compareCodePoints))
    expect(images[4]).toEqual({
      path: join(folder, 'b.png'),
      name: 'b.png',
      bytes: 5,
      modifiedMs: 1_700_000_000_000,
    })
    expect(skipped).toEqual([])
  })

  it('keeps names as they are on the disk: Chinese, spaces, both forms of é, backslashes', async () => {
    const composed = 'caf\u00e9.jpg'
    const decomposed = 'cafe\u0301.jpg'
    const names = ['图片 (1).jpg', composed, decomposed, '🐱.png', '\uffee.png']
    if (process.platform === 'linux') names.push('back\\slash.jpg')
    await write(...names)
    expect((await scanAll()).names).toEqual(names.sort(compareCodePoints))
  })

  it('leaves out hidden entries and system folders without a word', async () => {
    await write('a.jpg', '.b.jpg', '.cache/c.jpg', '@eaDir/d.jpg', '__MACOSX/._e.jpg', 'notes.txt')
    const { names, skipped } = await scanAll()
    expect(names).toEqual(['a.jpg'])
    expect(skipped).toEqual([])
  })

  it('names photos in formats that it cannot read', async () => {
    await write('a.jpg', 'b.HEIC', 'c/d.bmp', 'labels.json')
    expect((await scanAll()).skipped).toEqual([
      { name: 'b.HEIC', reason: 'unsupported-format' },
      { name: 'c/d.bmp', reason: 'unsupported-format' },
    ])
  })

  it('takes a folder that is itself a link, or hidden', async () => {
    await write('.set/a.jpg')
    await symlink(join(folder, '.set'), join(outside, 'door'))
    const { names } = await scan((options) => scanFolder(join(outside, 'door'), options))
    expect(names).toEqual(['a.jpg'])
  })
})

describe('links', () => {
  it('neither runs in circles nor climbs out, and says so', async () => {
    await write('a.jpg', 'b/c.jpg')
    await writeFile(join(outside, 'secret.jpg'), '')
    await writeOddLinks(join(folder, 'b'))
    await symlink(join(outside, 'secret.jpg'), join(folder, 'secret.jpg'))
    await symlink('itself.jpg', join(folder, 'itself.jpg'))
    await symlink('..', join(folder, 'parent'))
    const { names, skipped } = await scanAll()
    expect(names).toEqual(['a.jpg', 'b/c.jpg'])
    expect(skipped).toEqual([
      // b/.. is the scanned folder itself: not out of it, but a circle.
      { name: 'b/climbs-out', reason: 'loop' },
      { name: 'b/loop', reason: 'loop' },
      { name: 'itself.jpg', reason: 'loop' },
      { name: 'parent', reason: 'outside' },
      { name: 'secret.jpg', reason: 'outside' },
    ])
  })

  it('gives every file once, under its own name where it has one', async () => {
    await write('z/photo.jpg')
    await symlink('z/photo.jpg', join(folder, 'a.jpg'))
    await symlink('z', join(folder, 'y'))
    await symlink('nowhere.jpg', join(folder, 'gone.jpg'))
    const { names, skipped } = await scanAll()
    expect(names).toEqual(['z/photo.jpg'])
    expect(skipped).toEqual([
      { name: 'a.jpg', reason: 'duplicate' },
      { name: 'gone.jpg', reason: 'broken-link' },
      { name: 'y', reason: 'duplicate' },
    ])
  })

  it('follows links into a store that is not walked, once (git-annex, DVC, blob caches)', async () => {
    await write('.store/one', '.store/set/two.jpg', '.store/set/three.jpg', 'blobs/4')
    await symlink('../..', join(folder, '.store/set/up'))
    await symlink('.store/one', join(folder, 'a.jpg'))
    await symlink('.store/one', join(folder, 'b.jpg'))
    await symlink('.store/set', join(folder, 'c'))
    await symlink('.store/set/two.jpg', join(folder, 'd.jpg'))
    await symlink('blobs/4', join(folder, 'e.jpg'))
    const { names, skipped } = await scanAll()
    expect(names).toEqual(['a.jpg', 'c/three.jpg', 'c/two.jpg', 'e.jpg'])
    expect(skipped).toEqual([
      { name: 'b.jpg', reason: 'duplicate' },
      { name: 'c/up', reason: 'loop' },
      { name: 'd.jpg', reason: 'duplicate' },
    ])
  })
})

describe('refusals', () => {
  it('names what is wrong with the folder', async () => {
    await write('a.jpg')
    expect((await refusal(scanFolder(join(folder, 'no')))).code).toBe('FOLDER_MISSING')
    expect((await refusal(scanFolder(join(folder, 'a.jpg')))).code).toBe('NOT_A_FOLDER')
  })

  it('says what it looked for when there are no images', async () => {
    await write('notes.txt', 'b.heic')
    const error = await refusal(scanFolder(folder))
    expect(error.code).toBe('NO_IMAGES')
    expect(error.message).toContain('.jpg')
    expect(error.details.skipped).toBe(1)
  })

  it.skipIf(process.platform === 'win32')(
    'goes on past a folder that it may not read (needs POSIX permissions)',
    async () => {
      await write('a.jpg', 'locked/b.jpg', 'z.jpg')
      // mkdtemp lets nobody else in.
      await chmod(dirname(folder), 0o755)
      await chmod(folder, 0o755)
      await chmod(join(folder, 'locked'), 0)
      const { names, skipped } = await asOrdinaryUser(scanAll)
      await chmod(join(folder, 'locked'), 0o755)
      expect(names).toEqual(['a.jpg', 'z.jpg'])
      expect(skipped).toEqual([{ name: 'locked', reason: 'unreadable' }])
    },
  )

  it.skipIf(process.platform !== 'linux')(
    'reports a file whose name is not text (needs Linux)',
    async () => {
      await write('a.jpg')
      const odd = Buffer.concat([
        Buffer.from(`${folder}/`),
        Buffer.of(0xff, 0xfe),
        Buffer.from('.jpg'),
      ])
      await writeFile(odd, '')
      const { names, skipped } = await scanAll()
      const oddFolder = Buffer.concat([Buffer.from(`${folder}/`), Buffer.of(0xe9)])
      await mkdir(oddFolder)
      await writeFile(Buffer.concat([oddFolder, Buffer.from('/b.jpg')]), '')
      expect(names).toEqual(['a.jpg'])
      expect(skipped.map(({ reason }) => reason)).toEqual(['nameless'])
      const withFolder = await scanAll()
      expect(withFolder.skipped.map(({ reason }) => reason)).toEqual(['nameless', 'nameless'])
    },
  )
})

describe('picked files', () => {
  it('come in order, once, with names that keep them apart', async () => {
    await write('x/a.jpg', 'y/a.jpg', 'y/b.txt', 'y/c.bmp')
    const at = (name: string) => join(folder, name)
    const picked = ['y/a.jpg', 'x/a.jpg', 'y/a.jpg', 'y/b.txt', 'y/c.bmp', 'gone.jpg'].map(at)
    const { images, names, skipped } = await scan((options) => scanFiles(picked, options))
    expect(names).toEqual(['x/a.jpg', 'y/a.jpg'])
    expect(images[0].path).toBe(at('x/a.jpg'))
    expect(skipped).toEqual([
      { name: 'gone.jpg', reason: 'unreadable' },
      { name: 'y/c.bmp', reason: 'unsupported-format' },
    ])
  })

  it('take the name of one file alone from its own folder', async () => {
    await write('deep/a.jpg')
    const { names } = await scan(() => scanFiles([join(folder, 'deep/a.jpg')]))
    expect(names).toEqual(['a.jpg'])
  })

  it('are refused when none is an image', async () => {
    expect((await refusal(scanFiles([join(folder, 'a.txt')]))).code).toBe('NO_IMAGES')
    expect((await refusal(scanFiles([]))).code).toBe('NO_IMAGES')
  })
})

it('walks many files', async () => {
  for (let i = 0; i < 3000; i++) await writeFile(join(folder, `${i}.jpg`), '')
  expect((await scanAll()).names).toHaveLength(3000)
})
