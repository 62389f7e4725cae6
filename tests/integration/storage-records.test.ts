import { describe, expect, it } from 'vitest'
import { hashOfMask } from '#main/storage/mask-repository.ts'
import type { ProjectDatabase } from '#main/storage/project-database.ts'
import type { VocabularyDraft } from '#main/storage/vocabulary-repository.ts'
import { diffRecords } from '#shared/history/record-diff.ts'
import { rleFromCocoString } from '#shared/geometry/rle.ts'
import {
  annotate,
  annotationOf,
  candidateAt,
  classDraft,
  imageDraft,
  maskAt,
  open,
  openStreet,
  runDraft,
  temporaryPath,
} from './storage-fixture.ts'

const firstPage = { offset: 0, limit: 100 }

function namesIn(
  project: ProjectDatabase,
  filter: Parameters<ProjectDatabase['images']['list']>[0],
): string[] {
  return project.images.list(filter, firstPage).images.map(({ name }) => name)
}

/** Through the history, as a person's edit goes. */
function replaceBy(project: ProjectDatabase, draft: VocabularyDraft) {
  return project.transaction(() => {
    const diff = project.vocabulary.diffTo(draft)
    project.history.commitChange({ imageId: null, label: 'Edit vocabulary', diff })
    return { vocabulary: project.vocabulary.get(), diff }
  })
}

describe('images', () => {
  it('are added once a path, whatever their names are written in', () => {
    const project = open(temporaryPath())
    const drafts = ['街.jpg', 'é.jpg', "o'c%_\\.jpg"].map(imageDraft)
    const first = project.transaction(() => project.images.insertMany(drafts))
    expect(first.known).toBe(0)
    expect(first.added.map(({ path }) => path)).toEqual(drafts.map(({ path }) => path))
    const again = project.transaction(() =>
      project.images.insertMany([...drafts, imageDraft('new.jpg')]),
    )
    expect(again).toMatchObject({ known: 3, added: [{ name: 'new.jpg' }] })
    expect(project.images.getByPath('photos/街.jpg')).toEqual(first.added[0])
  })

  it('are listed by name, in pages, by status, text and class', () => {
    const street = openStreet(temporaryPath(), 0)
    const { project } = street
    project.transaction(() => {
      const { added } = project.images.insertMany(
        ['c_1.jpg', 'B.jpg', 'cx1.jpg', 'a.jpg'].map(imageDraft),
      )
      project.images.update(added[0].id, { status: 'reviewed' })
    })
    const id = project.images.getByPath('photos/a.jpg')!.id
    annotate(street, id)

    expect(namesIn(project, {})).toEqual(['B.jpg', 'a.jpg', 'c_1.jpg', 'cx1.jpg'])
    expect(project.images.list({}, { offset: 1, limit: 2 })).toMatchObject({
      total: 4,
      images: [{ name: 'a.jpg' }, { name: 'c_1.jpg' }],
    })
    expect(namesIn(project, { statuses: ['reviewed', 'failed'] })).toEqual(['c_1.jpg'])
    expect(namesIn(project, { search: 'C_1' })).toEqual(['c_1.jpg'])
    expect(namesIn(project, { search: '%' })).toEqual([])
    expect(namesIn(project, { classId: street.classId })).toEqual(['a.jpg'])
    expect(namesIn(project, { classId: street.classId, statuses: ['reviewed'] })).toEqual([])
    expect(project.images.listIds({ search: 'a.jpg' })).toEqual([id])
    expect(project.images.countByStatus()).toEqual({ new: 3, labelled: 0, reviewed: 1, failed: 0 })
  })

  it('can all be gone through while they are changed, more than a page of them', () => {
    const { project, imageIds } = openStreet(temporaryPath(), 1203)
    const seen: number[] = []
    project.transaction(() => {
      for (const image of project.images.iterate({ statuses: ['new'] })) {
        seen.push(image.id)
        project.images.update(image.id, { status: 'labelled', width: 4, height: 3, sha256: 'ab' })
      }
    })
    expect(seen).toEqual(imageIds)
    expect(project.images.get(imageIds[1202])).toMatchObject({
      status: 'labelled',
      width: 4,
      height: 3,
      sha256: 'ab',
    })
    expect(project.images.update(9999, { status: 'new' })).toBeNull()
  })
})

describe('the vocabulary', () => {
  const replace = (project: ProjectDatabase, ...classes: ReturnType<typeof classDraft>[]) =>
    replaceBy(project, { classes, negatives: ['wall'] })

  it('keeps the ids of its classes by name, in the new order, and counts its revisions', () => {
    const { project } = openStreet()
    const before = project.vocabulary.get()
    expect(before).toMatchObject({ revision: 1, negatives: ['wall'] })
    const [bus, tram] = before.classes
    const { vocabulary, diff } = replace(
      project,
      classDraft('车', {
        synonyms: ['car'],
        prompts: ['a photo of a car'],
        negatives: ['toy car'],
        threshold: 0.3,
        colour: '#010203',
      }),
      classDraft('tram'),
    )
    expect(vocabulary.revision).toBe(2)
    expect(vocabulary.classes).toEqual([
      {
        id: tram.id + 1,
        name: '车',
        synonyms: ['car'],
        prompts: ['a photo of a car'],
        negatives: ['toy car'],
        threshold: 0.3,
        colour: '#010203',
        position: 0,
      },
      { ...tram, position: 1 },
    ])
    expect(diff).toEqual(diffRecords('class', before.classes, vocabulary.classes))
    expect(Object.keys(diff.removed)).toEqual([`class:${bus.id}`])
  })

  it('has one revision as long as nothing changes', () => {
    const { project } = openStreet()
    expect(replace(project, classDraft('bus'), classDraft('tram')).vocabulary.revision).toBe(1)
    const more = replaceBy(project, {
      classes: [classDraft('bus'), classDraft('tram')],
      negatives: ['wall', 'sky'],
    })
    expect(more.vocabulary).toMatchObject({ revision: 2, negatives: ['wall', 'sky'] })
  })

  it('lets classes be renamed, even into each other, without losing annotations', () => {
    const street = openStreet()
    const { project, imageIds, classId } = street
    annotate(street, imageIds[0])
    const [bus, tram] = project.vocabulary.list()
    const swapped = replace(
      project,
      classDraft('tram', { id: bus.id }),
      classDraft('bus', { id: tram.id }),
    )
    expect(swapped.vocabulary.classes.map(({ id, name }) => [id, name])).toEqual([
      [bus.id, 'tram'],
      [tram.id, 'bus'],
    ])
    const renamed = replace(
      project,
      classDraft('coach', { id: bus.id }),
      classDraft('tram'),
      classDraft('bus'),
    )
    expect(renamed.vocabulary.classes.map(({ name }) => name)).toEqual(['coach', 'tram', 'bus'])
    expect(renamed.vocabulary.classes[0].id).toBe(bus.id)
    expect(project.annotations.countByClass()).toEqual([{ classId, state: 'proposed', count: 1 }])
  })

  it('never gives an id twice', () => {
    const { project } = openStreet()
    const ids = new Set(project.vocabulary.list().map(({ id }) => id))
    replace(project)
    for (const { id } of replace(project, classDraft('bus'), classDraft('tram')).vocabulary
      .classes) {
      expect(ids.has(id)).toBe(false)
    }
  })

  it('refuses to drop a class that has annotations, and changes nothing', () => {
    const street = openStreet()
    const { project } = street
    annotate(street, street.imageIds[0], { count: 3 })
    expect(() => replace(project, classDraft('tram'))).toThrowError(
      expect.objectContaining({
        code: 'CLASS_IN_USE',
        message: expect.stringContaining('"bus" (3)') as string,
      }),
    )
    expect(() => replace(project, classDraft('bus'), classDraft('x', { id: 99 }))).toThrowError(
      expect.objectContaining({ code: 'NOT_FOUND', details: { classId: 99 } }),
    )
    expect(project.vocabulary.list().map(({ name }) => name)).toEqual(['bus', 'tram'])
    expect(project.annotations.listImageIdsOfClass(street.classId)).toEqual([street.imageIds[0]])
  })

  it('gives each class a colour of its own', () => {
    const project = open(temporaryPath())
    const names = Array.from({ length: 40 }, (_, n) => classDraft(`class ${n}`))
    const colours = replace(project, ...names).vocabulary.classes.map(({ colour }) => colour)
    expect(new Set(colours).size).toBe(40)
    for (const colour of colours) expect(colour).toMatch(/^#[0-9a-f]{6}$/)
  })
})

describe('masks', () => {
  it('are stored once, named by their content, with their box and area', () => {
    const project = open(temporaryPath())
    const [first, same, other] = project.transaction(() =>
      [maskAt(5), maskAt(5), maskAt(7)].map((rle) => project.masks.put(rle)),
    )
    expect(same).toEqual(first)
    expect(other.hash).not.toBe(first.hash)
    // Rows 5 of column 0 and 0 of column 1.
    expect(first).toMatchObject({ height: 6, width: 8, bbox: [0, 0, 2, 6], area: 2 })
    expect(project.masks.get(first.hash)).toEqual(first)
    expect(project.masks.getExtent(first.hash)).toEqual({ bbox: [0, 0, 2, 6], area: 2 })
    expect(project.masks.getMany([other.hash, 'no such', first.hash])).toEqual(
      new Map([
        [first.hash, first],
        [other.hash, other],
      ]),
    )
    expect(rleFromCocoString(first.counts, first)).toEqual(maskAt(5))
    expect(project.masks.get('no such')).toBeNull()
  })

  it('of one outline in images of different sizes have different names', () => {
    expect(hashOfMask({ height: 6, width: 8, counts: 'a' })).not.toBe(
      hashOfMask({ height: 8, width: 6, counts: 'a' }),
    )
  })

  it('are kept as long as an annotation, a candidate or a history names them', () => {
    const street = openStreet()
    const { project, imageIds, classId } = street
    const collect = () => project.transaction(() => project.masks.deleteUnreferenced())
    const { mask, runId } = project.transaction(() => {
      project.masks.put(maskAt(40))
      return { mask: project.masks.put(maskAt(1)), runId: project.runs.insert(runDraft()) }
    })
    const drawn = annotationOf(mask, {
      id: project.annotations.reserveIds(1)[0],
      imageId: imageIds[0],
      classId,
    })
    const commit = (diff: ReturnType<typeof diffRecords>) =>
      project.transaction(() =>
        project.history.commitChange({ imageId: imageIds[0], label: 'Edit', diff }),
      )
    commit(diffRecords('annotation', [], [drawn]))
    project.transaction(() =>
      project.candidates.replaceForImage(imageIds[1], runId, [candidateAt(2)]),
    )
    expect(collect()).toBe(1)

    commit(diffRecords('annotation', [drawn], []))
    expect(collect()).toBe(0)
    project.transaction(() => project.history.undo(imageIds[0]))
    expect(project.annotations.listForImage(imageIds[0])).toEqual([drawn])

    project.transaction(() => imageIds.forEach((id) => project.images.delete(id)))
    expect(collect()).toBe(2)
  })
})

describe('candidates', () => {
  it('come back as they were, with the extent of their mask', () => {
    const { project, imageIds } = openStreet()
    const candidates = [
      candidateAt(0),
      {
        ...candidateAt(13),
        detectorClass: null,
        vector: null,
        posterior: { classes: new Uint16Array(), probabilities: new Float32Array() },
      },
    ]
    const { runId, ids } = project.transaction(() => {
      const run = project.runs.insert(runDraft())
      return { runId: run, ids: project.candidates.replaceForImage(imageIds[0], run, candidates) }
    })
    const stored = project.candidates.listForImage(imageIds[0])
    expect(stored.map(({ id }) => id)).toEqual(ids)
    stored.forEach((candidate, n) => {
      const { mask, ...rest } = candidates[n]
      expect(candidate).toMatchObject({ ...rest, imageId: imageIds[0], runId })
      const record = project.masks.get(candidate.maskHash)!
      expect(rleFromCocoString(record.counts, record)).toEqual(mask)
      expect([candidate.bbox, candidate.area]).toEqual([record.bbox, record.area])
    })
  })

  it('of a new run replace those of the last, under new ids; annotations made of the old ones stay', () => {
    const street = openStreet()
    const { project, imageIds } = street
    const runId = project.transaction(() => project.runs.insert(runDraft()))
    const replaceWith = (count: number) =>
      project.transaction(() =>
        project.candidates.replaceForImage(
          imageIds[0],
          runId,
          Array.from({ length: count }, (_, n) => candidateAt(n)),
        ),
      )
    const first = replaceWith(3)
    const [drawn] = annotate(street, imageIds[0])
    const second = replaceWith(2)
    expect(project.candidates.listForImage(imageIds[0]).map(({ id }) => id)).toEqual(second)
    expect(second.some((id) => first.includes(id))).toBe(false)
    expect(project.annotations.get(drawn.id)).toEqual(drawn)
    replaceWith(0)
    expect([...project.candidates.iterateByImage()]).toEqual([])
  })

  it('of 79 images with 60 each are read for re-scoring without their masks, while others are written', () => {
    const { project, imageIds } = openStreet(temporaryPath(), 79)
    const vector = new Uint16Array(512).fill(0x3c00)
    const candidates = Array.from({ length: 60 }, (_, n) => ({ ...candidateAt(n % 40), vector }))
    project.transaction(() => {
      const runId = project.runs.insert(runDraft())
      for (const imageId of imageIds) project.candidates.replaceForImage(imageId, runId, candidates)
    })
    // Once to warm up: what is measured is reading, not compiling.
    const readAll = () => {
      let count = 0
      for (const image of project.candidates.iterateByImage()) count += image.candidates.length
      return count
    }
    readAll()
    const start = performance.now()
    expect(readAll()).toBe(79 * 60)
    console.log({ tookMs: performance.now() - start })

    project.transaction(() => {
      for (const { imageId } of project.candidates.iterateByImage())
        project.images.update(imageId, { status: 'labelled' })
    })
    expect(project.images.countByStatus().labelled).toBe(79)
  })
})

describe('annotations', () => {
  it('are counted by class and state', () => {
    const street = openStreet()
    const { project, imageIds, classId } = street
    const [drawn] = annotate(street, imageIds[0], { count: 3 })
    project.transaction(() =>
      project.annotations.update({
        ...drawn,
        state: 'rejected',
        provenance: null,
        score: null,
        isCrowd: true,
      }),
    )
    expect(project.annotations.countByClass()).toEqual([
      { classId, state: 'proposed', count: 2 },
      { classId, state: 'rejected', count: 1 },
    ])
    expect(project.annotations.get(drawn.id)).toEqual({
      ...drawn,
      state: 'rejected',
      provenance: null,
      score: null,
      isCrowd: true,
    })
  })

  it('inserted without history have ids beside the reserved ones', () => {
    const { project, imageIds, classId } = openStreet()
    const ids = project.transaction(() => {
      const mask = project.masks.put(maskAt(3))
      const reserved = project.annotations.reserveIds(2)
      const draft = annotationOf(mask, { id: 0, imageId: imageIds[0], classId })
      return [...reserved, project.annotations.insert(draft)]
    })
    expect(ids).toEqual([1, 2, 3])
    expect(project.annotations.delete(3)).toBe(true)
    expect(project.annotations.delete(3)).toBe(false)
  })
})

describe('runs and text embeddings', () => {
  it('come back as they were', () => {
    const project = open(temporaryPath())
    const id = project.transaction(() => project.runs.insert(runDraft()))
    expect(project.runs.get(id)).toEqual({ ...runDraft(), id })
    expect(project.runs.list().map((run) => run.id)).toEqual([id])
    project.transaction(() => project.runs.setPacks(id, []))
    expect(project.runs.get(id)?.packs).toEqual([])
    expect(project.runs.get(99)).toBeNull()

    const vectors = new Map([
      ['a photo of a bus.', Float32Array.of(0.6, 0.8)],
      ['公共汽车', Float32Array.of(1, 0)],
    ])
    project.transaction(() => project.textEmbeddings.putMany('encoder-1', vectors))
    project.transaction(() => project.textEmbeddings.putMany('encoder-1', vectors))
    expect(project.textEmbeddings.getMany('encoder-1', [...vectors.keys(), 'unknown'])).toEqual(
      vectors,
    )
    expect(project.textEmbeddings.getMany('encoder-2', [...vectors.keys()])).toEqual(new Map())
  })
})

describe('jobs', () => {
  function openWithJob(images = 3) {
    const path = temporaryPath()
    const { project, imageIds } = openStreet(path, images)
    const createJob = (ids: readonly number[]) =>
      project.transaction(() =>
        project.jobs.create({
          runId: project.runs.insert(runDraft()),
          kind: 'prelabel',
          createdMs: 7,
          imageIds: ids,
        }),
      )
    // By the caller's order, not by id.
    return { path, project, imageIds, jobId: createJob([...imageIds].reverse()), createJob }
  }

  it('hand out their items one by one, in order, the older job first', () => {
    const { project, imageIds, jobId, createJob } = openWithJob()
    const laterId = createJob([imageIds[0]])
    const claim = () => project.transaction(() => project.jobs.claimNextItem())
    expect(project.jobs.get(jobId)).toMatchObject({
      state: 'queued',
      items: { queued: 3 },
      createdMs: 7,
      finishedMs: null,
    })
    const claimed = [claim(), claim(), claim(), claim(), claim()]
    expect(claimed.map((item) => item && [item.jobId, item.imageId])).toEqual([
      [jobId, imageIds[2]],
      [jobId, imageIds[1]],
      [jobId, imageIds[0]],
      [laterId, imageIds[0]],
      null,
    ])
    expect(claimed[0]?.runId).toBe(project.jobs.get(jobId)?.runId)
    expect(project.jobs.get(jobId)).toMatchObject({
      state: 'running',
      items: { queued: 0, running: 3 },
    })
    expect(project.jobs.list().map(({ id }) => id)).toEqual([laterId, jobId])
    expect(project.jobs.listForRun(claimed[0]!.runId!).map(({ id }) => id)).toEqual([jobId])
  })

  it('are done when every item is, failed ones told with their reason', () => {
    const { project, imageIds, jobId } = openWithJob()
    project.transaction(() => {
      for (let i = 0; i < 3; i++) project.jobs.claimNextItem()
      project.jobs.finishItem(jobId, imageIds[0])
      project.jobs.failItem(jobId, imageIds[1], 'The file is cut off.')
    })
    expect(project.jobs.get(jobId)?.state).toBe('running')
    project.transaction(() => project.jobs.finishItem(jobId, imageIds[2]))
    expect(project.jobs.get(jobId)).toMatchObject({ state: 'done', items: { done: 2, failed: 1 } })
    expect(project.jobs.get(jobId)?.finishedMs).toBeGreaterThan(0)
    expect(project.jobs.listItems(jobId, 'failed')).toEqual([
      { imageId: imageIds[1], state: 'failed', error: 'The file is cut off.' },
    ])
  })

  it('failed when no item was done', () => {
    const { project, imageIds, jobId } = openWithJob(1)
    project.transaction(() => {
      project.jobs.claimNextItem()
      project.jobs.failItem(jobId, imageIds[0], 'Not an image.')
    })
    expect(project.jobs.get(jobId)?.state).toBe('failed')
  })

  it('of no images are done at once', () => {
    const { project, createJob } = openWithJob()
    expect(project.jobs.get(createJob([]))?.state).toBe('done')
  })

  it('go on after a restart: done stays done, what was running is done again', () => {
    const { path, project, imageIds, jobId } = openWithJob()
    project.transaction(() => {
      project.jobs.claimNextItem()
      project.jobs.claimNextItem()
      project.jobs.finishItem(jobId, imageIds[2])
    })
    project.close()
    const again = open(path, {})
    again.transaction(() => again.jobs.requeueRunningItems())
    expect(again.jobs.findResumable()).toMatchObject([
      { id: jobId, items: { queued: 2, running: 0, done: 1 } },
    ])
    expect(again.transaction(() => again.jobs.claimNextItem())?.imageId).toBe(imageIds[1])
  })

  it('are cancelled: nothing more is handed out, a running item may still be done, the end is final', () => {
    const { path, project, imageIds, jobId } = openWithJob(4)
    project.transaction(() => {
      for (let i = 0; i < 3; i++) project.jobs.claimNextItem()
      project.jobs.cancel(jobId)
      expect(project.jobs.claimNextItem()).toBeNull()
      project.jobs.finishItem(jobId, imageIds[3])
      project.jobs.releaseItem(jobId, imageIds[2])
    })
    expect(project.jobs.get(jobId)).toMatchObject({
      state: 'cancelled',
      items: { queued: 0, running: 1, done: 1, cancelled: 2 },
    })
    project.transaction(() => project.jobs.fail(jobId, 'too late'))
    expect(project.jobs.get(jobId)).toMatchObject({ state: 'cancelled', error: null })
    project.close()

    const again = open(path, {})
    again.transaction(() => again.jobs.requeueRunningItems())
    expect(again.jobs.findResumable()).toEqual([])
    expect(again.jobs.countItems(jobId)).toEqual({
      queued: 0,
      running: 0,
      done: 1,
      failed: 0,
      cancelled: 3,
    })
  })

  it('fail as a whole, and give an item back that was not worked on', () => {
    const { project, imageIds, jobId } = openWithJob()
    project.transaction(() => {
      project.jobs.claimNextItem()
      project.jobs.releaseItem(jobId, imageIds[2])
    })
    expect(project.jobs.get(jobId)).toMatchObject({ state: 'running', items: { queued: 3 } })
    project.transaction(() => project.jobs.fail(jobId, 'The model is missing.'))
    expect(project.jobs.get(jobId)).toMatchObject({
      state: 'failed',
      error: 'The model is missing.',
      items: { cancelled: 3 },
    })
  })

  it('end when the images that were left are removed', () => {
    const { project, imageIds, jobId } = openWithJob(2)
    project.transaction(() => {
      project.jobs.claimNextItem()
      project.jobs.finishItem(jobId, imageIds[1])
      project.images.delete(imageIds[0])
      expect(project.jobs.claimNextItem()).toBeNull()
    })
    expect(project.jobs.get(jobId)?.state).toBe('done')
  })

  it('go on without an image that was removed', () => {
    const { project, imageIds, jobId } = openWithJob(2)
    project.transaction(() => {
      project.jobs.claimNextItem()
      project.images.delete(imageIds[0])
      project.jobs.finishItem(jobId, imageIds[1])
    })
    expect(project.jobs.get(jobId)).toMatchObject({ state: 'done', items: { done: 1, queued: 0 } })
  })
})

describe('a transaction', () => {
  it('does not wait, and lets others be inside it', () => {
    const { project, imageIds } = openStreet()
    expect(() => project.transaction(() => Promise.resolve())).toThrow('promise')
    project.transaction(() => {
      project.images.update(imageIds[0], { status: 'labelled' })
      expect(() =>
        project.transaction(() => {
          project.images.update(imageIds[1], { status: 'labelled' })
          throw new Error('inner')
        }),
      ).toThrow('inner')
    })
    expect(project.images.countByStatus()).toMatchObject({ new: 1, labelled: 1 })
    expect(project.read(() => project.images.get(imageIds[0])?.status)).toBe('labelled')
  })
})
