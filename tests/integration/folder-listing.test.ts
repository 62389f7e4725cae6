import { chmod, mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { listFolder } from '#main/app/images/folder-listing.ts'
import { asOrdinaryUser } from '../support/ordinary-user.ts'

let folder: string
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'lexmask-listing-'))
  await mkdir(join(folder, 'photos 10'))
  await mkdir(join(folder, 'photos 9'))
  await mkdir(join(folder, '.hidden'))
  for (const name of [
    'b.JPG',
    'a.png',
    'site.lexmask',
    'notes.txt',
    '.secret',
    'straße 照片.tif',
  ]) {
    await writeFile(join(folder, name), 'four')
  }
  await symlink(join(folder, 'a.png'), join(folder, 'link.png'))
  await symlink(join(folder, 'photos 9'), join(folder, 'z-linked'))
  await symlink(join(folder, 'nowhere'), join(folder, 'broken.png'))
  await symlink(folder, join(folder, 'loop'))
})
afterAll(() => rm(folder, { recursive: true, force: true }))

describe('a folder', () => {
  it('is listed folders first, by name as a person counts, without what is hidden or leads nowhere', async () => {
    const listing = await listFolder(folder)
    expect(listing.entries.map(({ kind, name }) => `${kind} ${name}`)).toEqual([
      'folder loop',
      'folder photos 9',
      'folder photos 10',
      'folder z-linked',
      'image a.png',
      'image b.JPG',
      'image link.png',
      'file notes.txt',
      'project site.lexmask',
      'image straße 照片.tif',
    ])
    expect(listing).toMatchObject({ folder, parent: tmpdir() })
    expect(listing.entries[4]).toMatchObject({ path: join(folder, 'a.png'), bytes: 4 })
    expect(listing.entries[0].bytes).toBeNull()
  })

  it('has no parent at the top', async () => {
    await expect(listFolder('/')).resolves.toMatchObject({ folder: '/', parent: null })
  })

  it('is that of the last project that is there, when none is named', async () => {
    const recent = [join(folder, 'gone'), join(folder, 'photos 9')]
    const listing = await listFolder(null, recent)
    expect(listing.folder).toBe(recent[1])
    expect(listing.places.map(({ path }) => path)).toContain(recent[1])
    expect(listing.places.map(({ path }) => path)).not.toContain(recent[0])
  })

  it.each([
    ['that is not there', 'gone', 'FOLDER_MISSING', /does not exist/],
    ['that is a file', 'a.png', 'NOT_A_FOLDER', /is a file/],
    ['behind a file', 'a.png/more', 'NOT_A_FOLDER', /is a file/],
  ])('%s is refused by name', async (_what, name, code, words) => {
    const listed = listFolder(join(folder, name))
    await expect(listed).rejects.toMatchObject({ code })
    await expect(listed).rejects.toThrow(words)
  })

  it.each(['photos', '../photos', './', 'a\0b', '/tmp/\0'])(
    'that is told by half (%j) is refused',
    async (path) => {
      await expect(listFolder(path)).rejects.toMatchObject({ code: 'INVALID_INPUT' })
    },
  )

  it('that nobody may look into is refused by name', async () => {
    const closed = join(folder, 'photos 10')
    await chmod(folder, 0o755)
    await chmod(closed, 0)
    await asOrdinaryUser(async () => {
      await expect(listFolder(closed)).rejects.toMatchObject({ code: 'FILE_UNREADABLE' })
    })
    await chmod(closed, 0o755)
  })
})
