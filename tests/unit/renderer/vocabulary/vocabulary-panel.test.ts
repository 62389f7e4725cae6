import { describe, expect, it } from 'vitest'
import type { CommandRequest } from '#shared/contract/commands.ts'
import type { Vocabulary } from '#shared/contract/records.ts'
import VocabularyPanel from '../../../../src/renderer/src/vocabulary/VocabularyPanel.vue'
import { looksLikeSentence } from '../../../../src/renderer/src/vocabulary/pasted-text.ts'
import { useToastsStore } from '../../../../src/renderer/src/stores/toasts.ts'
import {
  FakeApplication,
  inWindow,
  Refusal,
  settled,
  vocabularyOf,
} from '../labelling/application-fixture.ts'

async function panelOf(vocabulary: Vocabulary) {
  const application = new FakeApplication({
    'vocabulary.get': () => vocabulary,
    'project.snapshot': () => ({
      revision: 1,
      project: { path: '/p.lexmask', annotationsByClass: [] },
      vocabulary,
    }),
    'vocabulary.replace': () => vocabulary,
    'rescore.all': () => ({ isSuperseded: false }),
    'vocabulary.histograms': () =>
      vocabulary.classes.map(({ id }) => ({ classId: id, bins: Array<number>(100).fill(1) })),
  })
  const { wrapper, value } = await inWindow(application, useToastsStore, VocabularyPanel)
  const replaced = () =>
    application.inputsOf('vocabulary.replace') as CommandRequest<'vocabulary.replace'>[]
  const labelled = (label: string) => wrapper.get(`[aria-label="${label}"]`)
  return { application, wrapper, toasts: value, replaced, labelled }
}

describe('the vocabulary panel', () => {
  it('says what to do while it is empty', async () => {
    const { wrapper } = await panelOf(vocabularyOf(1))
    expect(wrapper.text()).toContain('No classes yet')
  })

  it('adds what is typed, several at commas', async () => {
    const { labelled, replaced } = await panelOf(vocabularyOf(1, 'bus'))
    await labelled('New class').setValue('cat, traffic light')
    labelled('New class').element.closest('form')?.requestSubmit()
    await settled()
    expect(replaced()[0].classes.map(({ name }) => name)).toEqual(['bus', 'cat', 'traffic light'])
  })

  it('says that a word is there already', async () => {
    const { labelled, replaced, toasts } = await panelOf(vocabularyOf(1, 'bus'))
    await labelled('New class').setValue('Bus')
    labelled('New class').element.closest('form')?.requestSubmit()
    await settled()
    expect(replaced()).toEqual([])
    expect(toasts.shown[0].message).toContain('already')
  })

  it('moves the number with the slider, and saves when it is let go', async () => {
    const { wrapper, labelled, replaced } = await panelOf(vocabularyOf(1, 'bus'))
    const slider = labelled('Threshold of bus')
    await slider.trigger('pointerdown')
    ;(slider.element as HTMLInputElement).value = '0.9'
    await slider.trigger('input')
    expect(wrapper.text()).toContain('10 of 100 in the project')
    expect(replaced()).toEqual([])
    await slider.trigger('change')
    await settled()
    expect(replaced()[0].classes[0]).toMatchObject({ id: 1, threshold: 0.9 })
  })

  it('moves a class by keys', async () => {
    const { wrapper, replaced } = await panelOf(vocabularyOf(1, 'bus', 'cat'))
    await wrapper.findAll('.name')[1].trigger('keydown', { key: 'ArrowUp', altKey: true })
    await settled()
    expect(replaced()[0].classes.map(({ name }) => name)).toEqual(['cat', 'bus'])
  })

  it('refuses a name that another class has', async () => {
    const { wrapper, replaced, toasts } = await panelOf(vocabularyOf(1, 'bus', 'cat'))
    await wrapper.findAll('.name')[0].trigger('dblclick')
    await wrapper.get('.name-input').setValue('CAT')
    await wrapper.get('.name-input').trigger('keydown', { key: 'Enter' })
    await settled()
    expect(replaced()).toEqual([])
    expect(toasts.shown[0].message).toContain('cat')
  })

  it('removes a class at once and offers to take it back', async () => {
    const { wrapper, replaced, toasts } = await panelOf(vocabularyOf(1, 'bus', 'cat'))
    await wrapper.findAll('.name')[0].trigger('keydown', { key: 'Delete' })
    await settled()
    expect(replaced()[0].classes.map(({ name }) => name)).toEqual(['cat'])
    expect(toasts.shown[0].action?.label).toBe('Undo')
  })

  it('explains why a class that is in use cannot be removed', async () => {
    const { application, wrapper, toasts } = await panelOf(vocabularyOf(1, 'bus'))
    application.answers['vocabulary.replace'] = () => {
      throw new Refusal('CLASS_IN_USE')
    }
    await wrapper.findAll('.name')[0].trigger('keydown', { key: 'Delete' })
    await settled()
    // The explanation is a dialog, which the window shows.
    expect(toasts.shown).toEqual([])
    expect(wrapper.findAll('.name')).toHaveLength(1)
  })

  it('adds a synonym at once', async () => {
    const { labelled, replaced } = await panelOf(vocabularyOf(1, 'bus'))
    await labelled('Words of bus').trigger('click')
    const field = labelled('Words of bus').element.closest('li')?.querySelector('.words input')
    const input = field as HTMLInputElement
    input.value = 'coach'
    input.dispatchEvent(new Event('input'))
    input.dispatchEvent(new KeyboardEvent('keydown', { key: 'Enter', bubbles: true }))
    await settled()
    expect(replaced()[0].classes[0].synonyms).toEqual(['coach'])
  })
})

describe('a text that was pasted', () => {
  it.each([
    ['Find all forklifts and pallets.', true],
    ['people who carry boxes through the hall', true],
    ['找出所有的叉车和木托盘以及旁边的人', true],
    ['bus, traffic light, stop sign', false],
    ['bus: coach, omnibus\ncat', false],
    ['{"classes": ["a man rides a horse today."]}', false],
    ['汽车、卡车', false],
  ])('%s: sentence %s', (text, isSentence) => {
    expect(looksLikeSentence(text)).toBe(isSentence)
  })
})
