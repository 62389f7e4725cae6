import { describe, expect, it } from 'vitest'
import { keysOf } from '#shared/history/record-diff.ts'
import {
  editVocabulary,
  openApp,
  openLabelled,
  regionOf,
  rescore,
  type Bench,
} from './app-fixture.ts'
import { classDraft } from './storage-fixture.ts'

const bus = regionOf([['bus', 0.9]], { at: 0 })
const tram = regionOf([['tram', 0.8]], { at: 1 })

const namesOf = ({ project }: Bench): string[] => project.vocabulary.list().map(({ name }) => name)
const undo = ({ request }: Bench, imageId: number | null = null) =>
  request('history.undo', { imageId })
const redo = ({ request }: Bench, imageId: number | null = null) =>
  request('history.redo', { imageId })
/** Class and state of all annotations, image by image. */
const labelsOf = ({ project, imageIds }: Bench): string[][] => {
  const names = new Map(project.vocabulary.list().map(({ id, name }) => [id, name]))
  return imageIds.map((id) =>
    project.annotations
      .listForImage(id)
      .map(({ classId, state }) => `${names.get(classId)} ${state}`)
      .sort(),
  )
}

describe('an edit of the vocabulary', () => {
  it('is a step that undo takes back and redo brings again, and is told', async () => {
    const bench = await openLabelled([[bus, tram]])
    await editVocabulary(bench, ({ classes }) => ({
      classes: [...classes, classDraft('forklift')],
    }))
    expect((await bench.request('history.get', { imageId: null })).undo?.label).toBe(
      'Add class forklift',
    )
    expect(bench.changes.map(({ diff }) => keysOf(diff.added))).toEqual([['class:3']])
    expect((await undo(bench)).redo?.label).toBe('Add class forklift')
    expect(namesOf(bench)).toEqual(['bus', 'tram'])
    await redo(bench)
    expect(namesOf(bench)).toEqual(['bus', 'tram', 'forklift'])
    expect(bench.changes.map(({ revision }) => revision - bench.changes[0].revision)).toEqual([
      0, 1, 2,
    ])
  })

  it('of the look-alikes of all classes is one too', async () => {
    const bench = await openLabelled([[bus]])
    await editVocabulary(bench, () => ({ negatives: ['toy bus'] }))
    expect(bench.changes[0].diff.updated).toEqual({
      'vocabulary:1': [
        { id: 1, negatives: [] },
        { id: 1, negatives: ['toy bus'] },
      ],
    })
    await undo(bench)
    expect((await bench.request('vocabulary.get')).negatives).toEqual([])
  })

  it('of nothing is no step', async () => {
    const bench = await openLabelled([[bus]])
    const { revision } = await editVocabulary(bench, () => ({}))
    expect(revision).toBe(1)
    expect(bench.changes).toEqual([])
  })

  it('lets two classes swap their names, there and back', async () => {
    const bench = await openLabelled([[bus]])
    await editVocabulary(bench, ({ classes: [a, b] }) => ({
      classes: [
        { ...a, name: 'tram' },
        { ...b, name: 'bus' },
      ],
    }))
    expect(namesOf(bench)).toEqual(['tram', 'bus'])
    await undo(bench)
    expect(namesOf(bench)).toEqual(['bus', 'tram'])
  })

  it('by many moves of one slider is one step; the next slider is another', async () => {
    const bench = await openLabelled([[bus]])
    const move = (index: number, threshold: number) =>
      editVocabulary(bench, ({ classes }) => ({
        classes: classes.map((one, i) => (i === index ? { ...one, threshold } : one)),
      }))
    for (const threshold of [0.3, 0.4, 0.5]) await move(0, threshold)
    for (const threshold of [0.6, 0.7]) await move(1, threshold)
    const thresholds = () => bench.project.vocabulary.list().map(({ threshold }) => threshold)
    await undo(bench)
    expect(thresholds()).toEqual([0.5, null])
    await undo(bench)
    expect(thresholds()).toEqual([null, null])
    expect((await bench.request('history.get', { imageId: null })).undo).toBeNull()
  })

  it('is refused when it began at an older state', async () => {
    const bench = await openLabelled([[bus]])
    const stale = { revision: 0, classes: [], negatives: [] }
    await expect(bench.request('vocabulary.replace', stale)).rejects.toMatchObject({
      code: 'CONFLICT',
    })
    expect(namesOf(bench)).toEqual(['bus', 'tram'])
  })
})

describe('removing a class', () => {
  const removeTram = (bench: Bench) =>
    editVocabulary(bench, ({ classes }) => ({ classes: classes.slice(0, 1) }))

  it('takes its proposals along; undo brings the class back, and the next scoring its proposals', async () => {
    const bench = await openLabelled(Array.from({ length: 50 }, () => [bus, tram]))
    const before = labelsOf(bench)
    expect(before[0]).toEqual(['bus proposed', 'tram proposed'])
    await removeTram(bench)
    expect(labelsOf(bench)).toEqual(before.map(() => ['bus proposed']))
    await undo(bench)
    expect(namesOf(bench)).toEqual(['bus', 'tram'])
    await rescore(bench)
    expect(labelsOf(bench)).toEqual(before)
  })

  it('is refused while a person has had a say in one of its annotations; nothing goes', async () => {
    const bench = await openLabelled([[bus, tram], [tram]])
    const [imageId] = bench.imageIds
    const { id } = bench.project.annotations.listForImage(imageId)[1]
    await bench.request('annotations.setState', { imageId, annotationIds: [id], state: 'accepted' })
    await expect(removeTram(bench)).rejects.toMatchObject({
      code: 'CLASS_IN_USE',
      message: expect.stringContaining('"tram" (1)') as string,
    })
    expect(labelsOf(bench)).toEqual([['bus proposed', 'tram accepted'], ['tram proposed']])
  })

  it('by undoing that it was added takes what was proposed for it meanwhile', async () => {
    const bench = await openLabelled([[regionOf([['car', 0.9]])]])
    await editVocabulary(bench, ({ classes }) => ({ classes: [...classes, classDraft('car')] }))
    await rescore(bench)
    expect(labelsOf(bench)).toEqual([['car proposed']])
    await undo(bench)
    expect(labelsOf(bench)).toEqual([[]])
    expect(namesOf(bench)).toEqual(['bus', 'tram'])
  })
})

describe('merging classes', () => {
  async function openMerged(): Promise<Bench> {
    const bench = await openLabelled([[bus, tram], [tram]])
    const [bus0, tram0] = bench.project.vocabulary.list()
    const [imageId] = bench.imageIds
    const { id } = bench.project.annotations.listForImage(imageId)[1]
    await bench.request('annotations.setState', { imageId, annotationIds: [id], state: 'accepted' })
    bench.changes.length = 0
    const { revision } = await bench.request('vocabulary.get')
    const input = { revision, fromClassId: tram0.id, intoClassId: bus0.id }
    await bench.request('vocabulary.merge', input)
    return bench
  }

  it('makes the words synonyms, and gives all annotations the class, states kept', async () => {
    const bench = await openMerged()
    expect(bench.project.vocabulary.list()).toMatchObject([{ name: 'bus', synonyms: ['tram'] }])
    expect(labelsOf(bench)).toEqual([['bus accepted', 'bus proposed'], ['bus proposed']])
    await rescore(bench)
    expect(labelsOf(bench)).toEqual([['bus accepted', 'bus proposed'], ['bus proposed']])
  })

  it('leaves out a revision, so that every window asks for a snapshot', async () => {
    const bench = await openLabelled([[bus, tram]])
    const before = bench.project.meta.revision()
    const [{ id: intoClassId }, { id: fromClassId }] = bench.project.vocabulary.list()
    await bench.request('vocabulary.merge', { revision: 1, fromClassId, intoClassId })
    await undo(bench)
    await redo(bench)
    expect(bench.changes.map(({ revision }) => revision - before)).toEqual([2, 4, 6])
    expect(keysOf(bench.changes[0].diff.removed)).toEqual([`class:${fromClassId}`])
  })

  it('is one step: undo gives every annotation its class back, across a restart', async () => {
    const bench = await openMerged()
    const { path } = bench.project
    await bench.app.close()
    const again = { ...openApp(path), imageIds: bench.imageIds }
    await undo(again)
    expect(namesOf(again)).toEqual(['bus', 'tram'])
    expect(labelsOf(again)).toEqual([['bus proposed', 'tram accepted'], ['tram proposed']])
    await redo(again)
    expect(labelsOf(again)).toEqual([['bus accepted', 'bus proposed'], ['bus proposed']])
  })

  it('leaves the histories of the images usable, before and after it is undone', async () => {
    const bench = await openMerged()
    const [imageId] = bench.imageIds
    await undo(bench, imageId)
    expect(labelsOf(bench)[0]).toEqual(['bus proposed', 'bus proposed'])
    await redo(bench, imageId)
    await undo(bench)
    expect(labelsOf(bench)[0]).toEqual(['bus proposed', 'tram accepted'])
    await undo(bench, imageId)
    expect(labelsOf(bench)[0]).toEqual(['bus proposed', 'tram proposed'])
  })

  it('lets what was deleted before it come back under the class that it is part of now', async () => {
    const bench = await openLabelled([[bus, tram]])
    const [imageId] = bench.imageIds
    const [, { id, classId }] = bench.project.annotations.listForImage(imageId)
    await bench.request('annotations.delete', { imageId, annotationIds: [id] })
    const { revision, classes } = await bench.request('vocabulary.get')
    const input = { revision, fromClassId: classId, intoClassId: classes[0].id }
    await bench.request('vocabulary.merge', input)
    await undo(bench, imageId)
    expect(labelsOf(bench)).toEqual([['bus proposed', 'bus proposed']])
  })

  it('of a class with itself, or with one that is gone, is refused', async () => {
    const bench = await openLabelled([[bus]])
    const merge = (fromClassId: number, intoClassId: number) =>
      bench.request('vocabulary.merge', { revision: 1, fromClassId, intoClassId })
    await expect(merge(1, 1)).rejects.toMatchObject({ code: 'INVALID_INPUT' })
    await expect(merge(1, 99)).rejects.toMatchObject({ code: 'NOT_FOUND' })
  })
})

describe('the histogram of scores', () => {
  const binsOf = async (bench: Bench): Promise<Record<number, number>[]> => {
    const histograms = await bench.request('vocabulary.histograms')
    return histograms.map(({ bins }) => {
      expect(bins).toHaveLength(100)
      return Object.fromEntries(Array.from(bins.entries()).filter(([, count]) => count > 0))
    })
  }
  const weak = regionOf([['bus', 0.0625]], { at: 2 })

  it('counts every candidate of the project, those under the threshold too', async () => {
    const bench = await openLabelled([[bus, tram, weak], [bus]])
    expect(await binsOf(bench)).toEqual([{ 6: 1, 89: 2 }, { 80: 1 }])
    expect(labelsOf(bench)[0]).toEqual(['bus proposed', 'tram proposed'])
  })

  it('follows a new word, an image that is removed and one that is done', async () => {
    const bench = await openLabelled([[bus, tram], [bus]])
    const [first, second] = bench.imageIds
    await bench.request('images.setStatus', { imageIds: [second], status: 'reviewed' })
    await editVocabulary(bench, ({ classes: [a, b] }) => ({
      classes: [{ ...a, synonyms: ['tram'] }, b],
    }))
    await rescore(bench)
    // One region, one class: the better of the two, and bus stands first.
    expect(await binsOf(bench)).toEqual([{ 80: 1, 89: 2 }, {}])
    await bench.request('images.remove', { imageIds: [first] })
    expect(await binsOf(bench)).toEqual([{ 89: 1 }, {}])
  })

  it('goes on counting for a class that comes back', async () => {
    const bench = await openLabelled([[tram]])
    await editVocabulary(bench, ({ classes }) => ({ classes: classes.slice(0, 1) }))
    expect(await binsOf(bench)).toEqual([{}])
    await undo(bench)
    expect(await binsOf(bench)).toEqual([{}, { 80: 1 }])
    await rescore(bench)
    expect(await binsOf(bench)).toEqual([{}, { 80: 1 }])
  })
})
