import { afterEach, describe, expect, it } from 'vitest'
import { h, shallowRef } from 'vue'
import AttributesDialog from '#renderer/annotations/AttributesDialog.vue'
import { useAttributesStore } from '#renderer/stores/attributes.ts'
import {
  FakeApplication,
  inWindow,
  Refusal,
  settled,
  vocabularyOf,
} from '../labelling/application-fixture.ts'
import type { Answers } from '../labelling/application-fixture.ts'

const AGE = { name: 'age', type: 'number', options: [], default: 3, classIds: null }
const COLOUR = { name: 'colour', type: 'choice', options: ['red'], default: null, classIds: null }

let close = (): void => undefined
afterEach(() => close())

async function open(answers: Answers = {}) {
  const vocabulary = vocabularyOf(1, 'bus', 'cat')
  const application = new FakeApplication({
    'vocabulary.get': () => vocabulary,
    'attributes.list': () => [AGE, COLOUR],
    'attributes.define': ({ definitions }: { readonly definitions: unknown }) => definitions,
    ...answers,
  })
  const isOpen = shallowRef(false)
  const dialog = () =>
    h(AttributesDialog, {
      open: isOpen.value,
      'onUpdate:open': (to: boolean) => (isOpen.value = to),
    })
  const { wrapper } = await inWindow(application, useAttributesStore, dialog)
  close = () => wrapper.unmount()
  await settled()
  isOpen.value = true
  await settled()
  return { application, isOpen }
}

const shown = (): HTMLElement => document.querySelector<HTMLElement>('[role="dialog"]')!
const button = (name: RegExp): HTMLButtonElement =>
  [...shown().querySelectorAll('button')].find((one) =>
    name.test(one.getAttribute('aria-label') ?? one.textContent.trim()),
  )!
async function press(name: RegExp): Promise<void> {
  button(name).click()
  await settled()
}
const names = (): HTMLInputElement[] =>
  [...shown().querySelectorAll<HTMLElement>('li.draft')].map((draft) =>
    draft.querySelector<HTMLInputElement>('input')!,
  )
async function call(position: number, name: string): Promise<void> {
  const field = names()[position]
  field.value = name
  field.dispatchEvent(new Event('input', { bubbles: true }))
  field.dispatchEvent(new Event('change', { bubbles: true }))
  await settled()
}

describe('the definitions of attributes', () => {
  it('are saved by the Enter key in a field, once every attribute has a name', async () => {
    const { application, isOpen } = await open()
    const enter = async (): Promise<void> => {
      const save = button(/^Save/)
      // The button that a form is sent by, as a browser looks for it.
      if (save.type === 'submit' && !save.disabled) save.form!.requestSubmit(save)
      await settled()
    }
    await call(0, '')
    await enter()
    expect(application.inputsOf('attributes.define')).toEqual([])
    await call(0, 'years')
    await enter()
    expect(application.inputsOf('attributes.define')).toHaveLength(1)
    expect(isOpen.value).toBe(false)
  })

  it('are for one class at least', async () => {
    await open({ 'attributes.list': () => [{ ...AGE, classIds: [1] }] })
    await press(/^One class/)
    const boxes = (): HTMLInputElement[] => [
      ...document.querySelectorAll<HTMLInputElement>('.classes input'),
    ]
    const states = (): boolean[][] => boxes().map(({ checked, disabled }) => [checked, disabled])
    expect(states()).toEqual([
      [true, true],
      [false, false],
    ])
    boxes()[1].click()
    await settled()
    expect(states()).toEqual([
      [true, false],
      [true, false],
    ])
  })

  it('are saved as a whole, with the list that they were made from', async () => {
    const { application, isOpen } = await open()
    expect(names().map(({ value }) => value)).toEqual(['age', 'colour'])
    await call(0, 'years')
    await press(/^Save/)
    expect(application.inputsOf('attributes.define')).toEqual([
      { definitions: [{ ...AGE, name: 'years' }, COLOUR], expected: [AGE, COLOUR] },
    ])
    expect(isOpen.value).toBe(false)
  })

  it('without a name, or with one twice, cannot be saved, which is said', async () => {
    await open()
    await press(/^Add an attribute$/)
    expect(shown().textContent).toContain('Every attribute needs a name.')
    expect(button(/^Save/).disabled).toBe(true)
    await call(2, 'age')
    expect(shown().textContent).toContain('age')
    expect(button(/^Save/).disabled).toBe(true)
    await call(2, 'size')
    expect(button(/^Save/).disabled).toBe(false)
  })

  it('stay as they are written when the application refuses them', async () => {
    const { isOpen } = await open({
      'attributes.define': () => {
        throw new Refusal('CONFLICT', 'The attributes were changed in the meantime.')
      },
    })
    await call(1, 'paint')
    await press(/^Save/)
    expect(isOpen.value).toBe(true)
    expect(shown().querySelector('[role="alert"], .notice')?.textContent).toBeTruthy()
    expect(names()[1].value).toBe('paint')
  })
})
