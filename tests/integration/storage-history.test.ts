import { describe, expect, it } from 'vitest'
import type { CommittedChange } from '#main/storage/history-store.ts'
import type { ProjectDatabase } from '#main/storage/project-database.ts'
import { LexmaskError } from '#shared/contract/errors.ts'
import { applyDiff, diffRecords, emptyDiff, squashDiffs } from '#shared/history/record-diff.ts'
import type { RecordDiff, RecordKey } from '#shared/history/record-diff.ts'
import type { AnnotationRecord, ProjectRecord } from '#shared/contract/records.ts'
import {
  annotate,
  annotationOf,
  classDraft,
  edit,
  maskAt,
  open,
  openStreet,
  runDraft,
  temporaryPath,
  writeVocabulary,
} from './storage-fixture.ts'
import type { Street } from './storage-fixture.ts'

const undo = (project: ProjectDatabase, imageId: number | null) =>
  project.transaction(() => project.history.undo(imageId))
const redo = (project: ProjectDatabase, imageId: number | null) =>
  project.transaction(() => project.history.redo(imageId))
const commit = (
  project: ProjectDatabase,
  imageId: number | null,
  diff: RecordDiff,
  label = 'Edit',
) => project.transaction(() => project.history.commitChange({ imageId, label, diff }))

function thrown(work: () => unknown): LexmaskError {
  try {
    work()
  } catch (error) {
    if (error instanceof LexmaskError) return error
    throw error
  }
  throw new Error('Nothing was thrown.')
}

function stateOf(project: ProjectDatabase): unknown {
  return [...project.images.iterate()].map((image) => ({
    image,
    annotations: project.annotations.listForImage(image.id),
  }))
}

describe('a change', () => {
  it('is written with its history, and tells what it did', () => {
    const street = openStreet()
    const { project, imageIds } = street
    const [drawn] = annotate(street, imageIds[0])
    expect(project.annotations.listForImage(imageIds[0])).toEqual([drawn])

    const change = edit(project, drawn, { state: 'accepted' }, { label: 'Accept' })
    expect(change).toEqual({
      imageId: imageIds[0],
      label: 'Accept',
      changeId: project.changes.lastUndoable(imageIds[0])?.id,
      revision: 2,
      diff: diffRecords('annotation', [drawn], [{ ...drawn, state: 'accepted' }]),
    })
    expect(project.meta.revision()).toBe(2)
  })

  it('of nothing is none', () => {
    const { project, imageIds } = openStreet()
    expect(commit(project, imageIds[0], emptyDiff())).toBeNull()
    expect(project.changes.listForImage(imageIds[0])).toEqual([])
    expect(project.meta.revision()).toBe(0)
  })

  it('needs a transaction around it', () => {
    const { project, imageIds } = openStreet()
    expect(() =>
      project.history.commitChange({ imageId: imageIds[0], label: 'Edit', diff: emptyDiff() }),
    ).toThrow('needs a transaction')
  })

  it('and its history are saved together or not at all', () => {
    const { project, imageIds, classId } = openStreet()
    expect(() =>
      project.transaction(() => {
        const mask = project.masks.put(maskAt(0))
        const added = annotationOf(mask, { id: 1, imageId: imageIds[0], classId })
        project.history.commitChange({
          imageId: imageIds[0],
          label: 'Draw',
          diff: diffRecords('annotation', [], [added]),
        })
        throw new Error('power off')
      }),
    ).toThrow('power off')
    expect(project.annotations.listForImage(imageIds[0])).toEqual([])
    expect(project.changes.listForImage(imageIds[0])).toEqual([])
    expect(project.meta.revision()).toBe(0)
  })

  it('belongs to one image', () => {
    const street = openStreet()
    const { project, imageIds } = street
    const [drawn] = annotate(street, imageIds[0])
    const elsewhere = diffRecords('annotation', [drawn], [])
    expect(() => commit(project, imageIds[1], elsewhere)).toThrow(
      'does not belong to the history of 2',
    )
    expect(() => commit(project, null, elsewhere)).toThrow(
      'does not belong to the history of the vocabulary',
    )
    const moved = diffRecords('annotation', [drawn], [{ ...drawn, imageId: imageIds[1] }])
    expect(() => commit(project, imageIds[0], moved)).toThrow('does not belong')
    const [image] = project.images.iterate()
    expect(() => commit(project, image.id, diffRecords('image', [image], []))).toThrow(
      'does not belong',
    )
  })
})

describe('a stale change', () => {
  it.each([
    [
      'was edited meanwhile',
      (street: Street, id: number) =>
        edit(street.project, street.project.annotations.get(id)!, { score: 0.9 }),
    ],
    [
      'is gone',
      (street: Street, id: number) =>
        street.project.transaction(() => street.project.annotations.delete(id)),
    ],
  ])('answers CONFLICT naming the record that %s, and changes nothing', (_what, interfere) => {
    const street = openStreet()
    const { project, imageIds } = street
    const [first, second] = annotate(street, imageIds[0], { count: 2 })
    interfere(street, second.id)
    const before = stateOf(project)
    const revision = project.meta.revision()

    const both = diffRecords('annotation', [first, second], [{ ...first, state: 'accepted' }])
    const conflict = thrown(() => commit(project, imageIds[0], both))
    expect(conflict).toMatchObject({
      code: 'CONFLICT',
      details: { keys: [`annotation:${second.id}`] },
    })
    expect(conflict.message).toMatch(new RegExp(`annotation ${second.id} was changed`))
    expect(stateOf(project)).toEqual(before)
    expect(project.meta.revision()).toBe(revision)
  })

  it('answers CONFLICT for an id that is taken and for a class that is gone', () => {
    const street = openStreet()
    const { project, imageIds } = street
    const [drawn] = annotate(street, imageIds[0])
    expect(
      thrown(() => commit(project, imageIds[0], diffRecords('annotation', [], [drawn]))).details,
    ).toEqual({
      keys: [`annotation:${drawn.id}`],
    })
    expect(thrown(() => edit(project, drawn, { classId: 77 }))).toMatchObject({
      code: 'CONFLICT',
      details: { keys: ['class:77'] },
    })
  })

  it.each([
    ['area', { area: 3 }],
    ['box', { bbox: [0, 0, 1, 1] as const }],
    ['hash', { maskHash: 'f'.repeat(64) }],
  ])("is refused when its %s is not the mask's", (_what, wrong) => {
    const street = openStreet()
    const [drawn] = annotate(street, street.imageIds[0])
    expect(thrown(() => edit(street.project, drawn, wrong)).code).toBe('MASK_INVALID')
  })
})

describe('undo and redo', () => {
  it('take every edit back and bring it again, across a restart', () => {
    const path = temporaryPath()
    const street = openStreet(path)
    const [imageId, other] = street.imageIds
    const states: AnnotationRecord[][] = [[]]
    const remember = () => states.push(street.project.annotations.listForImage(imageId))

    const [drawn] = annotate(street, imageId)
    remember()
    edit(street.project, drawn, { classId: street.classId + 1, state: 'edited' })
    remember()
    const mask = street.project.transaction(() => street.project.masks.put(maskAt(41)))
    const reshaped = { maskHash: mask.hash, bbox: mask.bbox, area: mask.area }
    edit(street.project, { ...drawn, classId: street.classId + 1, state: 'edited' }, reshaped)
    remember()
    const present = street.project.annotations.listForImage(imageId)
    commit(street.project, imageId, diffRecords('annotation', present, []), 'Delete')
    remember()
    annotate(street, other)
    const ofOther = street.project.annotations.listForImage(other)
    street.project.close()

    for (let step = 3; step >= 0; step--) {
      const project = open(path, {})
      expect(undo(project, imageId)?.changeId).toBeGreaterThan(0)
      expect(project.annotations.listForImage(imageId)).toEqual(states[step])
      project.close()
    }
    const project = open(path, {})
    expect(undo(project, imageId)).toBeNull()
    for (let step = 1; step <= 4; step++) {
      redo(project, imageId)
      expect(project.annotations.listForImage(imageId)).toEqual(states[step])
    }
    expect(redo(project, imageId)).toBeNull()
    // The scope is the image.
    expect(project.annotations.listForImage(other)).toEqual(ofOther)
    expect(project.meta.revision()).toBe(13)
  })

  it('tell diffs from which a store follows without asking', () => {
    const street = openStreet()
    const { project, imageIds } = street
    const store = new Map<RecordKey, ProjectRecord>()
    const hear = (change: CommittedChange | null) => change && applyDiff(store, change.diff)

    const [drawn] = annotate(street, imageIds[0])
    store.set(`annotation:${drawn.id}`, drawn)
    hear(edit(project, drawn, { score: 0.5 }))
    hear(undo(project, imageIds[0]))
    hear(redo(project, imageIds[0]))
    hear(undo(project, imageIds[0]))
    expect([...store.values()]).toEqual(project.annotations.listForImage(imageIds[0]))
    hear(undo(project, imageIds[0]))
    expect(store.size).toBe(0)
  })

  it('name what they would do next', () => {
    const street = openStreet()
    const { project, imageIds } = street
    const [drawn] = annotate(street, imageIds[0], { label: 'Draw' })
    edit(project, drawn, { score: 0.5 }, { label: 'Score' })
    undo(project, imageIds[0])
    expect(project.changes.lastUndoable(imageIds[0])).toMatchObject({
      label: 'Draw',
      isUndone: false,
    })
    expect(project.changes.lastRedoable(imageIds[0])).toMatchObject({
      label: 'Score',
      isUndone: true,
    })
    expect(project.changes.lastUndoable(imageIds[1])).toBeNull()
  })

  it('forget what was undone once something new is done in that image, and only there', () => {
    const street = openStreet()
    const { project, imageIds } = street
    const [drawn] = annotate(street, imageIds[0])
    annotate(street, imageIds[1])
    edit(project, drawn, { score: 0.5 })
    undo(project, imageIds[0])
    undo(project, imageIds[1])
    edit(project, drawn, { score: 0.7 })
    expect(redo(project, imageIds[0])).toBeNull()
    expect(redo(project, imageIds[1])).not.toBeNull()
  })

  it('never give an id of a deleted annotation to another', () => {
    const street = openStreet()
    const { project, imageIds } = street
    const [drawn] = annotate(street, imageIds[0])
    commit(project, imageIds[0], diffRecords('annotation', [drawn], []), 'Delete')
    const [next] = annotate(street, imageIds[1])
    expect(next.id).not.toBe(drawn.id)
    undo(project, imageIds[0])
    expect(project.annotations.get(drawn.id)).toEqual(drawn)
  })

  it('answer CONFLICT where something changed outside of history, and stay where they are', () => {
    const street = openStreet()
    const { project, imageIds } = street
    const [drawn] = annotate(street, imageIds[0])
    project.transaction(() => project.annotations.update({ ...drawn, score: 0.99 }))
    expect(thrown(() => undo(project, imageIds[0])).code).toBe('CONFLICT')
    expect(project.changes.lastUndoable(imageIds[0])).not.toBeNull()
  })

  it('bring back the status of an image, but not the place of its file', () => {
    const street = openStreet()
    const { project, imageIds } = street
    const image = project.images.get(imageIds[0])!
    commit(project, image.id, diffRecords('image', [image], [{ ...image, status: 'labelled' }]))
    project.transaction(() =>
      project.images.update(image.id, { path: 'moved/a.jpg', modifiedMs: 5 }),
    )
    const change = undo(project, image.id)
    const moved = { ...image, path: 'moved/a.jpg', modifiedMs: 5 }
    expect(project.images.get(image.id)).toEqual(moved)
    expect(change?.diff).toEqual(diffRecords('image', [{ ...moved, status: 'labelled' }], [moved]))

    project.transaction(() => project.images.update(image.id, { status: 'failed' }))
    expect(thrown(() => redo(project, image.id)).details).toEqual({ keys: [`image:${image.id}`] })
  })

  it('work on the vocabulary, and let no class go that is in use', () => {
    const street = openStreet()
    const { project, imageIds } = street
    const [bus] = project.vocabulary.list()
    const taxi = { ...bus, id: 50, name: 'taxi', position: 2 }
    const revision = project.vocabulary.get().revision
    commit(
      project,
      null,
      diffRecords('class', [bus], [{ ...bus, synonyms: ['coach'] }, taxi]),
      'Edit vocabulary',
    )
    expect(project.vocabulary.get().revision).toBe(revision + 1)
    annotate({ ...street, classId: 50 }, imageIds[0])
    expect(thrown(() => undo(project, null))).toMatchObject({
      code: 'CLASS_IN_USE',
      message: expect.stringContaining('"taxi" (1)') as string,
    })
    undo(project, imageIds[0])
    undo(project, null)
    expect(project.vocabulary.list().map(({ name }) => name)).toEqual(['bus', 'tram'])
    // The class is gone, so the annotation cannot come back.
    expect(thrown(() => redo(project, imageIds[0])).details).toEqual({ keys: ['class:50'] })
  })
})

describe('merging', () => {
  it('makes one step of many that a person sees as one', () => {
    const street = openStreet()
    const { project, imageIds } = street
    const [drawn] = annotate(street, imageIds[0])
    let present = drawn
    for (const score of [0.5, 0.6, 0.7]) {
      edit(project, present, { score }, { label: 'Re-score', merge: true })
      present = { ...present, score }
    }
    expect(project.changes.listForImage(imageIds[0]).map(({ label }) => label)).toEqual([
      'Draw',
      'Re-score',
    ])
    undo(project, imageIds[0])
    expect(project.annotations.listForImage(imageIds[0])).toEqual([drawn])
    redo(project, imageIds[0])
    expect(project.annotations.listForImage(imageIds[0])).toEqual([present])
  })

  it('ends at another edit, and forgets what was undone', () => {
    const street = openStreet()
    const { project, imageIds } = street
    const [drawn] = annotate(street, imageIds[0])
    edit(project, drawn, { score: 0.5 }, { label: 'Re-score', merge: true })
    edit(project, { ...drawn, score: 0.5 }, { state: 'accepted' })
    undo(project, imageIds[0])
    edit(project, { ...drawn, score: 0.5 }, { score: 0.6 }, { label: 'Re-score', merge: true })
    expect(redo(project, imageIds[0])).toBeNull()
    edit(project, { ...drawn, score: 0.6 }, { state: 'accepted' })
    edit(
      project,
      { ...drawn, score: 0.6, state: 'accepted' },
      { score: 0.7 },
      { label: 'Re-score', merge: true },
    )
    expect(project.changes.listForImage(imageIds[0]).map(({ label }) => label)).toEqual([
      'Draw',
      'Re-score',
      'Edit',
      'Re-score',
    ])
  })

  it('leaves no step when the last one leads back to the start', () => {
    const street = openStreet()
    const { project, imageIds } = street
    const [drawn] = annotate(street, imageIds[0])
    edit(project, drawn, { score: 0.5 }, { label: 'Re-score', merge: true })
    const back = edit(
      project,
      { ...drawn, score: 0.5 },
      { score: drawn.score },
      { label: 'Re-score', merge: true },
    )
    expect(back).toMatchObject({ changeId: null, revision: 3 })
    expect(project.changes.listForImage(imageIds[0]).map(({ label }) => label)).toEqual(['Draw'])
  })
})

describe('a whole run', () => {
  function openWithJob(images: number): Street & { jobId: number } {
    const street = openStreet(temporaryPath(), images)
    const jobId = street.project.transaction(() =>
      street.project.jobs.create({
        runId: street.project.runs.insert(runDraft()),
        kind: 'prelabel',
        createdMs: 1,
        imageIds: street.imageIds,
      }),
    )
    return { ...street, jobId }
  }
  function undoJob({ project, jobId }: { project: ProjectDatabase; jobId: number }) {
    const told: CommittedChange[] = []
    const conflicts: { imageId: number; keys: unknown }[] = []
    for (const imageId of project.changes.listImageIdsOfJob(jobId)) {
      try {
        const change = project.transaction(() =>
          project.history.undoJob(jobId, imageId, { label: 'Undo run' }),
        )
        if (change) told.push(change)
      } catch (error) {
        conflicts.push({ imageId, keys: (error as LexmaskError).details.keys })
      }
    }
    return { undoneImageIds: told.map(({ imageId }) => imageId), conflicts, told }
  }

  it('is taken back where nothing later builds on it; the other images are named', () => {
    const street = openWithJob(4)
    const { project, imageIds, jobId } = street
    const byHand = annotate(street, imageIds[0])
    for (const imageId of imageIds)
      annotate(street, imageId, { count: 2, jobId, label: 'Auto-label' })
    // Later work: beside the run's annotations in one image, on one of them in another.
    const later = annotate(street, imageIds[1])
    const [ofRun] = project.annotations.listForImage(imageIds[2])
    edit(project, ofRun, { state: 'accepted' })
    undo(project, imageIds[3])

    const { undoneImageIds, conflicts, told } = undoJob(street)
    expect(undoneImageIds).toEqual([imageIds[0], imageIds[1]])
    expect(conflicts).toEqual([{ imageId: imageIds[2], keys: [`annotation:${ofRun.id}`] }])
    expect(told.map(({ imageId, label }) => [imageId, label])).toEqual([
      [imageIds[0], 'Undo run'],
      [imageIds[1], 'Undo run'],
    ])
    const revisions = told.map(({ revision }) => revision)
    expect(revisions[1]).toBe(revisions[0] + 1)
    expect(project.annotations.listForImage(imageIds[0])).toEqual(byHand)
    expect(project.annotations.listForImage(imageIds[1])).toEqual(later)
    expect(project.annotations.listForImage(imageIds[2])).toHaveLength(2)
    expect(project.annotations.listForImage(imageIds[3])).toEqual([])
  })

  it('is taken back once, comes again by undo, and can be taken back again', () => {
    const street = openWithJob(1)
    const { project, imageIds, jobId } = street
    const labelled = annotate(street, imageIds[0], { count: 3, jobId })
    undoJob(street)
    expect(undoJob(street)).toEqual({ undoneImageIds: [], conflicts: [], told: [] })
    undo(project, imageIds[0])
    expect(project.annotations.listForImage(imageIds[0])).toEqual(labelled)
    expect(undoJob(street).undoneImageIds).toEqual(imageIds)
    expect(project.annotations.listForImage(imageIds[0])).toEqual([])
    undo(project, imageIds[0])
    redo(project, imageIds[0])
    expect(undoJob(street).told).toEqual([])
  })

  it('goes as one, however many changes it made in an image', () => {
    const street = openWithJob(1)
    const { project, imageIds, jobId } = street
    const image = project.images.get(imageIds[0])!
    const [drawn] = annotate(street, image.id, { jobId })
    project.transaction(() =>
      project.history.commitChange({
        imageId: image.id,
        label: 'Auto-label',
        jobId,
        diff: squashDiffs(
          diffRecords('annotation', [drawn], [{ ...drawn, score: 0.9 }]),
          diffRecords('image', [image], [{ ...image, status: 'labelled' }]),
        ),
      }),
    )
    expect(undoJob(street).told).toHaveLength(1)
    expect(project.images.get(image.id)).toEqual(image)
    expect(project.annotations.listForImage(image.id)).toEqual([])
  })
})

describe('an image that is removed', () => {
  it('takes its annotations, candidates and history with it', () => {
    const street = openStreet()
    const { project, imageIds } = street
    annotate(street, imageIds[0])
    project.transaction(() => project.images.delete(imageIds[0]))
    expect(project.annotations.listForImage(imageIds[0])).toEqual([])
    expect(project.changes.listForImage(imageIds[0])).toEqual([])
    expect(project.transaction(() => project.masks.deleteUnreferenced())).toBe(1)
  })
})

describe('many annotations', () => {
  it('20,000 in one image are committed, listed, undone and counted', () => {
    const street = openStreet()
    const { project, imageIds } = street
    const took = (work: () => unknown) => {
      const start = performance.now()
      work()
      return performance.now() - start
    }
    const commitMs = took(() => annotate(street, imageIds[0], { count: 20_000 }))
    let listed = 0
    const listMs = took(() => (listed = project.annotations.listForImage(imageIds[0]).length))
    const undoMs = took(() => undo(project, imageIds[0]))
    const redoMs = took(() => redo(project, imageIds[0]))
    const countMs = took(() => project.annotations.countByClass())
    console.log({ commitMs, listMs, undoMs, redoMs, countMs })
    expect(listed).toBe(20_000)
    expect(project.annotations.countByClass()).toEqual([
      { classId: street.classId, state: 'proposed', count: 20_000 },
    ])
  })
})

describe('the vocabulary as a whole', () => {
  it('replaced while a history holds, keeps undo honest', () => {
    const street = openStreet()
    const { project, imageIds } = street
    const [drawn] = annotate(street, imageIds[0])
    commit(project, imageIds[0], diffRecords('annotation', [drawn], []), 'Delete')
    project.transaction(() =>
      writeVocabulary(project, { classes: [classDraft('tram')], negatives: [] }),
    )
    expect(thrown(() => undo(project, imageIds[0]))).toMatchObject({
      code: 'CONFLICT',
      details: { keys: [`class:${street.classId}`] },
    })
  })
})
