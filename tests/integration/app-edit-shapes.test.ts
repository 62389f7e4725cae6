import { describe, expect, it } from 'vitest'
import { LexmaskError } from '#shared/contract/errors.ts'
import type { AnnotationRecord, EncodedMask } from '#shared/contract/records.ts'
import { rleFromBitmap } from '#shared/geometry/rle-bitmap.ts'
import { rleFromCocoString, rleToCocoString } from '#shared/geometry/rle.ts'
import { rleToBitmap } from '#shared/geometry/rle-bitmap.ts'
import { openLabelled, regionOf, type Bench } from './app-fixture.ts'
import { bitmapFromRows } from '../support/random-masks.ts'

/** A mask of the fixture's 8 × 6 images. */
function drawn(...rows: string[]): EncodedMask {
  const bitmap = bitmapFromRows(...rows)
  const rle = rleFromBitmap(bitmap.pixels, bitmap)
  return { height: rle.height, width: rle.width, counts: rleToCocoString(rle) }
}

const LEFT = drawn('####....', '####....', '........', '........', '........', '........')
const MIDDLE = drawn('..####..', '..####..', '........', '........', '........', '........')
const NOTHING = drawn(...Array.from({ length: 6 }, () => '........'))

/** An image with one proposal, pixels (0, 0) and (0, 1). */
async function openOne(): Promise<Bench & { imageId: number; bus: number; tram: number }> {
  const bench = await openLabelled([[regionOf([['bus', 0.95]], { at: 0 })]])
  const [bus, tram] = bench.project.vocabulary.list().map(({ id }) => id)
  return { ...bench, imageId: bench.imageIds[0], bus, tram }
}

function listOf({ project }: Bench, imageId: number): AnnotationRecord[] {
  return project.annotations.listForImage(imageId)
}

function rowsOf({ project }: Bench, { maskHash }: AnnotationRecord): string[] {
  const mask = project.masks.get(maskHash)
  if (mask === null) throw new Error('no mask')
  const pixels = rleToBitmap(rleFromCocoString(mask.counts, mask))
  return Array.from({ length: mask.height }, (_, y) =>
    Array.from({ length: mask.width }, (_, x) => (pixels[y * mask.width + x] ? '#' : '.')).join(''),
  )
}

const stepOf = async ({ request }: Bench, imageId: number): Promise<string | undefined> =>
  (await request('history.get', { imageId })).undo?.label

describe('a drawn shape', () => {
  it('is an accepted annotation of the person, and one step with its name', async () => {
    const bench = await openOne()
    const { imageId, bus, request } = bench
    const before = listOf(bench, imageId)
    const { createdIds, changeId } = await request('annotations.edit', {
      imageId,
      step: 'Draw polygon',
      create: [{ classId: bus, mask: LEFT }],
    })
    expect(changeId).not.toBeNull()
    const created = bench.project.annotations.get(createdIds[0])
    expect(created).toMatchObject({
      ...{ imageId, classId: bus, bbox: [0, 0, 4, 2], area: 8, isCrowd: false },
      ...{ score: null, state: 'accepted', origin: 'person', candidateId: null, provenance: null },
    })
    expect(await stepOf(bench, imageId)).toBe('Draw polygon')
    await request('history.undo', { imageId })
    expect(listOf(bench, imageId)).toEqual(before)
    await request('history.redo', { imageId })
    expect(bench.project.annotations.get(createdIds[0])).toEqual(created)
  })

  it('is refused when it is empty, of another size or malformed, and nothing is changed', async () => {
    const bench = await openOne()
    const { imageId, bus, request, changes } = bench
    const wrong = [NOTHING, { ...LEFT, width: 6, height: 8 }, { ...LEFT, counts: '0' }]
    for (const mask of wrong) {
      const refused = request('annotations.edit', {
        imageId,
        step: 'Paint',
        create: [
          { classId: bus, mask: LEFT },
          { classId: bus, mask },
        ],
      })
      await expect(refused).rejects.toMatchObject({ code: 'MASK_INVALID' })
    }
    expect(listOf(bench, imageId)).toHaveLength(1)
    expect(changes).toEqual([])
  })

  it('is refused by name for a class, an image or an original that is not there', async () => {
    const { imageId, bus, request } = await openOne()
    const edits = [
      { imageId, create: [{ classId: 99, mask: LEFT }] },
      { imageId: 99, create: [{ classId: bus, mask: LEFT }] },
      { imageId, create: [{ classId: bus, mask: LEFT, like: 99 }] },
      { imageId, remove: [{ annotationId: 99, expectedMaskHash: '' }] },
    ]
    for (const edit of edits) {
      const refused = request('annotations.edit', { step: 'Paint', ...edit })
      await expect(refused).rejects.toMatchObject({ code: 'NOT_FOUND' })
    }
  })
})

describe('a new shape of an annotation', () => {
  it('makes it edited, with its new class, and keeps where it came from', async () => {
    const bench = await openOne()
    const { imageId, tram, request } = bench
    const [before] = listOf(bench, imageId)
    const one = { annotationId: before.id, expectedMaskHash: before.maskHash }
    const { createdIds } = await request('annotations.edit', {
      imageId,
      step: 'Grow',
      update: [{ ...one, mask: LEFT, classId: tram }],
    })
    expect(createdIds).toEqual([])
    const [after] = listOf(bench, imageId)
    expect(after).toEqual({
      ...before,
      ...{ classId: tram, maskHash: after.maskHash, bbox: [0, 0, 4, 2], area: 8, state: 'edited' },
    })
  })

  it('that is the one it has changes nothing', async () => {
    const bench = await openOne()
    const { imageId, request } = bench
    const [{ id, maskHash }] = listOf(bench, imageId)
    const mask = drawn('#.......', '#.......', '........', '........', '........', '........')
    const { changeId } = await request('annotations.edit', {
      imageId,
      step: 'Smooth',
      update: [{ annotationId: id, expectedMaskHash: maskHash, mask }],
    })
    expect(changeId).toBeNull()
    expect(listOf(bench, imageId)).toMatchObject([{ state: 'proposed' }])
  })

  it('that is empty deletes it; undo brings it back', async () => {
    const bench = await openOne()
    const { imageId, request } = bench
    const before = listOf(bench, imageId)
    await request('annotations.edit', {
      imageId,
      step: 'Erase',
      update: [{ annotationId: before[0].id, expectedMaskHash: before[0].maskHash, mask: NOTHING }],
    })
    expect(listOf(bench, imageId)).toEqual([])
    await request('history.undo', { imageId })
    expect(listOf(bench, imageId)).toEqual(before)
  })

  it('of a mask that was changed meanwhile is a conflict, and nothing of the edit is done', async () => {
    const bench = await openOne()
    const { imageId, bus, request } = bench
    const [{ id }] = listOf(bench, imageId)
    const stale = { annotationId: id, expectedMaskHash: 'another' }
    const create = [{ classId: bus, mask: LEFT }]
    for (const edit of [{ update: [{ ...stale, mask: LEFT }] }, { remove: [stale] }]) {
      const refused = request('annotations.edit', { imageId, step: 'Paint', create, ...edit })
      await expect(refused).rejects.toMatchObject({
        code: 'CONFLICT',
        details: { annotationIds: [id] },
      })
    }
    expect(listOf(bench, imageId)).toHaveLength(1)
  })

  it('cannot be two', async () => {
    const bench = await openOne()
    const { imageId, request } = bench
    const [{ id, maskHash }] = listOf(bench, imageId)
    const one = { annotationId: id, expectedMaskHash: maskHash }
    const twice = request('annotations.edit', {
      ...{ imageId, step: 'Paint' },
      update: [{ ...one, mask: LEFT }],
      remove: [one],
    })
    await expect(twice).rejects.toBeInstanceOf(LexmaskError)
    await expect(twice).rejects.toMatchObject({ code: 'INVALID_INPUT' })
  })
})

describe('parts of an annotation', () => {
  it('are one step that takes its place, and take over where it came from', async () => {
    const bench = await openOne()
    const { imageId, request } = bench
    const [whole] = listOf(bench, imageId)
    const { id: like, classId, maskHash: expectedMaskHash } = whole
    const { createdIds } = await request('annotations.edit', {
      ...{ imageId, step: 'Split' },
      remove: [{ annotationId: like, expectedMaskHash }],
      create: [
        { classId, like, mask: LEFT },
        { classId, like, mask: MIDDLE },
      ],
    })
    const parts = listOf(bench, imageId)
    expect(parts.map(({ id }) => id)).toEqual(createdIds)
    for (const part of parts) {
      const { origin, provenance } = whole
      expect(part).toMatchObject({ origin, provenance, state: 'edited', candidateId: null })
      expect(part.score).toBeNull()
    }
    await request('history.undo', { imageId })
    expect(listOf(bench, imageId)).toEqual([whole])
  })
})

describe('where shapes meet', () => {
  async function openMeeting(): Promise<Bench & { imageId: number; bus: number; left: number }> {
    const bench = await openOne()
    const { imageId, bus, request } = bench
    const create = [{ classId: bus, mask: LEFT }]
    const drawing = await request('annotations.edit', { imageId, step: 'Paint', create })
    return { ...bench, left: drawing.createdIds[0] }
  }

  it('both keep their pixels, unless one is to give way', async () => {
    const bench = await openMeeting()
    const { imageId, bus, left, request } = bench
    const create = [{ classId: bus, mask: MIDDLE }]
    await request('annotations.edit', { imageId, step: 'Paint', create })
    expect(bench.project.annotations.get(left)?.area).toBe(8)
  })

  it('the new one is cut by the others', async () => {
    const bench = await openMeeting()
    const { imageId, bus, left, request } = bench
    const { createdIds } = await request('annotations.edit', {
      ...{ imageId, step: 'Paint', overlap: 'cut-new' },
      create: [{ classId: bus, mask: MIDDLE }],
    })
    const [, , created] = listOf(bench, imageId)
    expect(created.id).toBe(createdIds[0])
    expect(rowsOf(bench, created).slice(0, 3)).toEqual(['....##..', '....##..', '........'])
    expect(bench.project.annotations.get(left)).toMatchObject({ area: 8, state: 'accepted' })
  })

  it('the new one is refused when the others have all its pixels', async () => {
    const { imageId, bus, request } = await openMeeting()
    const refused = request('annotations.edit', {
      ...{ imageId, step: 'Paint', overlap: 'cut-new' },
      create: [{ classId: bus, mask: LEFT }],
    })
    await expect(refused).rejects.toMatchObject({ code: 'MASK_INVALID' })
  })

  it('the others are cut by the new one, and deleted when nothing of them is left', async () => {
    const bench = await openMeeting()
    const { imageId, bus, left, request } = bench
    const before = listOf(bench, imageId)
    const wide = drawn('###.....', '###.....', '........', '........', '........', '........')
    const { createdIds } = await request('annotations.edit', {
      ...{ imageId, step: 'Paint', overlap: 'cut-others' },
      create: [{ classId: bus, mask: wide }],
    })
    const after = listOf(bench, imageId)
    expect(after.map(({ id }) => id)).toEqual([left, createdIds[0]])
    expect(after[0]).toMatchObject({ state: 'edited', bbox: [3, 0, 1, 2], area: 2 })
    await bench.request('history.undo', { imageId })
    expect(listOf(bench, imageId)).toEqual(before)
  })

  it('what was rejected neither cuts nor is cut', async () => {
    const bench = await openMeeting()
    const { imageId, bus, left, request } = bench
    const rejecting = { imageId, annotationIds: [left], state: 'rejected' as const }
    await request('annotations.setState', rejecting)
    for (const overlap of ['cut-new', 'cut-others'] as const) {
      const { createdIds } = await request('annotations.edit', {
        ...{ imageId, step: 'Paint', overlap },
        create: [{ classId: bus, mask: MIDDLE }],
      })
      expect(bench.project.annotations.get(createdIds[0])?.area).toBe(8)
      expect(bench.project.annotations.get(left)).toMatchObject({ area: 8, state: 'rejected' })
      await request('history.undo', { imageId })
    }
  })
})
