import { afterEach, describe, expect, it } from 'vitest'
import { h, shallowRef } from 'vue'
import type { OpenedImage } from '#shared/contract/commands.ts'
import { useOpenQuestion } from '#renderer/design/confirm.ts'
import DuplicatesDialog from '#renderer/images/DuplicatesDialog.vue'
import {
  FakeApplication,
  imageRecord,
  inWindow,
  settled,
} from '../labelling/application-fixture.ts'
import type { Answers } from '../labelling/application-fixture.ts'

const summary = (id: number, changes: Partial<OpenedImage['image']> & object = {}) => ({
  ...imageRecord(id),
  annotations: 0,
  proposed: 0,
  ...changes,
})
/** 2 shows more than 1; somebody has worked on 4. */
const SUMMARIES = [
  summary(1, { width: 100, height: 50 }),
  summary(2, { width: 400, height: 200 }),
  summary(3, { width: 800, height: 600 }),
  { ...summary(4), annotations: 5, proposed: 2 },
]
const NONE = { groups: [], unread: 0, isSuperseded: false }
const SAME = { ...NONE, groups: [[3, 4]] }
const SIMILAR = { ...NONE, groups: [[1, 2], [3, 4]], unread: 3 } // prettier-ignore

let close = (): void => undefined
afterEach(() => close())

async function open(answers: Answers = {}) {
  const application = new FakeApplication({
    'images.duplicates': ({ similar }: { readonly similar: boolean }) => (similar ? SIMILAR : SAME),
    'images.get': () => SUMMARIES,
    'images.remove': ({ imageIds }: { readonly imageIds: readonly number[] }) => ({
      removed: imageIds.length,
    }),
    ...answers,
  })
  const isOpen = shallowRef(false)
  const dialog = () =>
    h(DuplicatesDialog, {
      open: isOpen.value,
      'onUpdate:open': (to: boolean) => (isOpen.value = to),
    })
  const { wrapper } = await inWindow(application, () => null, dialog)
  close = () => wrapper.unmount()
  isOpen.value = true
  await settled()
  return { application, isOpen }
}

const shown = (): HTMLElement => document.querySelector<HTMLElement>('[role="dialog"]')!
const radios = (): HTMLElement[] => [
  ...shown().querySelectorAll<HTMLElement>('section [role="radio"]'),
]
/** What happens to each photo on show: `4.jpg Stays`. */
const fates = (): string[] =>
  radios().map(
    (radio) => `${radio.title} ${radio.querySelector('.fate')?.textContent.trim() ?? ''}`,
  )

async function press(name: RegExp): Promise<void> {
  const found = [...shown().querySelectorAll('button')].find((button) =>
    name.test(button.getAttribute('aria-label') ?? button.textContent),
  )
  found!.click()
  await settled()
}

describe('duplicate photos', () => {
  it('are those with the same content first; the one that was worked on stays', async () => {
    await open()
    expect(fates()).toEqual(['4.jpg Stays', '3.jpg Leaves'])
  })

  it('that look alike are shown side by side, the one that shows most first', async () => {
    await open()
    await press(/^Look alike$/)
    expect(fates()).toEqual(['2.jpg Stays', '1.jpg Leaves', '4.jpg Stays', '3.jpg Leaves'])
    expect(shown().textContent).toContain('3 photos could not be read')
  })

  it('leave the project but for those that were chosen to stay, group by group', async () => {
    const { application } = await open()
    await press(/^Look alike$/)
    await press(/^1\.jpg$/)
    expect(fates().slice(0, 2)).toEqual(['2.jpg Leaves', '1.jpg Stays'])
    shown().querySelectorAll<HTMLInputElement>('input[type="checkbox"]')[1].click()
    await settled()
    expect(fates().slice(2)).toEqual(['4.jpg ', '3.jpg '])
    await press(/^Remove one copy$/)
    expect(application.inputsOf('images.remove')).toEqual([])
    application.answers['images.duplicates'] = () => NONE
    useOpenQuestion().value!.answer(true)
    await settled()
    expect(application.inputsOf('images.remove')).toEqual([{ imageIds: [2] }])
  })

  it('say how far they were looked for, how fast and how long it takes yet', async () => {
    let answer: ((found: typeof SIMILAR) => void) | undefined
    const { application } = await open({
      'images.duplicates': ({ similar }: { readonly similar: boolean }) =>
        similar ? new Promise((resolve) => (answer = resolve)) : SAME,
    })
    await press(/^Look alike$/)
    application.emit('duplicates.progress', { done: 2, total: 4000 })
    await new Promise((resolve) => setTimeout(resolve, 600))
    application.emit('duplicates.progress', { done: 1000, total: 4000 })
    await settled()
    const told = shown().querySelector('[role="status"]')!.textContent
    expect(told).toMatch(/1,000 of 4,000 photos looked at · [\d,.]+\/s · \d+ sec left/)
    expect(shown().querySelector('[role="progressbar"]')!.getAttribute('aria-valuenow')).toBe(
      '1000',
    )
    answer?.(SIMILAR)
    await settled()
    expect(radios()).toHaveLength(4)
  })

  it('of a search that another one has taken over are not shown', async () => {
    let answer: ((found: typeof SIMILAR) => void) | undefined
    await open({
      'images.duplicates': ({ similar }: { readonly similar: boolean }) =>
        similar ? new Promise((resolve) => (answer = resolve)) : SAME,
    })
    await press(/^Look alike$/)
    await press(/^Same file$/)
    answer?.({ ...NONE, isSuperseded: true })
    await settled()
    expect(fates()).toEqual(['4.jpg Stays', '3.jpg Leaves'])
  })
})
