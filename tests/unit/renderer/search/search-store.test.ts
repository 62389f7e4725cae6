import { describe, expect, it } from 'vitest'
import type { CommandInput, SearchHit, SearchResult } from '#shared/contract/commands.ts'
import { diffRecords } from '#shared/history/record-diff.ts'
import { useView } from '../../../../src/renderer/src/app/view.ts'
import { useSearchStore } from '../../../../src/renderer/src/search/search-store.ts'
import { useSelectionStore } from '../../../../src/renderer/src/stores/selection.ts'
import {
  annotationRecord,
  FakeApplication,
  imageRecord,
  inWindow,
  openedImage,
  Refusal,
  settled,
  type Answers,
} from '../labelling/application-fixture.ts'

const hit = (imageId: number, candidateId: number): SearchHit => ({
  imageId,
  candidateId,
  annotationId: null,
  classId: null,
  score: 0.5,
  bbox: [0, 0, 4, 4],
})
const found = (...hits: SearchHit[]): SearchResult => ({
  ...{ hits, regions: 50, isSuperseded: false, unservedWords: [] },
})

async function searching(answers: Answers) {
  useView().value = 'label'
  const application = new FakeApplication({
    'images.get': ({ imageIds }: { imageIds: number[] }) =>
      imageIds.map((id) => ({ ...imageRecord(id), annotations: 0, proposed: 0 })),
    'images.open': ({ imageId }: { imageId: number }) => openedImage(imageId, []),
    ...answers,
  })
  const use = () => ({ search: useSearchStore(), selection: useSelectionStore() })
  const { value } = await inWindow(application, use)
  return { ...value, application }
}

describe('a search', () => {
  it('asks for the words without what surrounds them, and knows the images of its results', async () => {
    const { search, application } = await searching({
      'search.words': () => found(hit(2, 1), hit(2, 2), hit(5, 3)),
    })
    search.text = '  bus, truck '
    await search.findWords()
    expect(application.inputsOf('search.words')).toEqual([
      { text: 'bus, truck', limit: 300, per: 'region' },
    ])
    expect(application.inputsOf('images.get')).toContainEqual({ imageIds: [2, 5] })
    expect(search.hits.map(({ candidateId }) => candidateId)).toEqual([1, 2, 3])
    expect([...search.images.keys()]).toEqual([2, 5])
    expect(search.regions).toBe(50)
  })

  it('asks nothing without words', async () => {
    const { search, application } = await searching({})
    search.text = '  '
    await search.findWords()
    expect(application.inputsOf('search.words')).toEqual([])
  })

  it('shows the answer to the newest question, whichever comes last', async () => {
    const waiting: ((result: SearchResult) => void)[] = []
    const { search } = await searching({
      'search.words': () => new Promise<SearchResult>((resolve) => waiting.push(resolve)),
    })
    search.text = 'bus'
    const first = search.findWords()
    search.text = 'car'
    const second = search.findWords()
    await settled()
    waiting[1](found(hit(1, 2)))
    await second
    waiting[0]({ ...found(hit(1, 1)), isSuperseded: true })
    await first
    expect(search.hits.map(({ candidateId }) => candidateId)).toEqual([2])
    expect(search.doubt).toBeNull()
    expect(search.isSearching).toBe(false)
  })

  it('says that another window ended it', async () => {
    const { search } = await searching({
      'search.words': () => ({ ...found(hit(1, 1)), isSuperseded: true }),
    })
    search.text = 'bus'
    await search.findWords()
    expect(search.doubt).toBe('superseded')
  })

  it('keeps no results of other words when it fails', async () => {
    const { search } = await searching({
      'search.words': ({ text }: CommandInput<'search.words'>) => {
        if (text === 'bus') return found(hit(1, 1))
        throw new Refusal('WORD_NOT_SERVED')
      },
    })
    search.text = 'bus'
    await search.findWords()
    search.text = 'flibber'
    await search.findWords()
    expect(search.hits).toEqual([])
    expect(search.errorCode).toBe('WORD_NOT_SERVED')
  })

  it('goes to its view for an example, with the picture of it, and asks again for images', async () => {
    const { search, application } = await searching({ 'search.like': () => found(hit(4, 9)) })
    await search.findLikeAnnotation(annotationRecord(3, { imageId: 8 }))
    expect(useView().value).toBe('search')
    expect(search.images.has(8)).toBe(true)
    await search.setPer('image')
    expect(application.inputsOf('search.like')).toEqual([
      { imageId: 8, annotationId: 3, limit: 300, per: 'region' },
      { imageId: 8, annotationId: 3, limit: 300, per: 'image' },
    ])
  })
})

describe('the results', () => {
  async function withResults() {
    const there = await searching({
      'search.words': () => found(hit(1, 1), hit(2, 2), hit(3, 3)),
    })
    there.search.text = 'bus'
    await there.search.findWords()
    return there
  }

  it('are walked through without opening any, and with the canvas once one is open', async () => {
    const { search, selection } = await withResults()
    selection.open(9)
    search.goTo(1)
    expect(selection.currentImageId).toBe(9)
    search.open(1)
    expect(selection.currentImageId).toBe(2)
    search.goTo(2)
    expect(selection.currentImageId).toBe(3)
    search.goTo(3)
    expect(search.position).toBe(2)
  })

  it('keep their place when the opened one is closed', async () => {
    const { search } = await withResults()
    search.open(1)
    search.close()
    expect(search.position).toBe(1)
    expect(search.opened).toBeNull()
  })

  it('stay on the same one when an image before it leaves the project', async () => {
    const { search, application } = await withResults()
    search.open(2)
    application.change(diffRecords('image', [imageRecord(1)], []))
    expect(search.opened?.candidateId).toBe(3)
    expect(search.position).toBe(1)
  })

  it('close when the opened image leaves the project', async () => {
    const { search, application } = await withResults()
    search.open(2)
    application.change(diffRecords('image', [imageRecord(3)], []))
    expect(search.isOpen).toBe(false)
    expect(search.hits).toHaveLength(2)
  })
})
