import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { SearchHit } from '#shared/contract/commands.ts'
import { boxFromXywh, boxIou } from '#shared/geometry/box.ts'
import { hasShared, readCocoMini, sharedPath } from '../support/coco-mini.ts'
import { CommandLine } from '../support/command-line.ts'
import { openApp, type Bench } from './app-fixture.ts'

/** What region vectors take for dogs; the poodle of another photo is none to them. */
const DOGS = ['000000022192.jpg', '000000022892.jpg']
const OTHERS = ['000000174231.jpg', '000000397133.jpg', '000000349860.jpg', '000000217285.jpg']
/** A region so far on an object's box is that object. */
const SAME_IOU = 0.5

interface FoundOnTerminal {
  readonly hits: readonly (SearchHit & { image: string; annotation: { class: string } | null })[]
  readonly regions: number
}

let cli: CommandLine

describe.skipIf(!hasShared)('photos that were labelled by region vectors (needs ../shared)', () => {
  beforeAll(async () => {
    cli = await CommandLine.create()
    const photos = [...OTHERS, ...DOGS].map((name) =>
      sharedPath('data', 'coco-mini', 'images', name),
    )
    await cli.expect(0, [
      ...['prelabel', '--images', ...photos, '--vocabulary', 'person, furniture, cutlery, dish'],
      ...['--recipe', 'region-text', '--provider', 'cpu', '--threshold', '0.05'],
      ...['--project', 'photos.lexmask', '--out', 'labels.json'],
    ])
  })
  afterAll(() => cli.remove())

  const open = (): Bench =>
    openApp(cli.path('photos.lexmask'), { packFolder: sharedPath('models') })
  const nameOf = ({ project }: Bench, { imageId }: SearchHit): string =>
    project.images.get(imageId)?.name ?? ''

  function isOnDog(name: string, { bbox }: SearchHit): boolean {
    const { images, annotations, categories } = readCocoMini()
    const dog = categories.find((one) => one.name === 'dog')?.id
    const image = images.find(({ file_name }) => file_name === name)?.id
    return annotations.some(
      (one) =>
        one.category_id === dog &&
        one.image_id === image &&
        boxIou(boxFromXywh(one.bbox), boxFromXywh(bbox)) >= SAME_IOU,
    )
  }

  it('are found by a word that is not in the vocabulary, those that have it first', async () => {
    const bench = open()
    const { hits } = await bench.request('search.words', { text: 'dog', per: 'image' })
    const first = hits.slice(0, DOGS.length)
    expect(first.map((hit) => nameOf(bench, hit)).sort()).toEqual(DOGS)
    expect(first.map((hit) => isOnDog(nameOf(bench, hit), hit))).toEqual([true, true])
  })

  it('are found by an example: a dog finds another dog', async () => {
    const bench = open()
    const dogs = (await bench.request('search.words', { text: 'dog', per: 'image' })).hits
    for (const { imageId, candidateId } of dogs.slice(0, DOGS.length)) {
      const like = { imageId, candidateId, per: 'image' } as const
      const { hits } = await bench.request('search.like', like)
      const other = hits.find((hit) => hit.imageId !== imageId)
      expect(other && isOnDog(nameOf(bench, other), other)).toBe(true)
    }
  })

  it('are found on the command line, as a table and as JSON', async () => {
    const search = ['search', 'dog', '--project', 'photos.lexmask', '--per-image', '--limit', '2']
    const { stdout, stderr } = await cli.expect(0, search)
    const [head, ...rows] = stdout.trimEnd().split('\n')
    expect(head).toMatch(/^image +score +box +annotation$/)
    expect(rows.map((row) => row.split(' ')[0]).sort()).toEqual(DOGS)
    for (const row of rows) expect(row).toMatch(/^\S+ +[01]\.\d\d +\d+(,\d+){3} +\S/)
    expect(stderr).toMatch(/^2 hits in \d+ regions\n$/)
    const { hits } = JSON.parse(
      (await cli.expect(0, [...search, '--json'])).stdout,
    ) as FoundOnTerminal
    expect(hits.map(({ image }) => image)).toEqual(rows.map((row) => row.split(' ')[0]))
    for (const hit of hits) expect(isOnDog(hit.image, hit)).toBe(true)
  })

  it('are picked by a phrase on the command line, one in an image', async () => {
    const search = ['search', '--project', 'photos.lexmask', '--json']
    const phrase = [...search, 'the largest dog', '--phrase']
    const { hits } = JSON.parse((await cli.expect(0, phrase)).stdout) as FoundOnTerminal
    const images = hits.map(({ image }) => image)
    expect(new Set(images).size).toBe(images.length)
    expect(images.slice(0, DOGS.length).sort()).toEqual(DOGS)
    expect(isOnDog(hits[0].image, hits[0])).toBe(true)
    const { stderr } = await cli.expect(0, [...search.slice(0, -1), 'dog, flibber'])
    expect(stderr).toContain('not understood by anything: flibber')
  })

  it('are not searched for a word that nothing here knows', async () => {
    const { stderr } = await cli.expect(1, [
      ...['search', 'flibber', '--project', 'photos.lexmask'],
    ])
    expect(stderr).toContain('flibber')
    const none = await cli.expect(1, ['search', 'dog', '--project', 'none.lexmask'])
    expect(none.stderr).toContain('none.lexmask')
  })

  it('teach with ten answers, and only what nobody has judged changes', async () => {
    const bench = open()
    const { project, request } = bench
    const all = () => bench.imageIds.flatMap((id) => project.annotations.listForImage(id))
    await request('teach.set', { weight: 1 })
    const { items } = await request('review.queue')
    for (const [n, { imageId, annotationId }] of items.slice(0, 10).entries()) {
      const state = n % 2 === 0 ? 'accepted' : 'rejected'
      await request('annotations.setState', { imageId, annotationIds: [annotationId], state })
    }
    const before = all()
    const judged = before.filter(({ state }) => state !== 'proposed')
    expect(judged).toHaveLength(10)
    const { state, rescored } = await request('teach.apply')
    expect(state.learnt?.answers).toBe(10)
    const after = all()
    expect(after.filter((one) => one.state !== 'proposed')).toEqual(judged)
    const scores = new Map(before.map(({ id, score }) => [id, score]))
    const changed = after.filter(({ id, score }) => scores.has(id) && scores.get(id) !== score)
    expect(changed.length).toBe(rescored.updated)
    expect(changed.length).toBeGreaterThan(0)
  })
})
