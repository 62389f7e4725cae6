import { describe, expect, it } from 'vitest'
import { h } from 'vue'
import AnnotationsPanel from '../../../../src/renderer/src/annotations/AnnotationsPanel.vue'
import ClassPicker from '../../../../src/renderer/src/annotations/ClassPicker.vue'
import { annotationMenu } from '../../../../src/renderer/src/annotations/annotation-menu.ts'
import {
  canvasAnnotations,
  canvasGhosts,
  candidateOfGhost,
} from '../../../../src/renderer/src/annotations/canvas-shapes.ts'
import { useCurrentImageStore } from '../../../../src/renderer/src/stores/current-image.ts'
import { useSelectionStore } from '../../../../src/renderer/src/stores/selection.ts'
import {
  annotationRecord,
  classRecord,
  FakeApplication,
  inWindow,
  maskRecord,
  openedImage,
  settled,
  vocabularyOf,
} from '../labelling/application-fixture.ts'

const vocabulary = vocabularyOf(1, 'bus', 'minibus', 'cat')
const words = {
  'vocabulary.get': () => vocabulary,
  'project.snapshot': () => ({
    revision: 1,
    project: { path: '/p.lexmask', annotationsByClass: [] },
    vocabulary,
  }),
}

describe('the annotations of the image', () => {
  it.each([
    ['first of all words', {}, 'Add a class to the vocabulary first.'],
    ['then a run, or drawing', words, 'Auto-label this image, lower a threshold, or draw.'],
  ])('says what to do while there are none: %s', async (_what, answers, text) => {
    const application = new FakeApplication({ ...answers, 'images.open': () => openedImage(1, []) })
    const use = () => ({ current: useCurrentImageStore(), selection: useSelectionStore() })
    const { wrapper, value } = await inWindow(application, use, AnnotationsPanel)
    value.selection.open(1)
    await settled()
    expect(wrapper.text()).toContain('Nothing is labelled here')
    expect(wrapper.text()).toContain(text)
    wrapper.unmount()
  })
})

describe('choosing a class by its name', () => {
  const picker = async () => {
    const chosen: number[] = []
    const application = new FakeApplication(words)
    const { wrapper } = await inWindow(
      application,
      () => null,
      () => h(ClassPicker, { onChoose: (id: number) => chosen.push(id) }),
    )
    return { wrapper, chosen }
  }

  it('offers what begins so before what has it inside', async () => {
    const { wrapper } = await picker()
    await wrapper.get('input').setValue('bus')
    expect(wrapper.findAll('[role="option"] .name').map((one) => one.text())).toEqual([
      'bus',
      'minibus',
    ])
  })

  it('takes the one that the arrows stand on', async () => {
    const { wrapper, chosen } = await picker()
    await wrapper.get('input').trigger('keydown', { key: 'ArrowDown' })
    await wrapper.get('input').trigger('keydown', { key: 'Enter' })
    expect(chosen).toEqual([2])
  })
})

describe('what the canvas is told', () => {
  const sources = {
    classById: new Map([[1, classRecord(1, 'bus')]]),
    masks: new Map([['a', maskRecord('a')]]),
    isClassVisible: () => true,
  }

  it('leaves out what cannot be drawn yet', () => {
    const records = [annotationRecord(1), annotationRecord(2, { maskHash: 'unknown' })]
    const shapes = canvasAnnotations(records, new Set([1]), sources)
    expect(shapes.map(({ id, isHidden }) => [id, isHidden])).toEqual([[1, true]])
  })

  it('shows as ghosts what is no annotation, not even a rejected one', () => {
    const candidate = (candidateId: number) =>
      ({ candidateId, classId: 1, score: 0.1, maskHash: 'a', bbox: [0, 0, 1, 1], area: 1 }) as const
    const candidates = [candidate(7), candidate(8)]
    const rejected = annotationRecord(1, { candidateId: 7, state: 'rejected' })
    const ghosts = canvasGhosts(candidates, [rejected], sources)
    expect(ghosts).toHaveLength(1)
    expect(candidateOfGhost(candidates, ghosts[0].id)).toEqual(candidates[1])
  })
})

describe('the menu of annotations', () => {
  const none = () => undefined
  const actions = {
    setState: none,
    setClass: none,
    move: none,
    findLike: none,
    hide: none,
    remove: none,
  }
  const entryOf = (state: 'proposed' | 'accepted' | 'rejected', label: string) =>
    annotationMenu(
      [annotationRecord(1, { state })],
      vocabulary.classes,
      actions,
      (key) => key,
    ).find((entry) => typeof entry === 'object' && entry.label === label)

  it('offers what makes sense for the state', () => {
    expect(entryOf('proposed', 'annotations.accept')).toMatchObject({ isDisabled: false })
    expect(entryOf('accepted', 'annotations.accept')).toMatchObject({ isDisabled: true })
    expect(entryOf('rejected', 'annotations.reject')).toMatchObject({ isDisabled: true })
    expect(entryOf('proposed', 'annotations.proposeAgain')).toBeUndefined()
    expect(entryOf('rejected', 'annotations.proposeAgain')).toBeDefined()
  })
})
