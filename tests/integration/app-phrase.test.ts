import { describe, expect, it } from 'vitest'
import type { PhrasePick } from '#shared/contract/commands.ts'
import { rasterisePolygon } from '#shared/geometry/rasterise-polygon.ts'
import type { Candidate } from '#main/vision/candidate.ts'
import { openLabelled, regionOf, type Bench, type DetectorClass } from './app-fixture.ts'

/** In an image of 8 x 6 pixels. */
function thing(
  name: DetectorClass,
  p: number,
  x: number,
  y: number,
  [width, height] = [1, 2],
): Candidate {
  const [x2, y2] = [x + width, y + height]
  return {
    ...regionOf([[name, p]], { box: [x, y, x2, y2] }),
    mask: rasterisePolygon([x, y, x2, y, x2, y2, x, y2], { width: 8, height: 6 }),
  }
}

const STREET = [
  thing('bus', 0.9, 3, 0),
  thing('bus', 0.5, 0, 4),
  thing('bus', 0.8, 6, 0, [2, 3]),
  thing('car', 0.7, 5, 4),
]

/** The pick of the only image, by where it is. */
async function pick(bench: Bench, text: string): Promise<PhrasePick | undefined> {
  const [imageId] = bench.imageIds
  return (await bench.request('search.phrase', { text, imageId })).picks.at(0)
}
const placeOf = (found: PhrasePick | undefined): string => found?.bbox.slice(0, 2).join() ?? 'none'

describe('a phrase that means one region', () => {
  it.each([
    ['the leftmost bus', '0,4'],
    ['the bus on the right', '6,0'],
    ['the second bus from the left', '3,0'],
    ['the biggest bus', '6,0'],
    ['the lowest bus', '0,4'],
    ['the bus', '3,0'],
    ['the bus next to the car', '6,0'],
    ['最左边的公交车', '0,4'],
    ['最大的公交车', '6,0'],
    ['从右数第二辆公交车', '3,0'],
    ['离汽车最近的公交车', '6,0'],
  ])('%s', async (text, place) => {
    const bench = await openLabelled([STREET])
    expect(placeOf(await pick(bench, text))).toBe(place)
  })

  it('says why: what the detector calls it, how sure it is, which of how many', async () => {
    const bench = await openLabelled([STREET])
    const [annotation] = bench.project.annotations
      .listForImage(bench.imageIds[0])
      .filter(({ bbox }) => bbox[0] === 6)
    expect(await pick(bench, 'the rightmost autobus in red')).toMatchObject({
      ...{ word: 'autobus', detectorClass: 'bus', of: 3, annotationId: annotation.id },
      score: expect.closeTo(0.8) as number,
      spatial: [{ kind: 'right', rank: 1, isIt: true }],
      near: null,
      // Nothing here compares texts with regions.
      said: { text: 'autobus in red', isJudged: false },
      isAmbiguous: false,
    })
  })

  it('finds what is no class and under every threshold, as searching does', async () => {
    const bench = await openLabelled([[thing('car', 0.06, 1, 1), thing('car', 0.05, 5, 1)]])
    expect(await pick(bench, 'the automobile on the right')).toMatchObject({
      ...{ annotationId: null, classId: null, of: 2, detectorClass: 'car' },
      bbox: [5, 1, 1, 2],
    })
  })

  it('says when two fit alike, when there are not so many, and when nothing is near', async () => {
    const alike = await openLabelled([[thing('bus', 0.8, 0, 0), thing('bus', 0.8, 0, 4)]])
    expect(await pick(alike, 'the bus on the left')).toMatchObject({ isAmbiguous: true, of: 2 })
    const street = await openLabelled([STREET])
    expect(await pick(street, 'the fifth bus from the left')).toMatchObject({
      spatial: [{ kind: 'left', rank: 5, isIt: false }],
      isAmbiguous: true,
    })
    expect(await pick(street, 'the bus next to the tram')).toMatchObject({
      near: { word: 'tram', isFound: false },
    })
  })

  it('takes annotations of a class that no model knows, and none that was rejected', async () => {
    const bench = await openLabelled([STREET], { words: ['bus', 'gizmo'] })
    const [imageId] = bench.imageIds
    const gizmo = bench.project.vocabulary.get().classes[1].id
    const all = bench.project.annotations.listForImage(imageId)
    const [left, middle] = [
      all.find(({ bbox }) => bbox[0] === 0),
      all.find(({ bbox }) => bbox[0] === 3),
    ]
    const of = (id = 0) => ({ imageId, annotationIds: [id] })
    await bench.request('annotations.setClass', { ...of(middle?.id), classId: gizmo })
    await bench.request('annotations.setState', { ...of(left?.id), state: 'rejected' })
    expect(await pick(bench, 'the gizmo at the top')).toMatchObject({
      ...{ word: 'gizmo', of: 1, annotationId: middle?.id, score: 1 },
    })
    expect(placeOf(await pick(bench, 'the leftmost bus'))).not.toBe('0,4')
  })

  it('refuses what names nothing, and what nothing here knows', async () => {
    const bench = await openLabelled([STREET])
    await expect(pick(bench, 'on the left')).rejects.toMatchObject({ code: 'INVALID_INPUT' })
    await expect(pick(bench, 'the leftmost flibber')).rejects.toMatchObject({
      code: 'WORD_NOT_SERVED',
    })
    expect(await pick(bench, 'the leftmost tram')).toBeUndefined()
  })

  it('picks one region of each image of a project, the best first', async () => {
    const bench = await openLabelled([STREET, [thing('car', 0.9, 1, 1)], [thing('bus', 0.7, 1, 1)]])
    const { picks, regions } = await bench.request('search.phrase', {
      ...{ text: 'the bus on the right', imageId: null },
    })
    expect(picks.map(({ imageId }) => imageId)).toEqual([bench.imageIds[0], bench.imageIds[2]])
    expect(regions).toBe(6)
    const one = { text: 'the bus on the right', imageId: null, limit: 1 }
    expect((await bench.request('search.phrase', one)).picks).toHaveLength(1)
  })
})
