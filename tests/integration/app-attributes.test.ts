import { readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { describe, expect, it } from 'vitest'
import type { AttributeDefinition } from '#shared/contract/attributes.ts'
import { commands, type CommandRequest } from '#shared/contract/commands.ts'
import type { AnnotationRecord } from '#shared/contract/records.ts'
import type { CocoDataset } from '#main/formats/coco-types.ts'
import { readCocoDataset } from '#main/formats/read-coco.ts'
import { openLabelled, regionOf, rescore, type Bench } from './app-fixture.ts'

const regions = [0, 1, 2].map((at) => regionOf([['bus', 0.9 - at / 10]], { at }))

interface Described extends Bench {
  readonly imageId: number
  readonly bus: number
  readonly tram: number
  readonly ids: readonly number[]
  readonly list: () => AnnotationRecord[]
  readonly define: (
    ...definitions: CommandRequest<'attributes.define'>['definitions']
  ) => Promise<readonly AttributeDefinition[]>
}

/** Two images of the same photo, with three proposals each. */
async function openThree(): Promise<Described> {
  const bench = await openLabelled([regions, regions])
  const [imageId] = bench.imageIds
  const list = () => bench.project.annotations.listForImage(imageId)
  const [bus, tram] = bench.project.vocabulary.list().map(({ id }) => id)
  return {
    ...{ ...bench, imageId, bus, tram, list },
    ids: list().map(({ id }) => id),
    define: async (...definitions) =>
      bench.request('attributes.define', {
        definitions,
        expected: [...(await bench.request('attributes.list'))] as typeof definitions,
      }),
  }
}

async function exported({ project, request }: Bench): Promise<{ text: string; coco: CocoDataset }> {
  const path = join(dirname(project.path), 'labels.json')
  await request('export.coco', { path })
  return { text: readFileSync(path, 'utf8'), coco: await readCocoDataset(path) }
}

describe('marks of annotations', () => {
  it('are set and taken away, one step each, and make a proposal edited', async () => {
    const bench = await openThree()
    const { imageId, ids, list, request } = bench
    await request('annotations.setState', { imageId, annotationIds: [ids[1]], state: 'rejected' })
    const annotationIds = ids.slice(0, 2)
    const flags = { isCrowd: true, isTruncated: true }
    await request('annotations.setFlags', { imageId, annotationIds, flags })
    expect(list()).toMatchObject([
      { isCrowd: true, isOccluded: false, isTruncated: true, state: 'edited' },
      { isCrowd: true, isOccluded: false, isTruncated: true, state: 'rejected' },
      { isCrowd: false, isTruncated: false, state: 'proposed' },
    ])
    expect(await request('annotations.setFlags', { imageId, annotationIds, flags })).toMatchObject({
      changeId: null,
    })
    expect((await request('history.get', { imageId })).undo?.label).toBe('Change marks')
  })

  it('stay when a proposal that has them is scored again', async () => {
    const bench = await openThree()
    const { imageId, ids, list, request } = bench
    const annotationIds = [ids[0]]
    const flags = { isOccluded: true }
    await request('annotations.setFlags', { imageId, annotationIds, flags })
    await request('annotations.setState', { imageId, annotationIds, state: 'proposed' })
    await rescore(bench)
    expect(list()[0]).toMatchObject({ id: ids[0], isOccluded: true, state: 'proposed' })
  })
})

describe('attributes', () => {
  const colour = { name: 'colour', type: 'choice' as const, options: ['red', 'blue'] }

  it('are defined as a step that undo takes back', async () => {
    const { define, request } = await openThree()
    const defined = await define(colour, { name: 'age', type: 'number', default: 3 })
    expect(defined).toMatchObject([
      { name: 'colour', classIds: null },
      { name: 'age', default: 3 },
    ])
    const { undo } = await request('history.get', { imageId: null })
    expect(undo).toMatchObject({ label: 'Edit attributes', madeBy: 'Anna' })
    const { revision } = await request('vocabulary.get')
    await request('history.undo', { imageId: null })
    expect(await request('attributes.list')).toEqual([])
    await request('history.redo', { imageId: null })
    expect(await request('attributes.list')).toEqual(defined)
    // Nothing has to be scored anew for them.
    expect((await request('vocabulary.get')).revision).toBe(revision)
  })

  it('are not written over those that somebody else has defined meanwhile', async () => {
    const { define, request } = await openThree()
    const defined = await define(colour)
    const late = request('attributes.define', { definitions: [], expected: [] })
    await expect(late).rejects.toMatchObject({ code: 'CONFLICT' })
    expect(await request('attributes.list')).toEqual(defined)
  })

  it.each([
    [[{ name: 'occluded', type: 'boolean' }], 'is a mark that every annotation has'],
    [[{ name: 'a', type: 'choice' }], 'needs at least one option'],
    [[{ name: 'a', type: 'text', options: ['b'] }], 'is no choice'],
    [[{ name: 'a', type: 'number', default: 'three' }], 'is a number, which "three" is not'],
    [
      [
        { name: 'a', type: 'text' },
        { name: 'a', type: 'number' },
      ],
      'another attribute "a"',
    ],
    [[{ name: 'a', type: 'choice', options: ['b', 'b'] }], 'an option twice'],
  ] as const)('that cannot be are refused by name: %j', (definitions, reason) => {
    const { error } = commands['attributes.define'].input.safeParse({ definitions })
    expect(error?.issues.map(({ message }) => message).join()).toContain(reason)
  })

  it('have values that fit, and every other one is refused by name', async () => {
    const { define, imageId, ids, list, bus, tram, request } = await openThree()
    await define(
      colour,
      { name: 'age', type: 'number' },
      { name: 'line', type: 'text', classIds: [tram] },
    )
    await expect(define({ name: 'x', type: 'text', classIds: [99] })).rejects.toMatchObject({
      code: 'NOT_FOUND',
    })
    const set = (attributes: CommandRequest<'annotations.setAttributes'>['attributes']) =>
      request('annotations.setAttributes', { imageId, annotationIds: [ids[0]], attributes })
    const wrong: [Parameters<typeof set>[0], RegExp][] = [
      [{ colour: 'green' }, /"colour" is one of "red", "blue", not "green"/],
      [{ age: 'old' }, /"age" is a number, which "old" is not/],
      [{ wheels: 4 }, /no attribute "wheels"/],
      [{ line: '7' }, /"line" is not for this class/],
    ]
    for (const [values, message] of wrong) {
      await expect(set({ age: 1, ...values })).rejects.toMatchObject({
        code: 'INVALID_INPUT',
        message: expect.stringMatching(message) as string,
      })
    }
    expect(list()[0]).toMatchObject({ classId: bus, attributes: {}, state: 'proposed' })
    await set({ colour: 'red', age: 4 })
    await set({ age: null })
    expect(list()[0]).toMatchObject({ attributes: { colour: 'red' }, state: 'edited' })
    expect(await set({ colour: 'red' })).toMatchObject({ changeId: null })
  })

  it('are exported as CVAT has them, with defaults, also when they are defined no more', async () => {
    const bench = await openThree()
    const { define, imageId, ids, request } = bench
    const before = await exported(bench)
    expect(before.text).not.toContain('"attributes"')
    await define({ name: 'age', type: 'number', default: 3 }, colour)
    const annotationIds = [ids[0]]
    await request('annotations.setAttributes', {
      ...{ imageId, annotationIds, attributes: { colour: 'red' } },
    })
    await request('annotations.setFlags', {
      ...{ imageId, annotationIds, flags: { isOccluded: true, isCrowd: true } },
    })
    const after = await exported(bench)
    const [first, second] = after.coco.annotations
    expect(first).toMatchObject({ iscrowd: 1 })
    expect(JSON.stringify(first.attributes)).toBe('{"occluded":true,"age":3,"colour":"red"}')
    expect(second).toMatchObject({ iscrowd: 0, attributes: { age: 3 } })

    await define()
    const left = (await exported(bench)).coco.annotations
    expect(left[0].attributes).toEqual({ occluded: true, colour: 'red' })
    expect(left[1].attributes).toBeUndefined()

    for (let i = 0; i < 2; i++) await request('history.undo', { imageId })
    for (let i = 0; i < 2; i++) await request('history.undo', { imageId: null })
    expect((await exported(bench)).text).toBe(before.text)
  })
})

describe('the stacking order', () => {
  it('is as it was drawn, follows what is asked for, and is that of the export', async () => {
    const bench = await openThree()
    const { imageId, ids, list, request, bus } = bench
    const [a, b, c] = ids
    const order = () => list().map(({ id }) => id)
    await request('annotations.reorder', { imageId, annotationIds: [c, a, b] })
    expect(order()).toEqual([c, a, b])
    // Those that are named change places; the one between stays.
    await request('annotations.reorder', { imageId, annotationIds: [b, c] })
    expect(order()).toEqual([b, a, c])
    const mask = { height: 6, width: 8, counts: '02^1' }
    const { createdIds } = await request('annotations.edit', {
      ...{ imageId, step: 'Paint', create: [{ classId: bus, mask }] },
    })
    expect(order()).toEqual([b, a, c, ...createdIds])
    const { annotations } = (await exported(bench)).coco
    expect(annotations.slice(0, 4).map(({ id }) => id)).toEqual([b, a, c, ...createdIds])
    for (let i = 0; i < 3; i++) await request('history.undo', { imageId })
    expect(order()).toEqual([a, b, c])
    const twice = request('annotations.reorder', { imageId, annotationIds: [a, a] })
    await expect(twice).rejects.toMatchObject({ code: 'INVALID_INPUT' })
  })

  it('says which pixels the lower one loses', async () => {
    const { project, imageId, ids, list, request } = await openThree()
    const [lowest, middle, top] = list()
    // All pixels of the image.
    const mask = { height: 6, width: 8, counts: '0`1' }
    await request('annotations.edit', {
      ...{ imageId, step: 'Grow', overlap: 'cut-lower' },
      update: [{ annotationId: middle.id, expectedMaskHash: middle.maskHash, mask }],
    })
    expect(project.annotations.get(lowest.id)).toBeNull()
    expect(project.annotations.get(top.id)).toEqual(top)
    expect(project.annotations.get(middle.id)).toMatchObject({ area: 48 - top.area })
    await request('history.undo', { imageId })
    expect(list().map(({ id }) => id)).toEqual(ids)
  })
})

describe('duplicates', () => {
  it('are accepted copies in the next image, one step that undo takes back', async () => {
    const { project, imageId, imageIds, ids, list, request } = await openThree()
    const [, toImageId] = imageIds
    const annotationIds = ids.slice(0, 2)
    await request('annotations.setFlags', { imageId, annotationIds, flags: { isOccluded: true } })
    const before = project.annotations.listForImage(toImageId)
    const { createdIds } = await request('annotations.duplicate', {
      ...{ fromImageId: imageId, annotationIds, toImageId },
    })
    const copies = project.annotations.listForImage(toImageId).slice(before.length)
    expect(copies.map(({ id }) => id)).toEqual(createdIds)
    copies.forEach((copy, i) => {
      const { classId, maskHash, bbox, isOccluded } = list()[i]
      expect(copy).toMatchObject({ classId, maskHash, bbox, isOccluded, imageId: toImageId })
      expect(copy).toMatchObject({ state: 'accepted', origin: 'person', candidateId: null })
    })
    await request('history.undo', { imageId: toImageId })
    expect(project.annotations.listForImage(toImageId)).toEqual(before)
  })

  it('are refused for an image of another size, naming both', async () => {
    const { project, imageId, imageIds, ids, request } = await openThree()
    const [, toImageId] = imageIds
    project.transaction(() => project.images.update(toImageId, { width: 6, height: 8 }))
    const refused = request('annotations.duplicate', {
      ...{ fromImageId: imageId, annotationIds: [...ids], toImageId },
    })
    await expect(refused).rejects.toMatchObject({
      code: 'INVALID_INPUT',
      message: expect.stringMatching(/image-0001\.jpg” is 6 × 8.*image-0000\.jpg” 8 × 6/) as string,
    })
  })
})

describe('who judged what, and how long it took', () => {
  it('follows the steps that hold, and the time that a window tells', async () => {
    const { imageId, ids, request } = await openThree()
    const started = Date.now()
    const one = { imageId, annotationIds: [ids[0]] }
    await request('annotations.setState', { ...one, state: 'accepted' })
    await request('review.addTime', { imageId, annotationId: ids[0], seconds: 2.5 })
    expect(await request('review.addTime', { imageId, seconds: 4 })).toEqual({ secondsSpent: 6.5 })
    const review = await request('review.ofImage', { imageId })
    expect(review).toMatchObject({
      secondsSpent: 6.5,
      annotations: [
        { annotationId: ids[0], judgedBy: 'Anna', secondsSpent: 2.5 },
        { annotationId: ids[1], judgedBy: null, judgedMs: null, secondsSpent: 0 },
        { annotationId: ids[2], judgedBy: null },
      ],
    })
    expect(review.annotations[0].judgedMs).toBeGreaterThanOrEqual(started)
    await request('history.undo', { imageId })
    const after = await request('review.ofImage', { imageId })
    expect(after.secondsSpent).toBe(6.5)
    expect(after.annotations[0]).toMatchObject({ judgedBy: null, secondsSpent: 2.5 })
  })

  it('stands beside the steps of an image, the newest first', async () => {
    const { imageId, ids, request } = await openThree()
    const one = { imageId, annotationIds: [ids[0]] }
    await request('annotations.setState', { ...one, state: 'accepted' })
    await request('annotations.setState', { ...one, state: 'rejected' })
    await request('history.undo', { imageId })
    const steps = await request('history.list', { imageId })
    expect(steps.map(({ label, isUndone, madeBy }) => [label, isUndone, madeBy])).toEqual([
      ['Reject', true, 'Anna'],
      ['Accept', false, 'Anna'],
      ['Re-score', false, null],
    ])
    expect(await request('history.list', { imageId, limit: 1 })).toHaveLength(1)
  })
})
