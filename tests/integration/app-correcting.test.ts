import { readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import Database from 'better-sqlite3'
import { describe, expect, it, onTestFinished } from 'vitest'
import { commands, recipeSchema, type CommandRequest } from '#shared/contract/commands.ts'
import type { EncodedMask } from '#shared/contract/records.ts'
import { rleFromCocoCounts, rleToCocoString } from '#shared/geometry/rle.ts'
import { editShapes } from '#main/app/annotations/edit-annotation-shapes.ts'
import { migrate } from '#main/storage/migrations.ts'
import { openProject } from '#main/storage/open-project.ts'
import { ProjectDatabase } from '#main/storage/project-database.ts'
import { DETECTOR_CLASSES, openApp, openLabelled, regionOf, type Bench } from './app-fixture.ts'
import {
  classDraft,
  imageDraft,
  openStreet,
  temporaryPath,
  writeVocabulary,
} from './storage-fixture.ts'
import { hasShared, sharedPath } from '../support/coco-mini.ts'
import { ObedientWorkers } from '../support/obedient-worker.ts'

const SIZE = { height: 6, width: 8 }

/** Whole columns of an 8 × 6 image. */
function columns(from: number, to: number): EncodedMask {
  const counts = [6 * from, 6 * (to - from), 6 * (8 - to)]
  return { ...SIZE, counts: rleToCocoString(rleFromCocoCounts(counts, SIZE)) }
}

async function exported({ project, request }: Bench): Promise<string> {
  const path = join(dirname(project.path), 'labels.json')
  await request('export.coco', { path, states: ['proposed', 'accepted', 'edited', 'rejected'] })
  return readFileSync(path, 'utf8')
}

/** The records of a project, which undo and redo give back exactly. */
function recordsOf({ project, imageIds }: Bench): string {
  return JSON.stringify([
    imageIds.map((id) => project.annotations.listForImage(id)),
    imageIds.map((id) => project.images.get(id)),
    project.vocabulary.list(),
    project.meta.attributes(),
  ])
}

/** One of every command that changes annotations, in the first image; one copy in the second. */
async function correct({ project, imageIds, request }: Bench): Promise<void> {
  const [imageId, nextId] = imageIds
  const [bus, tram] = project.vocabulary.list().map(({ id }) => id)
  const annotation = (index: number) => project.annotations.listForImage(imageId)[index]
  const expected = (index: number) => {
    const { id: annotationId, maskHash: expectedMaskHash } = annotation(index)
    return { annotationId, expectedMaskHash }
  }
  const select = (...indices: number[]) => ({
    imageId,
    annotationIds: indices.map((index) => annotation(index).id),
  })
  const edit = (input: Omit<CommandRequest<'annotations.edit'>, 'imageId'>) =>
    request('annotations.edit', { imageId, ...input })

  await request('attributes.define', {
    definitions: [{ name: 'age', type: 'number', default: 1 }],
    expected: [],
  })
  await request('annotations.delete', select(4))
  await request('annotations.setClass', { ...select(0), classId: tram })
  await request('annotations.setState', { ...select(1), state: 'accepted' })
  await request('annotations.setState', { ...select(2), state: 'rejected' })
  await request('annotations.setFlags', { ...select(0, 1), flags: { isCrowd: true } })
  await request('annotations.setFlags', { ...select(1), flags: { isTruncated: true } })
  await request('annotations.setAttributes', { ...select(0, 3), attributes: { age: 7.25 } })
  await edit({ step: 'Draw polygon', create: [{ classId: bus, mask: columns(2, 6) }] })
  await edit({ step: 'Grow', update: [{ ...expected(4), mask: columns(1, 7), classId: tram }] })
  const like = annotation(4).id
  await edit({
    step: 'Split',
    update: [{ ...expected(4), mask: columns(1, 4) }],
    create: [{ classId: tram, like, mask: columns(4, 7) }],
  })
  await edit({
    ...{ step: 'Paint', overlap: 'cut-others' },
    create: [{ classId: bus, mask: columns(3, 5) }],
  })
  await edit({ step: 'Erase', update: [{ ...expected(3), mask: { ...SIZE, counts: '`1' } }] })
  const order = project.annotations.listForImage(imageId).map(({ id }) => id)
  await request('annotations.reorder', { imageId, annotationIds: order.toReversed() })
  const [candidate] = await request('candidates.list', { imageId: nextId })
  await request('candidates.promote', {
    ...{ imageId: nextId, candidateId: candidate.candidateId, classId: candidate.classId },
  })
  await request('annotations.duplicate', {
    ...{ fromImageId: imageId, annotationIds: order, toImageId: nextId },
  })
  await request('images.setStatus', { imageIds: [imageId], status: 'reviewed' })
}

/** Steps that a person made; how many there were. */
async function stepAll(bench: Bench, direction: 'undo' | 'redo'): Promise<number> {
  let steps = 0
  for (const imageId of [...bench.imageIds, null]) {
    for (;;) {
      const next = (await bench.request('history.get', { imageId }))[direction]
      // Not what the scoring before had done.
      if (next === null || next.madeBy === null) break
      await bench.request(`history.${direction}`, { imageId })
      steps++
    }
  }
  return steps
}

describe('a session of corrections', () => {
  it('is undone and done again to the byte, across restarts', async () => {
    const path = temporaryPath()
    const regions = [0, 1, 2, 3, 4].map((at) => regionOf([['bus', 0.95 - at / 10]], { at }))
    let bench = await openLabelled([regions, regions.slice(0, 2)], { path })
    const reopen = async (): Promise<void> => {
      await bench.app.close()
      bench = openApp(path)
    }
    const before = [await exported(bench), recordsOf(bench)]
    await correct(bench)
    const after = [await exported(bench), recordsOf(bench)]
    expect(after[0]).not.toBe(before[0])

    await reopen()
    const steps = await stepAll(bench, 'undo')
    expect(steps).toBe(17)
    expect([await exported(bench), recordsOf(bench)]).toEqual(before)
    expect(await stepAll(bench, 'redo')).toBe(steps)
    expect([await exported(bench), recordsOf(bench)]).toEqual(after)

    await reopen()
    expect([await exported(bench), recordsOf(bench)]).toEqual(after)
    await stepAll(bench, 'undo')
    await reopen()
    expect([await exported(bench), recordsOf(bench)]).toEqual(before)
    expect(await stepAll(bench, 'redo')).toBe(steps)
    expect([await exported(bench), recordsOf(bench)]).toEqual(after)
  })
})

describe.skipIf(!hasShared)('undoing a run [needs ../shared]', () => {
  it('tells of the image that a person has changed since, loses nothing of it, and can be redone', async () => {
    const workers = new ObedientWorkers(DETECTOR_CLASSES, [regionOf([['bus', 0.9]])])
    const packFolder = sharedPath('models/maskrcnn2go-coco')
    const bench = openApp(temporaryPath(), { launch: workers.launch, packFolder })
    const { project, request } = bench
    project.transaction(() => {
      project.images.insertMany(['a.jpg', 'b.jpg', 'c.jpg'].map(imageDraft))
      writeVocabulary(project, { classes: [classDraft('bus')], negatives: [] })
    })
    const { runId } = await request('prelabel.start', {
      images: { filter: {} },
      recipe: recipeSchema.parse({ name: 'detector' }),
      vocabularyRevision: project.meta.vocabularyRevision(),
    })
    await expect.poll(() => bench.progress.at(-1)?.state, { timeout: 60_000 }).toBe('done')
    const [a, b, c] = project.images.listIds({}, 'added')
    const list = (imageId: number) => project.annotations.listForImage(imageId)
    const proposed = [list(a), list(c)]
    const [{ id: annotationId, maskHash: expectedMaskHash, classId }] = list(b)
    const size = project.images.get(b)
    const whole = { height: size?.height ?? 0, width: size?.width ?? 0 }
    const mask = {
      ...whole,
      counts: rleToCocoString(rleFromCocoCounts([0, whole.height * whole.width], whole)),
    }
    await request('annotations.edit', {
      ...{ imageId: b, step: 'Paint', update: [{ annotationId, expectedMaskHash, mask }] },
    })
    await request('annotations.edit', {
      ...{ imageId: c, step: 'Draw box', create: [{ classId, mask }] },
    })
    const corrected = list(b)
    const [, drawn] = list(c)

    expect(await request('history.undoRun', { runId })).toEqual({
      undoneImageIds: [a, c],
      conflictingImageIds: [b],
    })
    expect([list(a), list(b), list(c)]).toEqual([[], corrected, [drawn]])
    expect(await request('history.list', { imageId: a, limit: 1 })).toMatchObject([
      { label: 'Undo auto-label', madeBy: 'Anna' },
    ])

    // It is a step of each image: taken back and done again like any other.
    await request('history.undo', { imageId: a })
    await request('history.undo', { imageId: c })
    expect([list(a), list(c)]).toEqual([proposed[0], [...proposed[1], drawn]])
    await request('history.redo', { imageId: a })
    await request('history.redo', { imageId: c })
    expect([list(a), list(c)]).toEqual([[], [drawn]])

    // Once the correction is taken back, nothing stands in the way.
    await request('history.undo', { imageId: b })
    expect(await request('history.undoRun', { runId })).toEqual({
      undoneImageIds: [b],
      conflictingImageIds: [],
    })
    expect(list(b)).toEqual([])
  })
})

describe('an edit that cannot be saved', () => {
  /** Masks that SQLite has to find room for. */
  function bigEdit(imageId: number, classId: number): CommandRequest<'annotations.edit'> {
    const side = 600
    // Every other pixel: two million runs have no shorter form.
    const counts = [...new Array<number>(side * side).fill(1)]
    const size = { height: side, width: side }
    const mask = { ...size, counts: rleToCocoString(rleFromCocoCounts(counts, size)) }
    return { imageId, step: 'Paint', create: [{ classId, mask }] }
  }

  it('for want of space says so, leaves nothing half, and goes once there is space', () => {
    const path = temporaryPath()
    const { project: made, imageIds, classId } = openStreet(path)
    const [imageId] = imageIds
    made.transaction(() => made.images.update(imageId, { width: 600, height: 600 }))
    made.close()
    // The product's own storage on a connection whose file may not grow, as on a full disk.
    const database = new Database(path)
    onTestFinished(() => void database.close())
    migrate(database, path)
    const project = new ProjectDatabase({ database, path, lock: null, damage: [] })
    const input = commands['annotations.edit'].input.parse(bigEdit(imageId, classId))
    const rows = () => [
      project.meta.revision(),
      project.annotations.listForImage(imageId),
      project.changes.listForImage(imageId),
      database.prepare('SELECT count(*) FROM mask').pluck().get(),
    ]
    const before = rows()
    const pages = Number(database.pragma('page_count', { simple: true }))
    database.pragma(`max_page_count = ${pages}`)
    expect(() => editShapes(project, input, null)).toThrowError(
      expect.objectContaining({
        code: 'DISK_FULL',
        message: expect.stringMatching(/street\.lexmask is full.*everything before it/) as string,
      }),
    )
    expect(rows()).toEqual(before)

    database.pragma('max_page_count = 1000000')
    const { createdIds } = editShapes(project, input, null)
    expect(project.annotations.listForImage(imageId).map(({ id }) => id)).toEqual(createdIds)
    expect(database.pragma('integrity_check', { simple: true })).toBe('ok')
  })

  it('as the project is open to read is refused by name, and changes nothing', () => {
    const path = temporaryPath()
    const { project: made, imageIds, classId } = openStreet(path)
    made.close()
    const project = openProject(path, { readOnly: true })
    onTestFinished(() => project.close())
    const mask = columns(0, 2)
    const input = commands['annotations.edit'].input.parse({
      ...{ imageId: imageIds[0], step: 'Paint', create: [{ classId, mask }] },
    })
    expect(() => editShapes(project, input, null)).toThrowError(
      expect.objectContaining({ code: 'PROJECT_READ_ONLY' }),
    )
    expect(project.annotations.listForImage(imageIds[0])).toEqual([])
  })
})
