import { describe, expect, it } from 'vitest'
import { useAnnotationActions } from '../../../../src/renderer/src/stores/annotation-actions.ts'
import { useCurrentImageStore } from '../../../../src/renderer/src/stores/current-image.ts'
import { useSelectionStore } from '../../../../src/renderer/src/stores/selection.ts'
import { useToastsStore } from '../../../../src/renderer/src/stores/toasts.ts'
import {
  annotationRecord,
  FakeApplication,
  inWindow,
  maskRecord,
  openedImage,
  Refusal,
  settled,
} from './application-fixture.ts'

const use = () => ({
  current: useCurrentImageStore(),
  selection: useSelectionStore(),
  actions: useAnnotationActions(),
  toasts: useToastsStore(),
})

async function withOpenImage(application: FakeApplication) {
  const { value } = await inWindow(application, use)
  value.selection.open(1)
  await settled()
  return value
}

describe('the image on show', () => {
  const one = annotationRecord(1)
  const two = annotationRecord(2)

  it('follows every change of its records and leaves those of others', async () => {
    const application = new FakeApplication({ 'images.open': () => openedImage(1, [one, two]) })
    const { current } = await withOpenImage(application)
    current.select([1, 2])

    const accepted = { ...one, state: 'accepted' as const }
    const elsewhere = annotationRecord(9, { imageId: 7 })
    application.change({
      updated: { 'annotation:1': [one, accepted] },
      removed: { 'annotation:2': two },
      added: { 'annotation:9': elsewhere },
    })
    await settled()
    expect(current.annotations).toEqual([accepted])
    expect(current.selectedIds).toEqual([1])
  })

  it('shows a new shape only with its mask', async () => {
    let send: () => void = () => undefined
    const application = new FakeApplication({
      'images.open': () => openedImage(1, [one]),
      'masks.get': () =>
        new Promise((resolve) => {
          send = () => resolve([maskRecord('b')])
        }),
    })
    const { current } = await withOpenImage(application)
    const edited = { ...one, maskHash: 'b', state: 'edited' as const }
    const deleted = { 'annotation:1': edited }
    application.change({ updated: { 'annotation:1': [one, edited] } })
    application.change({ removed: deleted })
    await settled()
    expect(current.annotations).toEqual([one])
    send()
    await settled()
    expect(current.annotations).toEqual([])
    expect(current.masks.has('b')).toBe(true)
  })

  it('takes a change that came while it was being read, once', async () => {
    let answer: (revision: number) => void = () => undefined
    const application = new FakeApplication({
      'images.open': () =>
        new Promise((resolve) => {
          answer = (revision) => resolve(openedImage(1, [one], revision))
        }),
    })
    const { current } = await withOpenImage(application)
    application.change({ added: { 'annotation:2': two } })
    await settled()
    answer(1)
    await settled()
    expect(current.annotations.map(({ id }) => id)).toEqual([1, 2])
  })

  it('tells of a conflict and shows the newer state', async () => {
    let state: 'proposed' | 'rejected' = 'proposed'
    const application = new FakeApplication({
      'images.open': () => openedImage(1, [{ ...one, state }]),
      'annotations.setState': () => {
        state = 'rejected'
        throw new Refusal('CONFLICT', 'Somebody was faster.')
      },
    })
    const { current, actions, toasts } = await withOpenImage(application)
    expect(await actions.setState([1], 'accepted')).toBeNull()
    await settled()
    expect(current.annotations[0].state).toBe('rejected')
    expect(toasts.shown[0].message).toContain('Somebody was faster.')
  })

  it('changes nothing on the screen before it is in the file', async () => {
    const application = new FakeApplication({
      'images.open': () => openedImage(1, [one]),
      'annotations.delete': () => ({ changeId: 1, revision: 1 }),
    })
    const { current, actions } = await withOpenImage(application)
    await actions.remove([1])
    expect(current.annotations).toEqual([one])
  })

  it('asks for candidates only when somebody looks at them', async () => {
    const candidate = {
      candidateId: 5,
      classId: 1,
      score: 0.1,
      maskHash: 'c',
      bbox: [0, 0, 1, 1],
      area: 1,
    }
    const application = new FakeApplication({
      'images.open': () => openedImage(1, [one]),
      'candidates.list': () => [candidate],
      'masks.get': () => [maskRecord('c')],
    })
    const { current } = await withOpenImage(application)
    expect(application.inputsOf('candidates.list')).toEqual([])
    current.wantGhosts(true)
    await settled()
    expect(current.candidates).toEqual([candidate])
    expect(current.masks.has('c')).toBe(true)
  })

  it('says why an image cannot be opened', async () => {
    const application = new FakeApplication({
      'images.open': () => {
        throw new Refusal('NOT_FOUND', 'The image is gone.')
      },
    })
    const { current } = await withOpenImage(application)
    expect(current.failure?.message).toBe('The image is gone.')
    expect(current.annotations).toEqual([])
  })
})
