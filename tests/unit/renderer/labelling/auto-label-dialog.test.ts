import { afterEach, beforeEach, expect, it } from 'vitest'
import AutoLabelButton from '#renderer/labelling/AutoLabelButton.vue'
import { useLabellingChoice } from '#renderer/labelling/labelling-choice.ts'
import { FakeApplication, inWindow, settled, vocabularyOf } from './application-fixture.ts'

let close = (): void => undefined
beforeEach(() => localStorage.clear())
afterEach(() => close())

const wayOf = (name: string) => (name === 'gadget' ? 'unserved' : 'exact')
const reportOf = (...names: string[]) => ({
  classes: names.map((name) => ({
    ...{ name, word: name, words: [{ word: name, way: wayOf(name) }], way: wayOf(name) },
    ...{ labelled: [name], yieldsTo: [], effect: name, sentence: name },
  })),
})

/** The button, over a vocabulary with a word that nothing serves. */
async function show(...names: string[]) {
  const application = new FakeApplication({
    'vocabulary.get': () => vocabularyOf(1, ...names),
    'vocabulary.report': () => reportOf(...names),
    'packs.list': () => ({ packs: [{ kind: 'mask-rcnn', name: 'a', recipes: ['detector'] }] }),
    'prelabel.start': () => ({ jobId: 1, runId: 1, images: 2, skipped: 0 }),
  })
  const { value: choice, wrapper } = await inWindow(
    application,
    useLabellingChoice,
    AutoLabelButton,
  )
  close = () => wrapper.unmount()
  const press = async (): Promise<void> => {
    await wrapper.get('button.main').trigger('click')
    await settled()
  }
  return { application, choice, press, starts: () => application.inputsOf('prelabel.start').length }
}

const dialog = () => document.querySelector<HTMLElement>('[role="dialog"]')
const radio = (value: string) =>
  dialog()!.querySelector<HTMLInputElement>(`input[type="radio"][value="${value}"]`)!

async function submit(): Promise<void> {
  dialog()!.querySelector('form')!.requestSubmit()
  await settled()
}

it('starts at once where every word is served', async () => {
  const { press, starts } = await show('bus')
  await press()
  expect(dialog()).toBeNull()
  expect(starts()).toBe(1)
})

it('tells of words that nothing serves before the first run, and not before every one', async () => {
  const { press, starts } = await show('bus', 'gadget')
  await press()
  expect(dialog()!.textContent).toContain('gadget')
  expect(starts()).toBe(0)
  await submit()
  expect(dialog()).toBeNull()
  expect(starts()).toBe(1)
  await press()
  expect(dialog()).toBeNull()
  expect(starts()).toBe(2)
})

it('has the focus on what is chosen, and begins with the Enter key', async () => {
  const { press, starts } = await show('gadget')
  await press()
  expect(document.activeElement).toBe(radio('unlabelled'))
  await submit()
  expect(starts()).toBe(1)
})

it('forgets what was chosen in it when it is cancelled', async () => {
  const { press, choice } = await show('gadget')
  await press()
  radio('all').click()
  await settled()
  const cancel = [...dialog()!.querySelectorAll('button')].find(
    ({ textContent }) => textContent?.trim() === 'Cancel',
  )!
  cancel.click()
  await settled()
  expect(dialog()).toBeNull()
  expect(choice.target).toBe('unlabelled')
  await press()
  expect(radio('unlabelled').checked).toBe(true)
  radio('all').click()
  await settled()
  await submit()
  expect(choice.target).toBe('all')
})
