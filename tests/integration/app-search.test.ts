import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import sharp from 'sharp'
import { describe, expect, it } from 'vitest'
import { fingerprintOfFile } from '#main/imaging/fingerprint.ts'
import { SIMILAR_BITS, SimilarImages } from '#main/app/images/find-similar.ts'
import { hammingDistance } from '#main/vision/near-fingerprints.ts'
import { hasShared, readCocoMini, sharedPath } from '../support/coco-mini.ts'
import { openLabelled, regionOf } from './app-fixture.ts'
import { open, temporaryFolder } from './storage-fixture.ts'

const bus = (p: number, at = 0) => regionOf([['bus', p]], { at })

describe('searching by words', () => {
  it('finds what runs found, whether it is in the vocabulary and over its threshold or not', async () => {
    const car = (p: number) => regionOf([['car', p]], { at: 3 })
    const bench = await openLabelled([[bus(0.9), car(0.1)], [car(0.6)], [bus(0.4)]])
    const [first, second] = bench.imageIds
    const found = await bench.request('search.words', { text: 'automobile' })
    expect(found).toMatchObject({ regions: 4, isSuperseded: false })
    expect(found.hits.map(({ imageId, annotationId }) => [imageId, annotationId])).toEqual([
      [second, null],
      [first, null],
    ])
    expect(found.hits[0].score).toBeCloseTo(0.6)
  })

  it('names the annotation of a region, takes several words, and the best of each image if asked', async () => {
    const bench = await openLabelled([[bus(0.9, 0), bus(0.5, 1)], [regionOf([['car', 0.7]])]])
    const [annotation] = bench.project.annotations.listForImage(bench.imageIds[0])
    const { hits } = await bench.request('search.words', { text: 'bus, 汽车', per: 'image' })
    expect(hits.map(({ imageId, score }) => [imageId, Math.round(score * 10)])).toEqual([
      [bench.imageIds[0], 9],
      [bench.imageIds[1], 7],
    ])
    expect(hits[0].annotationId).toBe(annotation.id)
    const one = await bench.request('search.words', { text: 'bus', limit: 1 })
    expect(one.hits).toHaveLength(1)
  })

  it('says what it cannot serve, and when there is nothing yet', async () => {
    const bench = await openLabelled([[bus(0.9)]])
    await expect(bench.request('search.words', { text: 'flibber' })).rejects.toMatchObject({
      code: 'WORD_NOT_SERVED',
    })
    const none = await openLabelled([])
    await expect(none.request('search.words', { text: 'bus' })).rejects.toMatchObject({
      code: 'NOT_FOUND',
    })
  })

  it('names the words that it could not look for beside those that it could', async () => {
    const bench = await openLabelled([[bus(0.9)]])
    const found = await bench.request('search.words', { text: 'bus, flibber, quux' })
    expect(found).toMatchObject({ unservedWords: ['flibber', 'quux'] })
    expect(found.hits).toHaveLength(1)
    expect((await bench.request('search.words', { text: 'bus' })).unservedWords).toEqual([])
  })

  it('gives way to a later search', async () => {
    const bench = await openLabelled([[bus(0.9)], [bus(0.8)]])
    const [early, late] = await Promise.all([
      bench.request('search.words', { text: 'bus' }),
      bench.request('search.words', { text: 'car' }),
    ])
    expect(early.isSuperseded).toBe(true)
    expect(late).toMatchObject({ isSuperseded: false, regions: 2, hits: [] })
  })
})

describe('searching by example', () => {
  const mixed = (b: number, t: number, at = 0) =>
    regionOf(
      [
        ['bus', b],
        ['tram', t],
      ],
      { at },
    )

  it('finds regions in the order of their likeness, without the example itself', async () => {
    const bench = await openLabelled([[mixed(0.5, 0.3)], [mixed(0.5, 0.01)], [mixed(0.5, 0.31)]])
    const [example, far, near] = bench.imageIds
    const [{ id: candidateId }] = bench.project.candidates.listForImage(example)
    const { hits } = await bench.request('search.like', { imageId: example, candidateId })
    expect(hits.map(({ imageId }) => imageId)).toEqual([near, far])
    expect(hits[0].score).toBeGreaterThan(0.99)
    const [{ id: annotationId }] = bench.project.annotations.listForImage(example)
    expect(await bench.request('search.like', { imageId: example, annotationId })).toMatchObject({
      hits,
    })
  })

  it('says when there is no region to compare with', async () => {
    const bench = await openLabelled([[bus(0.9)]])
    const [imageId] = bench.imageIds
    for (const of of [{ candidateId: 999 }, { annotationId: 999 }]) {
      await expect(bench.request('search.like', { imageId, ...of })).rejects.toMatchObject({
        code: 'NOT_FOUND',
      })
    }
  })
})

describe.skipIf(!hasShared)('similar images (needs ../shared)', () => {
  it('groups copies of another size, quality and format, and no different photos', async () => {
    const folder = temporaryFolder()
    mkdirSync(join(folder, 'copies'))
    const names = readCocoMini().images.map(({ file_name }) => file_name)
    const photo = (name: string): string => sharedPath('data', 'coco-mini', 'images', name)
    const hashes: string[] = []
    for (const name of names) hashes.push(await fingerprintOfFile(photo(name)))
    const between = hashes.flatMap((a, i) => hashes.slice(i + 1).map((b) => hammingDistance(a, b)))

    const project = open(join(folder, 'similar.lexmask'))
    const chosen = names.slice(0, 12)
    const files: string[] = names.map(photo)
    const distances: number[] = []
    for (const [i, name] of chosen.entries()) {
      const file = join(folder, 'copies', name)
      const { width } = await sharp(photo(name)).metadata()
      const copy = sharp(photo(name)).resize(Math.round(width * [0.25, 0.5, 1, 1.5][i % 4]))
      const path = i % 3 === 0 ? `${file}.webp` : file
      await (i % 3 === 0 ? copy.webp({ quality: 60 }) : copy.jpeg({ quality: 40 })).toFile(path)
      files.push(path)
      distances.push(hammingDistance(hashes[i], await fingerprintOfFile(path)))
    }
    console.log(
      `bits: copies ${distances.join(' ')}; different photos from ${Math.min(...between)}, ` +
        `mean ${(between.reduce((a, b) => a + b, 0) / between.length).toFixed(1)}`,
    )
    expect(Math.max(...distances)).toBeLessThanOrEqual(SIMILAR_BITS)
    expect(Math.min(...between)).toBeGreaterThan(SIMILAR_BITS)

    const ids = project.transaction(() =>
      project.images
        .insertMany(
          files.map((path) => {
            return { path, name: path, bytes: 1, modifiedMs: 1, sha256: null, width: 1, height: 1 }
          }),
        )
        .added.map(({ id }) => id),
    )
    const progress: number[] = []
    const similar = new SimilarImages(project, fingerprintOfFile, ({ done }) => progress.push(done))
    const { groups, unread } = await similar.find()
    expect(unread).toBe(0)
    expect(groups).toEqual(chosen.map((_, i) => [ids[i], ids[names.length + i]]))
    expect(progress.at(-1)).toBe(files.length)
    progress.length = 0
    expect((await similar.find()).groups).toEqual(groups)
    expect(progress).toEqual([])
  })
})
