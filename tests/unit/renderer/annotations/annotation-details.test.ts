import { describe, expect, it } from 'vitest'
import type { AnnotationRecord } from '#shared/contract/records.ts'
import AnnotationDetails from '#renderer/annotations/AnnotationDetails.vue'
import { useCurrentImageStore } from '#renderer/stores/current-image.ts'
import { useSelectionStore } from '#renderer/stores/selection.ts'
import {
  annotationRecord,
  FakeApplication,
  inWindow,
  openedImage,
  settled,
  vocabularyOf,
} from '../labelling/application-fixture.ts'

const COLOUR = { name: 'colour', type: 'choice', options: ['red', 'blue'], default: null }
const WHEELS = { name: 'wheels', type: 'number', options: [], default: null }

async function select(records: readonly AnnotationRecord[], isReadOnly = false) {
  const vocabulary = vocabularyOf(1, 'bus', 'cat')
  const application = new FakeApplication({
    'vocabulary.get': () => vocabulary,
    'images.open': () => openedImage(1, records),
    'attributes.list': () => [
      { ...COLOUR, classIds: null },
      { ...WHEELS, classIds: [1] },
    ],
    'review.ofImage': () => ({
      secondsSpent: 90,
      annotations: [
        { annotationId: 1, judgedBy: 'Anna', judgedMs: 1_790_000_000_000, secondsSpent: 12 },
      ],
    }),
    'annotations.setFlags': () => ({ changeId: 1, revision: 2 }),
    'annotations.setAttributes': () => ({ changeId: 1, revision: 2 }),
  })
  if (isReadOnly) {
    for (const name of ['workspace.get', 'project.snapshot']) {
      const answer = application.answers[name] as () => { readonly project: object }
      application.answers[name] = () => {
        const found = answer()
        return { ...found, project: { ...found.project, isReadOnly } }
      }
    }
  }
  const { value, wrapper } = await inWindow(
    application,
    () => ({ current: useCurrentImageStore(), selection: useSelectionStore() }),
    AnnotationDetails,
  )
  value.selection.open(1)
  await settled()
  value.current.select(records.map(({ id }) => id))
  await settled()
  const flag = (name: string) =>
    wrapper
      .findAll('.flags label')
      .find((label) => label.text() === name)!
      .get<HTMLInputElement>('input')
  return { application, wrapper, flag }
}

describe('the details of what is selected', () => {
  it('say who judged it and when, and how long it took', async () => {
    const { wrapper } = await select([annotationRecord(1, { state: 'accepted' })])
    expect(wrapper.get('.state').text()).toMatch(/Accepted · Anna · .+ · .*12 sec/i)
    expect(wrapper.get('.state').attributes('title')).toContain('1 min 30 sec')
    wrapper.unmount()
  })

  it('set a mark for all that is selected, and show what only some have', async () => {
    const { application, wrapper, flag } = await select([
      annotationRecord(1, { isOccluded: true }),
      annotationRecord(2),
    ])
    expect(wrapper.get('.state').text()).toContain('2')
    expect(flag('Occluded').element.indeterminate).toBe(true)
    await flag('Crowd').setValue(true)
    await settled()
    expect(application.inputsOf('annotations.setFlags')).toMatchObject([
      { annotationIds: [1, 2], flags: { isCrowd: true } },
    ])
    wrapper.unmount()
  })

  it('have the attributes that all selected classes share', async () => {
    const bus = await select([annotationRecord(1)])
    expect(bus.wrapper.text()).toContain('wheels')
    bus.wrapper.unmount()
    const both = await select([annotationRecord(1), annotationRecord(2, { classId: 2 })])
    expect(both.wrapper.text()).toContain('colour')
    expect(both.wrapper.text()).not.toContain('wheels')
    both.wrapper.unmount()
  })

  it('cannot be changed in a project that is open for reading only', async () => {
    const { wrapper, flag } = await select([annotationRecord(1)], true)
    expect(flag('Crowd').element.disabled).toBe(true)
    wrapper.unmount()
  })
})
