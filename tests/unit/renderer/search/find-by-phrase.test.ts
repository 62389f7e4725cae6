import { describe, expect, it } from 'vitest'
import type { PhrasePick } from '#shared/contract/commands.ts'
import { createWindowI18n, showLocale } from '#renderer/i18n/create-i18n.ts'
import { formatsOf } from '#renderer/i18n/format.ts'
import type { Translate } from '#renderer/i18n/translation.ts'
import type { Locale } from '#renderer/i18n/window-i18n.ts'
import { phraseReason } from '#renderer/search/phrase-reason.ts'
import { useSearchStore } from '#renderer/search/search-store.ts'
import SearchBar from '#renderer/search/SearchBar.vue'
import {
  FakeApplication,
  imageRecord,
  inWindow,
  settled,
} from '../labelling/application-fixture.ts'

const pick = (more: Partial<PhrasePick> = {}): PhrasePick => ({
  ...{ imageId: 1, candidateId: 7, annotationId: null, classId: null, bbox: [0, 0, 4, 4] },
  ...{ word: 'man', detectorClass: 'person', score: 0.93, of: 3, weight: 0.9 },
  ...{ spatial: [], near: null, said: null, isAmbiguous: false },
  ...more,
})

async function reasonIn(locale: Locale, picked: PhrasePick): Promise<string> {
  const i18n = createWindowI18n()
  await showLocale(i18n, locale)
  const t = ((key: string, named: { count?: number } = {}) =>
    i18n.global.t(key, named, named.count ?? 1)) as unknown as Translate
  return phraseReason(picked, t, formatsOf(locale))
}

describe('why a phrase picked a region', () => {
  const left = { kind: 'left', rank: 1, isIt: true } as const

  it.each([
    ['en', pick({ spatial: [left] }), 'man → person 0.93, leftmost of 3'],
    ['zh-CN', pick({ word: '人', spatial: [left] }), '人 → person 0.93，3 个中最左'],
    ['en', pick({ detectorClass: null, of: 1 }), 'man 0.93, the only one'],
    [
      'en',
      pick({ spatial: [{ ...left, rank: 2 }], near: { word: 'dog', isFound: false } }),
      'man → person 0.93, number 2 of the leftmost of 3, no “dog” was found that it could be near to',
    ],
    [
      'en',
      pick({ spatial: [{ ...left, isIt: false }], said: { text: 'man in blue', isJudged: false } }),
      'man → person 0.93, not really the leftmost of 3, “man in blue” not judged, which needs a run of a recipe that asks CLIP',
    ],
  ] as const)('%s: %o', async (locale, picked, sentence) => {
    expect(await reasonIn(locale, picked)).toBe(sentence)
  })
})

describe('the search field', () => {
  it('takes words with a place for a phrase, and looks for one region of each image', async () => {
    const application = new FakeApplication({
      'search.phrase': () => ({
        picks: [pick({ weight: 0.4 }), pick({ candidateId: null })],
        ...{ regions: 9, isSuperseded: false },
      }),
      'search.words': () => ({
        hits: [],
        regions: 9,
        isSuperseded: false,
        unservedWords: ['glorp'],
      }),
      'images.get': () => [{ ...imageRecord(1), annotations: 0, proposed: 0 }],
    })
    const { value: search, wrapper } = await inWindow(application, useSearchStore, SearchBar)
    const find = async (words: string): Promise<void> => {
      await wrapper.get('input').setValue(words)
      await wrapper.get('form').trigger('submit')
      await settled()
    }
    await find('the man on the left')
    expect(application.inputsOf('search.phrase')).toEqual([
      { text: 'the man on the left', imageId: null, limit: 300 },
    ])
    expect(search.hits.map(({ candidateId, score }) => [candidateId, score])).toEqual([[7, 0.4]])
    expect(wrapper.text()).toContain('one region of each image')
    await find('man, glorp')
    expect(wrapper.text()).toContain('Nothing here understands “glorp”')
  })
})
