import { describe, expect, it, vi } from 'vitest'
import { commands } from '#shared/contract/commands.ts'
import type { Vocabulary } from '#shared/contract/records.ts'
import { useToastsStore } from '../../../../src/renderer/src/stores/toasts.ts'
import { useVocabularyStore } from '../../../../src/renderer/src/stores/vocabulary.ts'
import {
  annotationRecord,
  classRecord,
  FakeApplication,
  inWindow,
  Refusal,
  settled,
  vocabularyOf,
} from '../labelling/application-fixture.ts'

const use = () => ({ vocabulary: useVocabularyStore(), toasts: useToastsStore() })

/** Keeps a vocabulary as the real one does: an old revision is a conflict. */
function keeping(stored: Vocabulary) {
  const application = new FakeApplication({
    'vocabulary.get': () => stored,
    'project.info': () => ({ revision: 1, annotationsByClass: [{ classId: 1, count: 3 }] }),
    'project.snapshot': () => ({
      revision: 1,
      project: { path: '/p.lexmask', annotationsByClass: [{ classId: 1, count: 3 }] },
      vocabulary: stored,
    }),
    'vocabulary.replace': (input: unknown) => {
      const { revision, classes } = commands['vocabulary.replace'].input.parse(input)
      if (revision !== stored.revision) throw new Refusal('CONFLICT')
      stored = {
        ...stored,
        revision: revision + 1,
        classes: classes.map((one, i) => ({
          ...classRecord(i + 1, one.name),
          ...one,
          id: i + 1,
          colour: one.colour ?? '#40a0e0',
        })),
      }
      return stored
    },
    'rescore.all': () => ({ isSuperseded: false }),
  })
  const elsewhere = (next: Vocabulary) => (stored = next)
  return { application, elsewhere, now: () => stored }
}

const restOfRescoring = () => pause(200)
const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms))

describe('editing the vocabulary', () => {
  it('scores again after an edit, the image on show first', async () => {
    const { application } = keeping(vocabularyOf(1, 'bus'))
    const { value } = await inWindow(application, use)
    await value.vocabulary.edit({ kind: 'add', classes: [{ name: 'cat' }] })
    await expect
      .poll(() => application.inputsOf('rescore.all'))
      .toEqual([{ vocabularyRevision: 2, firstImageIds: [] }])
    expect(value.vocabulary.classes.map(({ name }) => name)).toEqual(['bus', 'cat'])
    await expect.poll(() => value.vocabulary.isRescoring).toBe(false)
  })

  it('makes an edit once more on a vocabulary that another window changed', async () => {
    const { application, elsewhere, now } = keeping(vocabularyOf(1, 'bus'))
    const { value } = await inWindow(application, use)
    elsewhere(vocabularyOf(5, 'bus', 'dog'))
    const isMade = await value.vocabulary.edit({ kind: 'add', classes: [{ name: 'cat' }] })
    expect(isMade).toBe(true)
    expect(now().classes.map(({ name }) => name)).toEqual(['bus', 'dog', 'cat'])
    expect(value.toasts.shown).toEqual([])
  })

  it('makes edits one behind another, each on what the one before made', async () => {
    const { application, now } = keeping(vocabularyOf(1, 'bus'))
    const { value } = await inWindow(application, use)
    const names = ['a', 'b', 'c']
    await Promise.all(
      names.map((name) => value.vocabulary.edit({ kind: 'add', classes: [{ name }] })),
    )
    expect(now().classes.map(({ name }) => name)).toEqual(['bus', 'a', 'b', 'c'])
    await expect.poll(() => application.inputsOf('rescore.all').length).toBeGreaterThan(0)
    await restOfRescoring()
    expect(application.inputsOf('rescore.all')).toHaveLength(1)
  })

  it('scores at once for an edit that comes alone, and together for those that follow', async () => {
    const { application } = keeping(vocabularyOf(1, 'bus'))
    const { value } = await inWindow(application, use)
    const add = (name: string) => value.vocabulary.edit({ kind: 'add', classes: [{ name }] })
    const scoredRevisions = () =>
      application.inputsOf('rescore.all').map((input) => {
        return (input as { vocabularyRevision: number }).vocabularyRevision
      })
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'performance'] })
    try {
      await add('a')
      await vi.advanceTimersByTimeAsync(0)
      expect(scoredRevisions()).toEqual([2])
      await add('b')
      await add('c')
      await vi.advanceTimersByTimeAsync(0)
      expect(scoredRevisions()).toEqual([2])
      await vi.advanceTimersByTimeAsync(500)
      expect(scoredRevisions()).toEqual([2, 4])
    } finally {
      vi.useRealTimers()
    }
  })

  it('does not score again for a colour', async () => {
    const { application } = keeping(vocabularyOf(1, 'bus'))
    const { value } = await inWindow(application, use)
    await value.vocabulary.edit({ kind: 'change', classId: 1, changes: { colour: '#aabbcc' } })
    await restOfRescoring()
    expect(application.inputsOf('rescore.all')).toEqual([])
  })

  it('says what went wrong and keeps the words as they are', async () => {
    const { application } = keeping(vocabularyOf(1, 'bus'))
    application.answers['vocabulary.replace'] = () => {
      throw new Refusal('DISK_FULL', 'The disk is full.')
    }
    const { value } = await inWindow(application, use)
    expect(await value.vocabulary.edit({ kind: 'remove', classId: 1 })).toBe(false)
    expect(value.vocabulary.classes).toHaveLength(1)
    expect(value.toasts.shown[0].message).toContain('The disk is full.')
  })
})

describe('a threshold under the hand', () => {
  it('asks nothing while it moves, and is kept until the scores follow', async () => {
    const { application } = keeping(vocabularyOf(1, 'bus'))
    const { value } = await inWindow(application, use)
    const before = application.asked.length
    for (const threshold of [0.3, 0.4, 0.5]) value.vocabulary.moveThreshold(1, threshold)
    await settled()
    expect(application.asked).toHaveLength(before)
    expect(value.vocabulary.liveThresholds.get(1)).toBe(0.5)

    await value.vocabulary.setThreshold(1, 0.5)
    expect(value.vocabulary.liveThresholds.get(1)).toBe(0.5)
    await expect.poll(() => value.vocabulary.liveThresholds.size).toBe(0)
    expect(value.vocabulary.classes[0].threshold).toBe(0.5)
  })
})

describe('what is shown of the classes', () => {
  it('counts the project by the changes that it is told', async () => {
    const { application } = keeping(vocabularyOf(1, 'bus'))
    const { value } = await inWindow(application, use)
    expect(value.vocabulary.counts.get(1)).toBe(3)
    application.change({ added: { 'annotation:4': annotationRecord(4) } })
    expect(value.vocabulary.counts.get(1)).toBe(4)
  })

  it('shows one class alone, and then all but the hidden ones', async () => {
    const { application } = keeping(vocabularyOf(1, 'bus', 'cat', 'dog'))
    const { value } = await inWindow(application, use)
    const { vocabulary } = value
    vocabulary.setVisible(3, false)
    const shown = () => [1, 2, 3].filter(vocabulary.isClassVisible)
    expect(shown()).toEqual([1, 2])
    vocabulary.toggleSolo(3)
    expect(shown()).toEqual([3])
    vocabulary.toggleSolo(3)
    expect(shown()).toEqual([1, 2])
  })
})
