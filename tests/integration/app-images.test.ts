import { mkdirSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { IMAGE_ORDERS } from '#shared/contract/commands.ts'
import { keysOf } from '#shared/history/record-diff.ts'
import { openApp, openLabelled, regionOf, type Bench } from './app-fixture.ts'
import { temporaryFolder } from './storage-fixture.ts'

const bus = regionOf([['bus', 0.9]], { at: 0 })
const doubtfulBus = regionOf([['bus', 0.25]], { at: 0 })
const tram = regionOf([['tram', 0.8]], { at: 1 })

/** A project of files with these contents, which were added as a person would. */
async function openFiles(
  files: Readonly<Record<string, string>>,
): Promise<Bench & { folder: string }> {
  const root = temporaryFolder()
  const folder = join(root, 'photos')
  for (const [name, content] of Object.entries(files)) write(join(folder, name), content)
  const bench = openApp(join(root, 'street.lexmask'))
  await bench.request('images.add', { paths: [folder] })
  return { ...bench, imageIds: bench.project.images.listIds({}), folder }
}

function write(file: string, content: string): void {
  mkdirSync(dirname(file), { recursive: true })
  writeFileSync(file, content)
}

const pathOf = ({ project }: Bench, name: string): string | undefined =>
  [...project.images.iterate()].find((image) => image.name === name)?.path

describe('the ids of images', () => {
  it('come in every order, both ways', async () => {
    const bench = await openLabelled([[bus, tram], [], [doubtfulBus]])
    const [two, none, doubtful] = bench.imageIds
    const expected = {
      name: [two, none, doubtful],
      added: [two, none, doubtful],
      annotations: [none, doubtful, two],
      // Nothing waits in the second image.
      uncertainty: [none, two, doubtful],
    }
    for (const order of IMAGE_ORDERS) {
      const { imageIds } = await bench.request('images.ids', { order })
      expect(imageIds, order).toEqual(expected[order])
      const reversed = await bench.request('images.ids', { order, isDescending: true })
      expect(reversed.imageIds, order).toEqual(expected[order].toReversed())
    }
  })

  it('are those that the filter lets through', async () => {
    const bench = await openLabelled([[bus], [tram], []])
    const classId = bench.project.vocabulary.list()[1].id
    const { imageIds } = await bench.request('images.ids', {
      filter: { classId },
      order: 'annotations',
    })
    expect(imageIds).toEqual([bench.imageIds[1]])
  })
})

describe('an image', () => {
  it('in a list has its counts; ids that are gone are left out, the order is kept', async () => {
    const bench = await openLabelled([[bus, tram], [bus]])
    const [first, second] = bench.imageIds
    const [accepted, rejected] = bench.project.annotations.listForImage(first)
    for (const [one, state] of [
      [accepted, 'accepted'],
      [rejected, 'rejected'],
    ] as const) {
      await bench.request('annotations.setState', {
        ...{ imageId: first, annotationIds: [one.id], state },
      })
    }
    const images = await bench.request('images.get', { imageIds: [second, 999, first] })
    expect(images).toMatchObject([
      { id: second, name: 'image-0001.jpg', annotations: 1, proposed: 1 },
      { id: first, name: 'image-0000.jpg', annotations: 1, proposed: 0 },
    ])
  })

  it('is opened with all that is drawn of it', async () => {
    const bench = await openLabelled([[bus, tram]])
    const [imageId] = bench.imageIds
    const opened = await bench.request('images.open', { imageId })
    expect(opened).toMatchObject({
      image: { id: imageId },
      revision: bench.project.meta.revision(),
    })
    expect(opened.annotations).toHaveLength(2)
    expect(opened.masks.map(({ hash }) => hash).sort()).toEqual(
      opened.annotations.map(({ maskHash }) => maskHash).sort(),
    )
    expect(opened.history.undo?.label).toBe('Re-score')
    await expect(bench.request('images.open', { imageId: 99 })).rejects.toMatchObject({
      code: 'NOT_FOUND',
    })
  })

  it('that is done is a step of its history, and waits again after undo', async () => {
    const bench = await openLabelled([[bus], [bus]])
    const [first, second] = bench.imageIds
    const finish = { imageIds: [first, second, 99], status: 'reviewed' as const }
    expect(await bench.request('images.setStatus', finish)).toEqual({ changed: 2 })
    expect(await bench.request('images.setStatus', finish)).toEqual({ changed: 0 })
    expect(bench.changes.map(({ diff }) => keysOf(diff.updated))).toEqual([
      [`image:${first}`],
      [`image:${second}`],
    ])
    const { undo } = await bench.request('history.get', { imageId: first })
    expect(undo?.label).toBe('Finish review')
    await bench.request('history.undo', { imageId: first })
    await bench.request('images.setStatus', { imageIds: [second], status: 'labelled' })
    expect((await bench.request('history.get', { imageId: second })).undo?.label).toBe(
      'Review again',
    )
    const images = await bench.request('images.get', { imageIds: [first, second] })
    expect(images.map(({ status }) => status)).toEqual(['labelled', 'labelled'])
  })

  it('that was never labelled does not become so by asking for a review', async () => {
    const bench = await openFiles({ 'a.jpg': 'a' })
    const input = { imageIds: [...bench.imageIds], status: 'labelled' as const }
    expect(await bench.request('images.setStatus', input)).toEqual({ changed: 0 })
  })

  it('that is added or removed is told, with what goes along', async () => {
    const bench = await openFiles({ 'a.jpg': 'a', 'b.jpg': 'b' })
    expect(bench.changes.map(({ diff }) => keysOf(diff.added))).toEqual([['image:1', 'image:2']])
    expect(await bench.request('images.remove', { imageIds: [1, 1, 99] })).toEqual({ removed: 1 })
    expect(keysOf(bench.changes[1].diff.removed)).toEqual(['image:1'])
    expect(bench.changes[1].revision).toBe(bench.changes[0].revision + 1)
  })
})

describe('duplicates', () => {
  it('are added until somebody stops it; what was found by then is there', async () => {
    const root = temporaryFolder()
    for (let i = 0; i < 30; i++) write(join(root, 'photos', `${i}.jpg`), `${i}`)
    const bench = openApp(join(root, 'street.lexmask'))
    const adding = bench.request('images.add', { paths: [join(root, 'photos')] })
    await bench.request('images.stopAdding')
    const { added, isStopped } = await adding
    expect(isStopped).toBe(true)
    expect(added).toBeLessThan(30)
    expect(bench.project.images.listIds({})).toHaveLength(added)
    const again = await bench.request('images.add', { paths: [join(root, 'photos')] })
    expect(again).toMatchObject({ added: 30 - added, known: added, isStopped: false })
  })

  it('are told in groups; only files that share their size are read, and once', async () => {
    const bench = await openFiles({
      'a.jpg': 'same',
      'b/a copy.jpg': 'same',
      'c.jpg': 'diff',
      'd.jpg': 'of another size',
    })
    const { groups } = await bench.request('images.duplicates')
    const names = groups.map((ids) => ids.map((id) => bench.project.images.get(id)?.name).sort())
    expect(names).toEqual([['a.jpg', 'b/a copy.jpg']])
    const read = [...bench.project.images.iterate()].filter(({ sha256 }) => sha256 !== null)
    expect(read.map(({ name }) => name).sort()).toEqual(['a.jpg', 'b/a copy.jpg', 'c.jpg'])
    const told = bench.changes.length
    expect(await bench.request('images.duplicates')).toMatchObject({ groups })
    expect(bench.changes).toHaveLength(told)
  })

  it('are not made of files that are gone or were changed since', async () => {
    const bench = await openFiles({ 'a.jpg': 'same', 'b.jpg': 'same', 'c.jpg': 'same' })
    rmSync(join(bench.folder, 'a.jpg'))
    write(join(bench.folder, 'b.jpg'), 'longer than before')
    expect(await bench.request('images.duplicates')).toMatchObject({ groups: [] })
  })
})

describe('images whose files were moved', () => {
  it('are found missing, and found again below a folder, with all that is known of them', async () => {
    const bench = await openFiles({ 'cam1/1.jpg': 'one', 'cam2/1.jpg': 'two', 'stays.jpg': 'x' })
    const ids = bench.imageIds
    await bench.request('images.setStatus', { imageIds: [...ids], status: 'reviewed' })
    const moved = join(dirname(bench.folder), 'moved')
    for (const cam of ['cam1', 'cam2']) {
      mkdirSync(moved, { recursive: true })
      renameSync(join(bench.folder, cam), join(moved, cam))
    }
    const { imageIds: missing } = await bench.request('images.missing')
    expect(missing.map((id) => bench.project.images.get(id)?.name)).toEqual([
      'cam1/1.jpg',
      'cam2/1.jpg',
    ])
    expect(await bench.request('images.relink', { folder: moved })).toEqual({
      relinked: 2,
      missing: [],
      missingCount: 0,
    })
    expect(pathOf(bench, 'cam1/1.jpg')).toBe('moved/cam1/1.jpg')
    expect(pathOf(bench, 'cam2/1.jpg')).toBe('moved/cam2/1.jpg')
    expect(pathOf(bench, 'stays.jpg')).toBe('photos/stays.jpg')
    expect([...bench.project.images.iterate()].every(({ status }) => status === 'reviewed')).toBe(
      true,
    )
    expect(await bench.request('images.missing')).toEqual({ imageIds: [] })
    // The step of the history is about the status and knows the image in its new place.
    await bench.request('history.undo', { imageId: ids[0] })
    expect(pathOf(bench, 'cam1/1.jpg')).toBe('moved/cam1/1.jpg')
  })

  it('are known by their content under another name, and not by their name with another content', async () => {
    const bench = await openFiles({ 'a.jpg': 'same', 'b.jpg': 'same', 'c.jpg': 'diff' })
    await bench.request('images.duplicates')
    const moved = join(dirname(bench.folder), 'moved')
    for (const name of ['a.jpg', 'b.jpg', 'c.jpg']) rmSync(join(bench.folder, name))
    write(join(moved, 'renamed.jpg'), 'diff')
    write(join(moved, 'b.jpg'), 'same')
    write(join(moved, 'c.jpg'), 'fake')
    expect(await bench.request('images.relink', { folder: moved })).toEqual({
      relinked: 2,
      missing: ['a.jpg'],
      missingCount: 1,
    })
    expect(pathOf(bench, 'c.jpg')).toBe('moved/renamed.jpg')
    expect(pathOf(bench, 'b.jpg')).toBe('moved/b.jpg')
  })

  it('whose content was never read need the same name and size', async () => {
    const bench = await openFiles({ 'a.jpg': 'one', 'b.jpg': 'four' })
    const moved = join(dirname(bench.folder), 'moved')
    for (const name of ['a.jpg', 'b.jpg']) rmSync(join(bench.folder, name))
    write(join(moved, 'other.jpg'), 'one')
    write(join(moved, 'deep/b.jpg'), 'four')
    expect(await bench.request('images.relink', { folder: moved })).toMatchObject({
      relinked: 1,
      missing: ['a.jpg'],
    })
    expect(pathOf(bench, 'b.jpg')).toBe('moved/deep/b.jpg')
  })
})
