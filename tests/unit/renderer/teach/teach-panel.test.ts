import { describe, expect, it } from 'vitest'
import { h } from 'vue'
import type { RescoreSummary, TeachState } from '#shared/contract/commands.ts'
import { diffRecords } from '#shared/history/record-diff.ts'
import ConfirmDialog from '../../../../src/renderer/src/design/ConfirmDialog.vue'
import { useCurrentImageStore } from '../../../../src/renderer/src/stores/current-image.ts'
import { useReviewStore } from '../../../../src/renderer/src/stores/review.ts'
import { useSelectionStore } from '../../../../src/renderer/src/stores/selection.ts'
import { useToastsStore } from '../../../../src/renderer/src/stores/toasts.ts'
import TeachPanel from '../../../../src/renderer/src/teach/TeachPanel.vue'
import TeachSection from '../../../../src/renderer/src/teach/TeachSection.vue'
import { useTeachStore } from '../../../../src/renderer/src/teach/teach-store.ts'
import {
  annotationRecord,
  FakeApplication,
  inWindow,
  openedImage,
  Refusal,
  settled,
  vocabularyOf,
  type Answers,
} from '../labelling/application-fixture.ts'

const UNTAUGHT: TeachState = {
  weight: 0,
  answers: [
    { classId: 2, accepted: 1, rejected: 4 },
    { classId: 1, accepted: 1200, rejected: 0 },
  ],
  learnt: null,
  newAnswers: 3,
  learnAfter: 25,
  forgottenMs: null,
}
const TAUGHT: TeachState = { ...UNTAUGHT, weight: 0.5, learnt: { atMs: 1, answers: 1205 } }
const summary = (changes: Partial<RescoreSummary> = {}): RescoreSummary => ({
  images: 12,
  added: 0,
  updated: 0,
  removed: 0,
  unservedWords: [],
  isSuperseded: false,
  ...changes,
})

const use = () => ({
  teach: useTeachStore(),
  review: useReviewStore(),
  current: useCurrentImageStore(),
  selection: useSelectionStore(),
  toasts: useToastsStore(),
})

/** The panel over an application that begins with `state`. */
async function teaching(state: TeachState, answers: Answers = {}) {
  const application = new FakeApplication({
    'vocabulary.get': () => vocabularyOf(1, 'bus', 'cat'),
    'project.snapshot': () => ({
      revision: 1,
      project: { path: '/p.lexmask', isReadOnly: false, annotationsByClass: [] },
      vocabulary: vocabularyOf(1, 'bus', 'cat'),
    }),
    'teach.state': () => state,
    'images.open': ({ imageId }: { imageId: number }) => openedImage(imageId, []),
    'review.queue': () => ({ waiting: 0, judged: 0, items: [] }),
    ...answers,
  })
  const { value, wrapper } = await inWindow(application, use, () => [
    h(TeachPanel),
    h(ConfirmDialog),
  ])
  await settled()
  const button = (name: string) => {
    const found = wrapper.findAll('button').find((one) => one.text() === name)
    if (found === undefined) throw new Error(`There is no ${name}`)
    return found
  }
  const messages = () => value.toasts.shown.map(({ message }) => message)
  return { ...value, application, wrapper, button, messages }
}

describe('learning from answers', () => {
  it('says how many answers there are, in all and a class, in the order of the words', async () => {
    const { wrapper } = await teaching(TAUGHT)
    expect(wrapper.get('[role="status"]').text()).toBe(
      'Learnt from 1,205 answers.3 new since; it learns again by itself after 25.',
    )
    expect(
      wrapper.findAll('tbody tr').map((row) => row.findAll('th, td').map((cell) => cell.text())),
    ).toEqual([
      ['bus', '1,200', '0'],
      ['cat', '1', '4'],
    ])
    expect(wrapper.get('output').text()).toBe('50%')
  })

  it('is off at a weight of 0: nothing can be applied', async () => {
    const { wrapper, button } = await teaching(UNTAUGHT)
    expect(wrapper.get('output').text()).toBe('Off')
    expect(button('Apply now').attributes('disabled')).toBeDefined()
    expect(wrapper.get('[role="status"]').text()).toBe('1,205 answers, nothing learnt yet.')
  })

  it('says what to do while there are no answers', async () => {
    const { wrapper, button } = await teaching({ ...UNTAUGHT, answers: [], newAnswers: 0 })
    expect(wrapper.get('[role="status"]').text()).toContain('No answers yet')
    expect(button('Forget…').attributes('disabled')).toBeDefined()
  })

  it('asks once, when the slider is let go, for the image on show first', async () => {
    const { wrapper, application, selection, messages } = await teaching(UNTAUGHT, {
      'teach.set': () => ({
        state: TAUGHT,
        rescored: summary({ added: 2, updated: 40, removed: 1000 }),
      }),
    })
    selection.open(7)
    await settled()
    const slider = wrapper.get<HTMLInputElement>('input[type="range"]')
    slider.element.value = '0.35'
    await slider.trigger('input')
    expect(wrapper.get('output').text()).toBe('35%')
    expect(application.inputsOf('teach.set')).toEqual([])
    slider.element.value = '0.5'
    await slider.trigger('input')
    await slider.trigger('change')
    await settled()
    expect(application.inputsOf('teach.set')).toEqual([{ weight: 0.5, firstImageIds: [7] }])
    expect(wrapper.get('output').text()).toBe('50%')
    expect(messages()).toEqual(['12 images scored again: 2 new, 40 changed, 1,000 gone'])
  })

  it('goes back to the weight that is in force when it could not be set', async () => {
    const { teach, wrapper, messages } = await teaching(TAUGHT, {
      'teach.set': () => {
        throw new Refusal('STORAGE_FAILED')
      },
    })
    await teach.setWeight(1)
    await settled()
    expect(wrapper.get('output').text()).toBe('50%')
    expect(messages()).toHaveLength(1)
  })

  it('keeps what was set last when an earlier answer comes later', async () => {
    const answered: ((rescored: RescoreSummary) => void)[] = []
    const { teach, messages } = await teaching(UNTAUGHT, {
      'teach.set': ({ weight }: { weight: number }) =>
        new Promise((resolve) =>
          answered.push((rescored) => resolve({ state: { ...TAUGHT, weight }, rescored })),
        ),
    })
    const first = teach.setWeight(0.5)
    const second = teach.setWeight(0.9)
    await settled()
    answered[1](summary())
    await second
    expect(teach.isBusy).toBe(true)
    answered[0](summary({ isSuperseded: true }))
    await first
    expect(teach.weight).toBe(0.9)
    expect(teach.isBusy).toBe(false)
    expect(messages()).toEqual(['12 images scored again'])
  })

  it('applies now, and reads the scores and the order of review anew', async () => {
    const { application, review, button } = await teaching(TAUGHT, {
      'teach.apply': () => ({ state: { ...TAUGHT, newAnswers: 0 }, rescored: summary() }),
    })
    await review.start()
    const readBefore = application.inputsOf('vocabulary.histograms').length
    const askedBefore = application.inputsOf('review.queue').length
    await button('Apply now').trigger('click')
    await settled()
    expect(application.inputsOf('teach.apply')).toEqual([{ firstImageIds: [] }])
    expect(application.inputsOf('vocabulary.histograms')).toHaveLength(readBefore + 1)
    expect(application.inputsOf('review.queue')).toHaveLength(askedBefore + 1)
  })

  it('forgets only what a person confirms', async () => {
    const { application, button, wrapper } = await teaching(TAUGHT, {
      'teach.forget': () => ({
        state: { ...TAUGHT, answers: [], learnt: null, newAnswers: 0, forgottenMs: 86_400_000 },
        rescored: summary(),
      }),
    })
    const answer = async (name: string) => {
      await button('Forget…').trigger('click')
      await settled()
      const dialog = document.querySelector('[role="alertdialog"], [role="dialog"]')
      expect(dialog?.textContent).toContain('Forget what 1,205 answers taught?')
      const buttons = [...(dialog?.querySelectorAll('button') ?? [])]
      buttons.find((one) => one.textContent.trim() === name)?.click()
      await settled()
    }
    await answer('Cancel')
    expect(application.inputsOf('teach.forget')).toEqual([])
    await answer('Forget')
    expect(application.inputsOf('teach.forget')).toHaveLength(1)
    expect(wrapper.text()).toContain('were forgotten')
  })

  it('counts answers as they are given, and not what scoring does itself', async () => {
    let { newAnswers } = TAUGHT
    const { application, wrapper } = await teaching(TAUGHT, {
      'teach.state': () => ({ ...TAUGHT, newAnswers }),
    })
    const readBefore = application.inputsOf('teach.state').length
    application.change(diffRecords('annotation', [annotationRecord(1)], []))
    await settled()
    expect(application.inputsOf('teach.state')).toHaveLength(readBefore)
    newAnswers = 4
    const rejected = annotationRecord(2, { state: 'rejected' })
    application.change(diffRecords('annotation', [annotationRecord(2)], [rejected]))
    await settled()
    expect(wrapper.get('[role="status"]').text()).toContain('4 new since')
  })
})

describe('its part of the sidebar', () => {
  it('says closed whether answers teach, and opens', async () => {
    const application = new FakeApplication({ 'teach.state': () => TAUGHT })
    const { wrapper } = await inWindow(application, () => null, TeachSection)
    await settled()
    expect(wrapper.text()).toBe('Learn from answers50%')
    await wrapper.get('button').trigger('click')
    expect(wrapper.get('button').attributes('aria-expanded')).toBe('true')
    expect(wrapper.find('input[type="range"]').exists()).toBe(true)
  })
})
