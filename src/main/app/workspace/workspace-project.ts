import { existsSync } from 'node:fs'
import { setTimeout as sleep } from 'node:timers/promises'
import {
  commandsOfProject,
  type ProjectCommandName,
  type ProjectInfo,
} from '#shared/contract/commands.ts'
import type { ProjectHandlers } from '#shared/contract/dispatch.ts'
import { LexmaskError } from '#shared/contract/errors.ts'
import type { EventHub } from '#shared/contract/event-hub.ts'
import type { AppEventName, AppEvents } from '#shared/contract/events.ts'
import type { Size } from '#shared/geometry/size.ts'
import { createApp, type App, type AppOptions } from '../create-app.ts'
import { fileOfImage } from '../images/add-images.ts'
import { noteImageSize } from '../images/note-image-size.ts'

/** A project's own; those of the workspace and of its shell come from there. */
const FORWARDED = [
  'records.changed',
  'job.progress',
  'inference.state',
  'duplicates.progress',
  'adding.progress',
] as const satisfies readonly AppEventName[]

/** For requests in work when a project is closed, such as one that reads every file. */
const REQUESTS_LIMIT_MS = 10_000

/** A project that is open in a workspace: its requests are counted, so that it can be closed between them. */
export class WorkspaceProject {
  readonly #app: App
  readonly #events: EventHub<AppEvents>
  readonly #report: (error: unknown) => void
  readonly #requests = new Set<Promise<unknown>>()
  #isClosing = false
  #hasOldModels = false

  /** @throws LexmaskError as `openProject` */
  constructor(options: AppOptions, events: EventHub<AppEvents>) {
    this.#app = createApp(options)
    this.#events = events
    this.#report = options.report
    for (const name of FORWARDED) this.#forward(name)
  }

  get path(): string {
    return this.#app.project.path
  }

  get isReadOnly(): boolean {
    return this.#app.project.isReadOnly
  }

  /** null once it is being closed. */
  async info(): Promise<ProjectInfo | null> {
    return this.#isClosing ? null : this.#app.handlers['project.info']({})
  }

  /** @throws LexmaskError NO_PROJECT once it is being closed; whatever the command throws */
  async handle<Name extends ProjectCommandName>(
    name: Name,
    input: Parameters<ProjectHandlers[Name]>[0],
  ): Promise<Awaited<ReturnType<ProjectHandlers[Name]>>> {
    this.#requireOpen()
    // The table pairs name and input; TypeScript cannot see it through a type parameter.
    const handler = this.#app.handlers[name] as (input: unknown) => unknown
    const answer = Promise.resolve().then(() => handler(input))
    const settled = answer
      .catch(() => undefined)
      .finally(() => {
        this.#requests.delete(settled)
        this.#dropOldModels()
      })
    this.#requests.add(settled)
    return (await answer) as Awaited<ReturnType<ProjectHandlers[Name]>>
  }

  /** @throws LexmaskError NOT_FOUND; NO_PROJECT while it is being closed */
  fileOfImage(imageId: number): string {
    this.#requireOpen()
    const image = this.#app.project.images.get(imageId)
    if (image) return fileOfImage(this.path, image.path)
    throw new LexmaskError('NOT_FOUND', 'This image is not in the project any more.', { imageId })
  }

  /**
   * Files of some photos of the project.
   *
   * @throws LexmaskError NO_IMAGES when none is there
   */
  samplePhotos(atMost: number): string[] {
    const { images } = this.#app.project
    const files = images
      .listIds({}, 'added')
      .slice(0, 10 * atMost)
      .map((id) => this.fileOfImage(id))
      .filter((file) => existsSync(file))
    if (files.length > 0) return files.slice(0, atMost)
    throw new LexmaskError(
      'NO_IMAGES',
      'There is no photo to measure with. Add photos to the project first.',
    )
  }

  isSizeKnown(imageId: number): boolean {
    this.#requireOpen()
    return this.#app.project.images.get(imageId)?.width !== null
  }

  /** @throws LexmaskError as a transaction */
  noteSize(imageId: number, size: Size): void {
    if (!this.#isClosing) this.#app.tell(noteImageSize(this.#app.project, imageId, size))
  }

  /** Whether images are in the model, or about to be. */
  get isWorking(): boolean {
    return this.#app.project.jobs.list().some(({ items }) => items.running > 0)
  }

  /** Packs are looked for anew when they are needed next. */
  forgetPacks(): void {
    this.#app.forgetPacks()
  }

  /** The next run loads the models anew: by then other settings or folders hold. */
  replaceModels(): void {
    this.forgetPacks()
    this.#hasOldModels = true
    this.#dropOldModels()
  }

  /** Lets requests and images in work end, and closes the file. Never throws. */
  async close(): Promise<void> {
    this.#isClosing = true
    const limit = new AbortController()
    await Promise.race([
      Promise.allSettled(this.#requests),
      sleep(REQUESTS_LIMIT_MS, undefined, { signal: limit.signal }).catch(() => undefined),
    ])
    limit.abort()
    try {
      await this.#app.close()
    } catch (error) {
      // The queue could not be written any more; the file has to be let go all the same.
      this.#report(error)
      await this.#app.inference.stop()
      this.#app.project.close()
    }
  }

  #requireOpen(): void {
    if (!this.#isClosing) return
    throw new LexmaskError('NO_PROJECT', 'The project is being closed. Open it again.')
  }

  #forward<Name extends (typeof FORWARDED)[number]>(name: Name): void {
    this.#app.events.subscribe(name, (data) => {
      this.#events.emit(name, data)
      if (name === 'job.progress') this.#dropOldModels()
    })
  }

  /** Not under an image or a request in work: that would fail. */
  #dropOldModels(): void {
    if (!this.#hasOldModels || this.#isClosing || this.#requests.size > 0 || this.isWorking) return
    this.#hasOldModels = false
    void this.#app.inference.stop()
  }
}

export const projectCommandNames = Object.keys(commandsOfProject) as ProjectCommandName[]
