import { createPinia, setActivePinia } from 'pinia'
import type { Pinia } from 'pinia'
import { createApp } from 'vue'
import type { App } from 'vue'
import type { Client } from '#shared/contract/client.ts'
import { createClient } from '#shared/contract/client.ts'
import type {
  CommandInput,
  CommandName,
  CommandOutput,
  ImageSummary,
  ProjectInfo,
  WorkspaceState,
} from '#shared/contract/commands.ts'
import type { Reply } from '#shared/contract/dispatch.ts'
import { failureOfError } from '#shared/contract/errors.ts'
import type { ImageRecord } from '#shared/contract/records.ts'
import type { AppEvent } from '#shared/contract/events.ts'
import { createEventHub } from '#shared/contract/event-hub.ts'
import { DEFAULT_SETTINGS } from '#shared/contract/settings.ts'
import { createWindowI18n } from '#renderer/i18n/create-i18n.ts'
import type { WindowI18n } from '#renderer/i18n/window-i18n.ts'
import { i18nKey } from '#renderer/i18n/translation.ts'
import { clientKey } from '#renderer/transport/use-client.ts'

/** What the application answers; a command that is left out fails the test that asks it. */
export type Answers = {
  readonly [Name in CommandName]?: (
    input: CommandInput<Name>,
  ) => CommandOutput<Name> | Promise<CommandOutput<Name>>
}

export interface TestWindow {
  readonly app: App
  readonly pinia: Pinia
  readonly i18n: WindowI18n
  readonly client: Client
  /** What was asked, in order. */
  readonly asked: { readonly name: string; readonly input: unknown }[]
  readonly asksOf: (name: CommandName) => unknown[]
  readonly tell: (event: AppEvent) => void
  /** For `mount` of @vue/test-utils. */
  readonly global: { readonly plugins: unknown[]; readonly provide: Record<symbol, unknown> }
}

function failTest(error: unknown): never {
  throw error
}

/** Stores and components over an application that answers as the test says. */
export function openTestWindow(answers: Answers = {}): TestWindow {
  const hub = createEventHub<{ event: AppEvent }>(failTest)
  const asked: { name: string; input: unknown }[] = []
  const client = createClient(
    {
      async request(name, input): Promise<Reply> {
        asked.push({ name, input })
        const answer = answers[name as CommandName] as ((input: unknown) => unknown) | undefined
        if (answer === undefined) throw new Error(`Nobody answers ${name}`)
        try {
          return { ok: true, data: await answer(input) }
        } catch (error) {
          return { ok: false, error: failureOfError(error) }
        }
      },
      subscribe: (listener) => hub.subscribe('event', listener),
    },
    { shownImageIds: () => [], report: failTest },
  )
  const pinia = createPinia()
  const i18n = createWindowI18n()
  const app = createApp({}).use(pinia).use(i18n).provide(clientKey, client).provide(i18nKey, i18n)
  setActivePinia(pinia)
  return {
    app,
    pinia,
    i18n,
    client,
    asked,
    asksOf: (name) => asked.filter((ask) => ask.name === name).map(({ input }) => input),
    tell: (event) => hub.emit('event', event),
    global: {
      plugins: [pinia, i18n],
      provide: { [clientKey as symbol]: client, [i18nKey as symbol]: i18n },
    },
  }
}

export const testProject: ProjectInfo = {
  path: '/photos/site.lexmask',
  name: 'site',
  isReadOnly: false,
  damage: [],
  revision: 0,
  vocabularyRevision: 0,
  imagesByStatus: { new: 0, labelled: 0, reviewed: 0, failed: 0 },
  annotationsByClass: [],
}

export const testWorkspace: WorkspaceState = {
  project: testProject,
  recent: [],
  settings: DEFAULT_SETTINGS,
  shell: { kind: 'server', version: '1.0.0', platform: 'linux', locale: 'en', hasDialogs: false },
}

export function testImageRecord(id: number): ImageRecord {
  return {
    id,
    path: `photos/${id}.jpg`,
    name: `${id}.jpg`,
    bytes: 1000,
    modifiedMs: 1,
    sha256: null,
    width: 640,
    height: 480,
    status: 'new',
    error: null,
  }
}

export function testImage(id: number): ImageSummary {
  return { ...testImageRecord(id), annotations: 0, proposed: 0 }
}
