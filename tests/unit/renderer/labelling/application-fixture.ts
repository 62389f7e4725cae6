import { mount, type VueWrapper } from '@vue/test-utils'
import { createPinia } from 'pinia'
import { TooltipProvider } from 'reka-ui'
import { h, type Component } from 'vue'
import { createClient, type Transport } from '#shared/contract/client.ts'
import type { OpenedImage } from '#shared/contract/commands.ts'
import type { Failure } from '#shared/contract/errors.ts'
import type { AppEvent, AppEvents } from '#shared/contract/events.ts'
import type {
  AnnotationRecord,
  ClassRecord,
  ImageRecord,
  MaskRecord,
  Vocabulary,
} from '#shared/contract/records.ts'
import { DEFAULT_SETTINGS } from '#shared/contract/settings.ts'
import { createWindowI18n } from '../../../../src/renderer/src/i18n/create-i18n.ts'
import { i18nKey } from '../../../../src/renderer/src/i18n/translation.ts'
import { useWorkspaceStore } from '../../../../src/renderer/src/stores/workspace.ts'
import { clientKey } from '../../../../src/renderer/src/transport/use-client.ts'

export type Answers = Record<string, (input: never) => unknown>

/** Thrown by an answer: the request fails with it. */
export class Refusal extends Error {
  readonly failure: Failure
  constructor(code: Failure['code'], message = code as string) {
    super(message)
    this.failure = { code, message, details: {} }
  }
}

/** An application in memory: it answers what a test gives it, and remembers what it was asked. */
export class FakeApplication {
  readonly asked: { readonly name: string; readonly input: unknown }[] = []
  readonly answers: Answers
  revision = 1
  #listeners = new Set<(event: AppEvent) => void>()

  constructor(answers: Answers = {}) {
    const readVocabulary = (): unknown => this.answers['vocabulary.get'](undefined as never)
    this.answers = { ...usualAnswers(readVocabulary), ...answers }
  }

  readonly transport: Transport = {
    request: async (name, input) => {
      this.asked.push({ name, input })
      const answer = this.answers[name] as ((input: unknown) => unknown) | undefined
      if (answer === undefined)
        return refuse({ code: 'UNKNOWN_COMMAND', message: name, details: {} })
      try {
        return { ok: true as const, data: await answer(input) }
      } catch (error) {
        if (error instanceof Refusal) return refuse(error.failure)
        throw error
      }
    },
    subscribe: (listener) => {
      this.#listeners.add(listener)
      return () => void this.#listeners.delete(listener)
    },
  }

  emit<Name extends keyof AppEvents>(name: Name, data: AppEvents[Name]): void {
    for (const listener of this.#listeners) listener({ name, data } as AppEvent)
  }

  /** A change of the records, with the next revision. */
  change(diff: Partial<AppEvents['records.changed']['diff']>): void {
    this.revision++
    const whole = { added: {}, updated: {}, removed: {}, ...diff }
    this.emit('records.changed', { revision: this.revision, changeId: this.revision, diff: whole })
  }

  inputsOf(name: string): unknown[] {
    return this.asked.filter((one) => one.name === name).map(({ input }) => input)
  }
}

const refuse = (error: Failure) => ({ ok: false as const, error })

const project = {
  path: '/p.lexmask',
  name: 'p',
  isReadOnly: false,
  damage: [],
  revision: 1,
  vocabularyRevision: 1,
  imagesByStatus: { new: 2, labelled: 1, reviewed: 0, failed: 0 },
  annotationsByClass: [],
}

function usualAnswers(readVocabulary: () => unknown): Answers {
  const shell = { kind: 'server', version: '0', platform: 'linux', locale: 'en', hasDialogs: false }
  return {
    'workspace.get': () => ({ project, recent: [], settings: DEFAULT_SETTINGS, shell }),
    'project.info': () => project,
    'project.snapshot': () => ({
      revision: 1,
      project,
      // The store takes the first of one revision, so that both have to say the same.
      vocabulary: readVocabulary(),
      images: [],
      annotations: [],
    }),
    'images.ids': () => ({ imageIds: [] }),
    'images.get': () => [],
    'vocabulary.get': () => ({ revision: 1, classes: [], negatives: [] }),
    'vocabulary.histograms': () => [],
    'history.get': () => ({ undo: null, redo: null }),
    'jobs.list': () => [],
    'inference.get': () => ({
      state: 'stopped',
      provider: null,
      pack: null,
      error: null,
    }),
  }
}

/** What `use` answers in the setup of a component of the window, once the project is open. */
export async function inWindow<Value>(
  application: FakeApplication,
  use: () => Value,
  child?: Component,
): Promise<{ readonly value: Value; readonly wrapper: VueWrapper }> {
  const client = createClient(application.transport, {
    shownImageIds: () => [],
    report: (error) => {
      throw error
    },
  })
  const i18n = createWindowI18n()
  let value: Value | undefined
  const Content: Component = {
    setup() {
      value = use()
      return () => (child === undefined ? null : h(child))
    },
  }
  const wrapper = mount(
    {
      setup() {
        const workspace = useWorkspaceStore()
        void workspace.load()
        return () =>
          workspace.project === null ? null : h(TooltipProvider, null, () => h(Content))
      },
    },
    {
      global: {
        plugins: [createPinia(), i18n],
        provide: { [clientKey as symbol]: client, [i18nKey as symbol]: i18n },
      },
      attachTo: document.body,
    },
  )
  await settled()
  return { value: value as Value, wrapper }
}

/** Every promise of an application in memory has come by then. */
export async function settled(): Promise<void> {
  for (let i = 0; i < 20; i++) await Promise.resolve()
  await new Promise((resolve) => setTimeout(resolve))
}

export const classRecord = (id: number, name: string): ClassRecord => ({
  id,
  name,
  synonyms: [],
  prompts: [],
  negatives: [],
  threshold: null,
  colour: '#40a0e0',
  position: id - 1,
})

export const vocabularyOf = (revision: number, ...names: string[]): Vocabulary => ({
  revision,
  classes: names.map((name, i) => classRecord(i + 1, name)),
  negatives: [],
})

export const imageRecord = (id: number): ImageRecord => ({
  id,
  path: `${id}.jpg`,
  name: `${id}.jpg`,
  bytes: 1,
  modifiedMs: 1,
  sha256: null,
  width: 10,
  height: 10,
  status: 'labelled',
  error: null,
})

export const annotationRecord = (
  id: number,
  changes: Partial<AnnotationRecord> = {},
): AnnotationRecord => ({
  id,
  imageId: 1,
  classId: 1,
  maskHash: 'a',
  bbox: [0, 0, 4, 4],
  area: 16,
  isCrowd: false,
  isOccluded: false,
  isTruncated: false,
  attributes: {},
  position: id,
  score: 0.5,
  state: 'proposed',
  origin: 'run',
  candidateId: id,
  provenance: null,
  ...changes,
})

export const maskRecord = (hash: string): MaskRecord => ({
  hash,
  height: 10,
  width: 10,
  counts: 'x',
  bbox: [0, 0, 4, 4],
  area: 16,
})

export const openedImage = (
  id: number,
  annotations: readonly AnnotationRecord[],
  revision = 1,
): OpenedImage => ({
  image: imageRecord(id),
  annotations,
  masks: [...new Set(annotations.map(({ maskHash }) => maskHash))].map(maskRecord),
  history: { undo: null, redo: null },
  revision,
})
