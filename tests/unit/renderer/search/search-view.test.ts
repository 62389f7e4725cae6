import { describe, expect, it } from 'vitest'
import type { SearchHit } from '#shared/contract/commands.ts'
import { useView } from '../../../../src/renderer/src/app/view.ts'
import SearchView from '../../../../src/renderer/src/search/SearchView.vue'
import { useSearchStore } from '../../../../src/renderer/src/search/search-store.ts'
import {
  FakeApplication,
  imageRecord,
  inWindow,
  Refusal,
  settled,
  vocabularyOf,
  type Answers,
} from '../labelling/application-fixture.ts'

const hits: SearchHit[] = [1, 2].map((candidateId) => ({
  imageId: 1,
  candidateId,
  annotationId: null,
  classId: null,
  score: 0.5,
  bbox: [0, 0, 4, 4],
}))

async function show(answers: Answers = {}) {
  useView().value = 'search'
  const vocabulary = vocabularyOf(1, 'bus', 'cat')
  const application = new FakeApplication({
    'vocabulary.get': () => vocabulary,
    'images.get': () => [{ ...imageRecord(1), annotations: 0, proposed: 0 }],
    ...answers,
  })
  const { value: search, wrapper } = await inWindow(application, useSearchStore, SearchView)
  const find = async (words: string) => {
    await wrapper.get('.search-bar input').setValue(words)
    await wrapper.get('form').trigger('submit')
    await settled()
  }
  return { search, wrapper, application, find }
}

describe('the search', () => {
  it('begins with what can be looked for, and offers the words of the project', async () => {
    const { wrapper, application } = await show({
      'search.words': () => ({ hits, regions: 2, isSuperseded: false, unservedWords: [] }),
    })
    expect(wrapper.text()).toContain('Search what was found in the photos')
    const offered = wrapper.findAll('button').find((one) => one.text() === 'cat')
    await offered?.trigger('click')
    await settled()
    expect(application.inputsOf('search.words')).toMatchObject([{ text: 'cat' }])
    expect(wrapper.get('[role="status"]').text()).toBe('the best 2 of 2 regions')
  })

  it('names the words that nothing understands beside the field', async () => {
    const { wrapper, find } = await show({
      'search.words': () => {
        throw new Refusal('WORD_NOT_SERVED')
      },
    })
    await find('flibber')
    expect(wrapper.get('[role="alert"]').text()).toContain('“flibber”')
    const field = wrapper.get('.search-bar input')
    expect(field.attributes('aria-invalid')).toBe('true')
    expect(field.attributes('aria-describedby')).toBe(
      wrapper.get('[role="alert"]').attributes('id'),
    )
  })

  it('says what to do where nothing was labelled yet', async () => {
    const { wrapper, find } = await show({
      'search.words': () => {
        throw new Refusal('NOT_FOUND')
      },
    })
    await find('bus')
    expect(wrapper.text()).toContain('There is nothing to search in yet')
    const button = wrapper.findAll('button').find((one) => one.text() === 'Go to Label')
    await button?.trigger('click')
    expect(useView().value).toBe('label')
  })

  it('tells any other failure, and asks again', async () => {
    let isBroken = true
    const { wrapper, find } = await show({
      'search.words': () => {
        if (isBroken) throw new Refusal('STORAGE_FAILED', 'The disk gave an error.')
        return { hits, regions: 2, isSuperseded: false, unservedWords: [] }
      },
    })
    await find('bus')
    expect(wrapper.text()).toContain('The disk gave an error.')
    isBroken = false
    await wrapper
      .findAll('button')
      .find((one) => one.text() === 'Search again')
      ?.trigger('click')
    await settled()
    expect(wrapper.find('[role="listbox"]').exists()).toBe(true)
  })

  it('shows the example in the field, and takes it away', async () => {
    const { wrapper, search } = await show({
      'search.like': () => ({ hits, regions: 2, isSuperseded: false, unservedWords: [] }),
    })
    await search.findLike({ imageId: 1, of: { candidateId: 5 }, classId: 2, bbox: [0, 0, 4, 4] })
    await settled()
    expect(wrapper.get('.chip').text()).toContain('Like this cat')
    await wrapper.get('[aria-label="Take the example away"]').trigger('click')
    expect(wrapper.find('.chip').exists()).toBe(false)
    expect(search.hits).toEqual([])
  })

  it('goes from the field to the results and through them by arrows', async () => {
    const { wrapper, search, find } = await show({
      'search.words': () => ({ hits, regions: 2, isSuperseded: false, unservedWords: [] }),
    })
    await find('bus')
    await wrapper.get('.search-bar input').trigger('keydown', { key: 'ArrowDown' })
    const list = wrapper.get('[role="listbox"]')
    expect(document.activeElement).toBe(list.element)
    await list.trigger('keydown', { key: 'ArrowRight' })
    expect(list.attributes('aria-activedescendant')).toBe('result-0')
    await list.trigger('keydown', { key: 'End' })
    expect(search.position).toBe(1)
    expect(search.isOpen).toBe(false)
  })
})
