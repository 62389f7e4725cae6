import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import type { ImageSummary } from '#shared/contract/commands.ts'
import type { AnnotationRecord } from '#shared/contract/records.ts'
import { diffRecords, emptyDiff } from '#shared/history/record-diff.ts'
import type { RecordDiff } from '#shared/history/record-diff.ts'
import { LexmaskError } from '#shared/contract/errors.ts'
import { useImagesStore } from '#renderer/stores/images.ts'
import { SummaryCache } from '#renderer/stores/summary-cache.ts'
import { useWorkspaceStore } from '#renderer/stores/workspace.ts'
import {
  openTestWindow,
  testImage,
  testImageRecord,
  testProject,
  testWorkspace,
} from '../window-fixture.ts'
import type { Answers } from '../window-fixture.ts'

const idsUpTo = (count: number): number[] => Array.from({ length: count }, (_, i) => i + 1)

const annotation = (id: number, part: Partial<AnnotationRecord> = {}): AnnotationRecord => ({
  id,
  imageId: 1,
  classId: 1,
  maskHash: 'a',
  bbox: [0, 0, 1, 1],
  area: 1,
  isCrowd: false,
  isOccluded: false,
  isTruncated: false,
  attributes: {},
  position: id,
  score: 0.5,
  state: 'proposed',
  origin: 'run',
  candidateId: null,
  provenance: null,
  ...part,
})

async function openProject(answers: Answers = {}, imageIds: readonly number[] = idsUpTo(3)) {
  const list = { imageIds }
  const there = openTestWindow({
    'workspace.get': () => testWorkspace,
    'project.info': () => testProject,
    'project.snapshot': () => ({
      revision: 0,
      project: testProject,
      vocabulary: { revision: 0, classes: [], negatives: [] },
      images: [],
      annotations: [],
    }),
    'images.ids': () => ({ imageIds: list.imageIds }),
    'images.get': ({ imageIds }): readonly ImageSummary[] => imageIds.map((id) => testImage(id)),
    ...answers,
  })
  const images = useImagesStore()
  await useWorkspaceStore().load()
  await expect.poll(() => images.imageIds).toEqual(list.imageIds)
  let revision = 0
  const change = (diff: RecordDiff): void =>
    there.tell({
      name: 'records.changed',
      data: { revision: ++revision, changeId: revision, diff },
    })
  return { ...there, images, list, change }
}

describe('the list of images', () => {
  beforeEach(() => void vi.useFakeTimers({ shouldAdvanceTime: true }))
  afterEach(() => void vi.useRealTimers())

  it('shows what it has until it came anew, when events were missed', async () => {
    let name = 'old.jpg'
    const { images, client } = await openProject({
      'images.get': ({ imageIds }) => imageIds.map((id) => ({ ...testImage(id), name })),
    })
    await images.ensureLoaded(0, 3)
    name = 'new.jpg'
    const caughtUp = client.synchronise()
    expect(images.summaryOf(1)?.name).toBe('old.jpg')
    await caughtUp
    expect(images.summaryOf(1)?.name).toBe('old.jpg')
    await expect.poll(() => images.summaryOf(1)?.name).toBe('new.jpg')
  })

  it('loads what is shown by page, once, and nothing else', async () => {
    const { images, asksOf } = await openProject({}, idsUpTo(1000))
    await Promise.all([images.ensureLoaded(390, 410), images.ensureLoaded(390, 410)])
    await images.ensureLoaded(395, 405)
    const asked = asksOf('images.get') as { imageIds: number[] }[]
    expect(asked.map(({ imageIds }) => [imageIds[0], imageIds.at(-1)])).toEqual([
      [201, 400],
      [401, 600],
    ])
    expect(images.summaryOf(400)?.name).toBe('400.jpg')
    expect(images.summaryOf(1)).toBeUndefined()
  })

  it('follows changes of images and counts their annotations without asking again', async () => {
    const { images, change, asksOf } = await openProject()
    await images.ensureLoaded(0, 3)
    change(diffRecords('annotation', [], [annotation(1), annotation(2, { state: 'rejected' })]))
    expect(images.summaryOf(1)).toMatchObject({ annotations: 1, proposed: 1 })
    change(diffRecords('annotation', [annotation(1)], [annotation(1, { state: 'accepted' })]))
    expect(images.summaryOf(1)).toMatchObject({ annotations: 1, proposed: 0 })
    change(diffRecords('annotation', [annotation(1, { state: 'accepted' })], []))
    expect(images.summaryOf(1)).toMatchObject({ annotations: 0, proposed: 0 })
    const record = testImageRecord(1)
    change(diffRecords('image', [record], [{ ...record, status: 'reviewed' }]))
    expect(images.summaryOf(1)?.status).toBe('reviewed')
    expect(asksOf('images.get')).toHaveLength(1)
  })

  it('asks for the list anew when images were added', async () => {
    const { images, change, list } = await openProject()
    const record = testImageRecord(4)
    list.imageIds = idsUpTo(4)
    change(diffRecords('image', [], [record]))
    await expect.poll(() => images.imageIds).toEqual([1, 2, 3, 4])
  })

  it('leaves the list alone while a job runs, unless a filter chooses by its results', async () => {
    const { images, change, asksOf } = await openProject()
    const before = asksOf('images.ids').length
    change(diffRecords('annotation', [], [annotation(1)]))
    await vi.advanceTimersByTimeAsync(2000)
    expect(asksOf('images.ids')).toHaveLength(before)
    await images.setFilter({ statuses: ['new'] })
    change(diffRecords('annotation', [], [annotation(2)]))
    change(diffRecords('annotation', [], [annotation(3)]))
    await vi.advanceTimersByTimeAsync(2000)
    expect(asksOf('images.ids')).toHaveLength(before + 2)
  })

  it('shows the answer to the last filter, however late an earlier one comes', async () => {
    let answerFirst: (list: { imageIds: number[] }) => void = () => {}
    const { images } = await openProject({
      'images.ids': ({ filter }) =>
        filter.search === 'slow'
          ? new Promise((resolve) => (answerFirst = resolve))
          : { imageIds: filter.search === 'fast' ? [2] : [1, 2, 3] },
    })
    const slow = images.setFilter({ search: 'slow' })
    await images.setFilter({ search: 'fast' })
    answerFirst({ imageIds: [3] })
    await slow
    expect(images.imageIds).toEqual([2])
  })

  it('tells that the list could not be read, until it can', async () => {
    const answers = { isBroken: true }
    const { images } = await openProject({
      'images.ids': ({ filter }) => {
        if (filter.search === 'x' && answers.isBroken)
          throw new LexmaskError('STORAGE_FAILED', 'no')
        return { imageIds: [1, 2, 3] }
      },
    })
    await images.setFilter({ search: 'x' })
    expect(images.error).toMatchObject({ code: 'STORAGE_FAILED' })
    expect(images.imageIds).toEqual([1, 2, 3])
    answers.isBroken = false
    await images.refresh()
    expect(images.error).toBeNull()
  })

  it('is read anew when events were missed', async () => {
    const { images, list, tell } = await openProject()
    await images.ensureLoaded(0, 3)
    list.imageIds = [7]
    tell({
      name: 'records.changed',
      data: { revision: 9, changeId: null, diff: emptyDiff() },
    })
    await expect.poll(() => images.imageIds).toEqual([7])
    expect(images.positionOf(1)).toBe(-1)
  })
})

describe('the summaries that are kept', () => {
  it('are bounded, and the ones that were loaded longest ago go first', () => {
    const cache = new SummaryCache(100)
    for (let id = 1; id <= 250; id++) cache.put(testImage(id))
    expect(cache.size).toBe(100)
    expect(cache.get(150)).toBeUndefined()
    expect(cache.get(151)).toBeDefined()
  })
})
