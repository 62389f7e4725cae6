import { describe, expect, it } from 'vitest'
import type { EncodedMask } from '#shared/contract/records.ts'
import { useCorrectionOptions } from '#renderer/correction/correction-options.ts'
import { useCorrectionStore } from '#renderer/correction/correction-store.ts'
import { usePromptStore } from '#renderer/correction/prompt-store.ts'
import { useCurrentImageStore } from '#renderer/stores/current-image.ts'
import { useSelectionStore } from '#renderer/stores/selection.ts'
import { useToastsStore } from '#renderer/stores/toasts.ts'
import { useVocabularyStore } from '#renderer/stores/vocabulary.ts'
import type { Answers } from '../labelling/application-fixture.ts'
import { inWindow, Refusal, settled } from '../labelling/application-fixture.ts'
import { MaskApplication, maskOfRows, SIZE } from './correction-window.ts'
import { rowsOf } from './edit-fixture.ts'

const BLOCK = maskOfRows('..........', '.####.....', '.####.....', '.####.....')
const ON = { pictureId: 1, size: SIZE }
const stroke = (...line: number[]) => ({ kind: 'stroke', line, isErasing: false }) as const

async function open(masks = [BLOCK], answers: Answers = {}) {
  const application = new MaskApplication(masks, answers)
  const { value } = await inWindow(application, () => ({
    corrections: useCorrectionStore(),
    current: useCurrentImageStore(),
    options: useCorrectionOptions(),
    prompts: usePromptStore(),
    selection: useSelectionStore(),
    toasts: useToastsStore(),
    vocabulary: useVocabularyStore(),
  }))
  value.selection.open(1)
  await settled()
  value.options.brush = { shape: 'round', diameterPx: 1 }
  const done = async () => {
    await value.corrections.settled()
    await settled()
  }
  return { application, done, ...value }
}

describe('a gesture', () => {
  it('is one command, is shown until it is in the file, and what it made is selected', async () => {
    const { application, corrections, current, done } = await open()
    corrections.perform(stroke(7.5, 1.5, 9.5, 1.5), ON)
    expect(corrections.unsaved).toHaveLength(1)
    await done()
    expect(corrections.unsaved).toEqual([])
    expect(application.edits).toMatchObject([
      { imageId: 1, step: 'Paint', create: [{ classId: 1 }] },
    ])
    expect(current.selectedIds).toEqual([100])
  })

  it('that follows at once goes on from what the one before has made', async () => {
    const { application, corrections, done } = await open()
    corrections.perform(stroke(7.5, 1.5, 9.5, 1.5), ON)
    corrections.perform(stroke(7.5, 2.5, 9.5, 2.5), ON)
    corrections.perform(stroke(7.5, 3.5, 9.5, 3.5), ON)
    await done()
    expect(application.edits.map(({ create, update }) => [create?.length, update?.length])).toEqual(
      [
        [1, undefined],
        [undefined, 1],
        [undefined, 1],
      ],
    )
    const { mask } = application.edits[2].update![0]
    expect(rowsOf(mask).slice(1, 4)).toEqual(['.......###', '.......###', '.......###'])
  })

  it('does not take a selection back that a person has made meanwhile', async () => {
    const { corrections, current, done } = await open()
    corrections.perform(stroke(7.5, 1.5, 9.5, 1.5), ON)
    await Promise.resolve()
    await Promise.resolve()
    current.select([1])
    await done()
    expect(current.selectedIds).toEqual([1])
  })

  it('moves what was selected then, once after the other', async () => {
    const { application, corrections, current, done } = await open()
    current.select([1])
    corrections.perform({ kind: 'move', by: { x: 5, y: 0 } }, ON)
    corrections.perform({ kind: 'move', by: { x: 1, y: -1 } }, ON)
    expect(corrections.unsaved.map(({ shapes }) => shapes)).toMatchObject([
      [{ kind: 'moved', by: { x: 5, y: 0 } }],
      [{ kind: 'moved', by: { x: 1, y: -1 } }],
    ])
    current.select([])
    await done()
    expect(corrections.unsaved).toEqual([])
    expect(application.edits.map(({ step }) => step)).toEqual(['Move', 'Move'])
    const { mask } = application.edits[1].update![0]
    expect(rowsOf(mask).slice(0, 4)).toEqual([
      '.......###',
      '.......###',
      '.......###',
      '..........',
    ])
  })

  it('that fails is told; the drawing goes, and the next one works', async () => {
    const { application, corrections, toasts, done } = await open()
    const edit = application.answers['annotations.edit']
    application.answers['annotations.edit'] = () => {
      throw new Refusal('CONFLICT')
    }
    corrections.perform(stroke(7.5, 1.5), ON)
    await done()
    expect(toasts.shown.at(-1)?.tone).toBe('danger')
    expect(corrections.unsaved).toEqual([])
    application.answers['annotations.edit'] = edit
    corrections.perform(stroke(7.5, 1.5), ON)
    await done()
    expect(application.annotations).toHaveLength(2)
  })

  it('that means nothing says why', async () => {
    const { application, corrections, toasts, done } = await open()
    corrections.perform({ kind: 'cut', line: [8, 0, 8, 9] }, ON)
    await done()
    expect(application.edits).toEqual([])
    expect(toasts.shown.at(-1)?.message).toContain('There is no mask here')
  })

  it('on an image that has left belongs to that image', async () => {
    const { application, corrections, selection, toasts, done } = await open()
    selection.open(2)
    await settled()
    corrections.perform({ kind: 'dropped', ring: [1, 1, 8, 1, 8, 8] }, ON)
    await done()
    expect(application.edits).toEqual([])
    const [offer] = toasts.shown
    expect(offer.message).toBe('The polygon was not closed.')
    toasts.act(offer.id)
    await done()
    expect(application.edits).toMatchObject([{ imageId: 1, step: 'Draw polygon' }])
  })
})

describe('hidden annotations', () => {
  it('are not erased by what is drawn over them', async () => {
    const { application, corrections, current, done } = await open()
    current.hide([1], true)
    corrections.perform({ ...stroke(2.5, 2.5), isErasing: true }, ON)
    await done()
    expect(application.edits).toEqual([])
  })
})

describe('the class of new annotations', () => {
  it('is the first until another one was used or chosen', async () => {
    const { options } = await open()
    expect(options.activeClass?.name).toBe('bus')
    options.useClass(3)
    expect(options.activeClass?.name).toBe('dog')
    options.useClass(99)
    expect(options.activeClass?.name).toBe('bus')
  })
})

describe('a mask from a box', () => {
  const answer = (classId: number | null) => ({
    'masks.fromBox': () => ({
      mask: BLOCK,
      suggestions: [
        { classId: null, name: 'van', score: 0.9 },
        { classId, name: 'cat', score: 0.4 },
      ],
      score: 0.8,
    }),
  })
  const gesture = { kind: 'box-prompt', box: [-4, 1, 5, 4] } as const

  it('waits in its box, and gets the best class that the vocabulary has', async () => {
    const { application, prompts, done } = await open([], answer(2))
    prompts.perform(gesture, ON)
    expect(prompts.waiting).toEqual([{ imageId: 1, box: [0, 1, 5, 4] }])
    await settled()
    await done()
    expect(application.inputsOf('masks.fromBox')).toEqual([{ imageId: 1, box: [0, 1, 5, 3] }])
    expect(prompts.waiting).toEqual([])
    expect(application.edits).toMatchObject([
      { step: 'Box to mask', create: [{ classId: 2, mask: BLOCK }] },
    ])
  })

  it('gets the class in use when the vocabulary has none of them, and else is asked for', async () => {
    const { application, prompts, options, done } = await open([], answer(null))
    prompts.perform(gesture, ON)
    await settled()
    expect(application.edits).toEqual([])
    expect(prompts.unnamed?.mask).toEqual(BLOCK)
    prompts.name(3)
    await done()
    expect(application.edits).toMatchObject([{ create: [{ classId: 3 }] }])
    expect(prompts.unnamed).toBeNull()
    options.useClass(2)
    prompts.perform(gesture, ON)
    await settled()
    await done()
    expect(application.edits[1]).toMatchObject({ create: [{ classId: 2 }] })
  })

  it('that fails is told, and the box goes', async () => {
    const { prompts, toasts, done } = await open([], {
      'masks.fromBox': () => {
        throw new Refusal('CONFLICT')
      },
    })
    prompts.perform(gesture, ON)
    await settled()
    await done()
    expect(prompts.waiting).toEqual([])
    expect(toasts.shown.at(-1)?.tone).toBe('danger')
  })
})

describe('a mask from points', () => {
  const points = [{ x: 2, y: 2, isPositive: true }]
  it('is shown with every point and kept with Enter', async () => {
    const { application, prompts, done } = await open([], {
      'masks.fromPoints': () => ({ mask: BLOCK, suggestions: [], score: 0.8 }),
    })
    prompts.perform({ kind: 'point-prompt', points }, ON)
    await settled()
    expect(prompts.suggested?.mask).toEqual(BLOCK)
    expect(application.edits).toEqual([])
    prompts.perform({ kind: 'accept-points', points }, ON)
    await settled()
    await done()
    expect(prompts.suggested).toBeNull()
    expect(application.edits).toMatchObject([{ step: 'Points to mask', create: [{ classId: 1 }] }])
  })
})

describe('operations', () => {
  it('are done on the selected annotations as one step', async () => {
    const { application, corrections, current } = await open([BLOCK, maskOfRows('.......###')])
    current.select([2, 1])
    await corrections.doDeed('merge')
    expect(application.edits).toMatchObject([
      { step: 'Merge', update: [{ annotationId: 2 }], remove: [{ annotationId: 1 }] },
    ])
    expect(current.selectedIds).toEqual([2])
  })

  it('that split select all parts', async () => {
    const { corrections, current } = await open([maskOfRows('##...###..')])
    current.select([1])
    await corrections.doDeed('splitParts')
    await settled()
    expect(current.selectedIds).toEqual([1, 100])
  })
})

describe('snapping to edges', () => {
  const WIDER = maskOfRows('..........', '.#####....', '.#####....', '.#####....')

  it('asks for each selected mask, and is one step', async () => {
    const other = maskOfRows('.......###')
    const { application, corrections, current } = await open([BLOCK, other], {
      'masks.snap': ({ mask }: { readonly mask: EncodedMask }) => ({
        mask: mask.counts === BLOCK.counts ? WIDER : mask,
      }),
    })
    current.select([1, 2])
    await corrections.doDeed('snap')
    expect(application.inputsOf('masks.snap')).toEqual([
      { imageId: 1, mask: BLOCK },
      { imageId: 1, mask: other },
    ])
    expect(application.edits).toMatchObject([
      { step: 'Snap to edge', update: [{ annotationId: 1, mask: WIDER }] },
    ])
    expect(corrections.unsaved).toEqual([])
  })

  it('says so when there is no edge to snap to', async () => {
    const { application, corrections, current, toasts } = await open([BLOCK], {
      'masks.snap': ({ mask }: { readonly mask: EncodedMask }) => ({ mask }),
    })
    current.select([1])
    await corrections.doDeed('snap')
    expect(application.edits).toEqual([])
    expect(toasts.shown.at(-1)?.message).toContain('no clearer edge')
  })

  it('that fails is told, and the outline goes', async () => {
    const { corrections, current, toasts } = await open([BLOCK], {
      'masks.snap': () => {
        throw new Refusal('CONFLICT')
      },
    })
    current.select([1])
    await corrections.doDeed('snap')
    expect(toasts.shown.at(-1)?.tone).toBe('danger')
    expect(corrections.unsaved).toEqual([])
  })

  it('shows what waits for the answer', async () => {
    const { corrections, current, done } = await open([BLOCK], {
      'masks.snap': () => ({ mask: WIDER }),
    })
    current.select([1])
    const snapping = corrections.doDeed('snap')
    expect(corrections.unsaved).toMatchObject([{ shapes: [{ kind: 'rings' }] }])
    await snapping
    await done()
    expect(corrections.unsaved).toEqual([])
  })
})
