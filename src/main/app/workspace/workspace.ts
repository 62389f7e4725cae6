import { existsSync, realpathSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, extname, join, resolve } from 'node:path'
import type {
  CommandInput,
  ShellFacts,
  WorkspaceCommandName,
  WorkspaceState,
} from '#shared/contract/commands.ts'
import type { Handlers, ProjectHandlers } from '#shared/contract/dispatch.ts'
import { LexmaskError } from '#shared/contract/errors.ts'
import { createEventHub, type EventHub } from '#shared/contract/event-hub.ts'
import type { AppEvents } from '#shared/contract/events.ts'
import type { MachineReport } from '#shared/contract/machine.ts'
import type { MeasureProgress } from '#shared/contract/measurement.ts'
import type { Settings, SettingsChange } from '#shared/contract/settings.ts'
import type { LaunchWorker } from '#main/inference/worker-process.ts'
import { findPacks, type FoundPacks } from '#main/packs/find-packs.ts'
import { accountName } from './account-name.ts'
import { createAssets, type AnswerAsset, type PictureSource } from '../pictures/assets.ts'
import type { AppOptions } from '../create-app.ts'
import { chooseDetector, missingDetector } from '../packs/choose-pack.ts'
import { listFolder } from '../images/folder-listing.ts'
import type { InferenceOptions } from '../models/inference-service.ts'
import { examineMachine } from '../doctor/examine-machine.ts'
import { findMeasured, withMeasurement } from '../machine/measured.ts'
import { Measuring } from '../doctor/measuring.ts'
import { PackInstallations } from '../packs/pack-installations.ts'
import { PackInstaller, type PackInstallerOptions } from '../packs/pack-installer.ts'
import { RecentProjects } from './recent-projects.ts'
import { SettingsFile } from './settings-file.ts'
import { summarisePacks } from '../packs/workspace-packs.ts'
import { projectCommandNames, WorkspaceProject } from './workspace-project.ts'

/** Of the open project; one may show nothing that the model knows. */
const PHOTOS_MEASURED = 3

/** Asks a person for files with the system's dialog; none when the person cancels. */
export type PickFiles = (question: CommandInput<'files.pick'>) => Promise<readonly string[]>

export interface WorkspaceOptions {
  readonly shell: Omit<ShellFacts, 'hasDialogs'>
  /** Of the person: settings and recent projects. */
  readonly configFolder: string
  /** Where packs are looked for, with the folder that the settings name. */
  readonly packRoots: (packFolder: string | null) => AppOptions['packRoots']
  /** Where packs are installed, and the list of those that can be. */
  readonly packInstall: Pick<PackInstallerOptions, 'root' | 'manifestFile' | 'environment'>
  /** The product's own, with the lexicon. */
  readonly resourcesFolder: string
  readonly launch: LaunchWorker
  readonly maxPixels: number
  readonly pictures: PictureSource
  /** null in a shell without dialogs. */
  readonly pickFiles: PickFiles | null
  /** Gets what no user can act on, for the log. */
  readonly report: (error: unknown) => void
}

/** The application of a window: settings, recent projects, and at most one open project. */
export interface Workspace {
  readonly handlers: Handlers
  /** For the whole life of the workspace, whichever project is open. */
  readonly events: EventHub<AppEvents>
  readonly answerAsset: AnswerAsset
  readonly settings: Settings
  /** Of the open project; null without one. */
  readonly projectPath: string | null
  /** Whether closing has to wait for images in work. */
  readonly isWorking: boolean
  /** Lets the images in work end, then closes the project and all processes. */
  close(): Promise<void>
}

/** Reads the settings first; what is wrong with them never stops the start. */
export async function createWorkspace(options: WorkspaceOptions): Promise<Workspace> {
  const workspace = new OpenWorkspace(options)
  await workspace.start()
  return workspace
}

class OpenWorkspace implements Workspace {
  readonly handlers: Handlers
  readonly events: EventHub<AppEvents>
  readonly answerAsset: AnswerAsset
  readonly #options: WorkspaceOptions
  readonly #settingsFile: SettingsFile
  readonly #recent: RecentProjects
  readonly #installer: PackInstaller
  readonly #installations: PackInstallations
  readonly #measuring: Measuring
  #project: WorkspaceProject | null = null
  #packs: Promise<FoundPacks> | null = null
  /** Opening and closing go one after another. */
  #lastTurn: Promise<unknown> = Promise.resolve()

  constructor(options: WorkspaceOptions) {
    const { configFolder, report } = options
    this.#options = options
    this.events = createEventHub<AppEvents>(report)
    this.#settingsFile = new SettingsFile(join(configFolder, 'settings.json'), report)
    this.#recent = new RecentProjects(join(configFolder, 'recent'), report)
    this.#installer = new PackInstaller({
      ...options.packInstall,
      searched: () => options.packRoots(this.settings.packFolder),
      settings: () => this.settings,
    })
    this.#installations = new PackInstallations(this.#installer, (progress) => {
      if (progress.state === 'done') this.#forgetPacks()
      this.events.emit('pack.progress', progress)
    })
    this.#measuring = new Measuring(
      (progress) => this.events.emit('measure.progress', progress),
      async (measured) => {
        const measurements = withMeasurement(this.settings.measurements, measured)
        await this.#changeSettings({ measurements })
      },
    )
    this.answerAsset = createAssets(
      options.pictures,
      {
        fileOf: (id) => this.#opened().fileOfImage(id),
        isSizeKnown: (id) => this.#opened().isSizeKnown(id),
        noteSize: (id, size) => this.#opened().noteSize(id, size),
      },
      report,
    )
    this.handlers = { ...this.#projectHandlers(), ...this.#workspaceHandlers() }
  }

  get settings(): Settings {
    return this.#settingsFile.settings
  }

  get projectPath(): string | null {
    return this.#project?.path ?? null
  }

  get isWorking(): boolean {
    return this.#project?.isWorking ?? false
  }

  async start(): Promise<void> {
    await this.#settingsFile.read()
  }

  async close(): Promise<void> {
    await this.#installations.close()
    await this.#measuring.cancel()
    await this.#inTurn(() => this.#closeProject())
    await this.#options.pictures.stop()
  }

  async #examineMachine(): Promise<MachineReport> {
    const { packRoots, packInstall, configFolder, shell } = this.#options
    const project = this.projectPath
    return examineMachine({
      lexmask: shell.version,
      packRoots: packRoots(this.settings.packFolder),
      inference: this.#inferenceOptions(),
      folders: [
        ...(project === null ? [] : [{ use: 'project', folder: dirname(project) } as const]),
        { use: 'packs', folder: packInstall.root },
        { use: 'settings', folder: configFolder },
        { use: 'temporary', folder: tmpdir() },
      ],
      measurements: this.settings.measurements,
    })
  }

  async #measure(): Promise<MeasureProgress> {
    const { launch, maxPixels } = this.#options
    if (this.isWorking) {
      throw new LexmaskError(
        'CONFLICT',
        'Images are being labelled, which would spoil the times. Pause the run first, or wait for its end.',
      )
    }
    const images = this.#opened().samplePhotos(PHOTOS_MEASURED)
    const found = await this.#findPacks()
    const pack = chooseDetector(found, 'detector', this.settings.pack)
    if (!pack) throw missingDetector(found, 'detector', this.settings.pack)
    return this.#measuring.begin({
      launch,
      pack,
      images,
      threads: this.settings.threads,
      maxPixels,
    })
  }

  #projectHandlers(): ProjectHandlers {
    const entries = projectCommandNames.map((name) => [
      name,
      (input: never) => this.#opened().handle(name, input),
    ])
    return Object.fromEntries(entries) as ProjectHandlers
  }

  #workspaceHandlers(): Pick<Handlers, WorkspaceCommandName> {
    return {
      // In turn: a window that asks while a project is being opened is to see that one.
      'workspace.get': () => this.#inTurn(() => this.#state()),
      'workspace.create': ({ path }) => this.#inTurn(() => this.#create(path)),
      'workspace.open': ({ path, readOnly }) => this.#inTurn(() => this.#open(path, { readOnly })),
      'workspace.close': () =>
        this.#inTurn(async () => {
          await this.#closeProject()
          return this.#tellChange()
        }),
      'workspace.forget': async ({ path }) => {
        await this.#recent.forget(path)
        return this.#tellChange()
      },
      'settings.change': (change) => this.#changeSettings(change),
      'packs.list': async ({ isFresh }) => {
        if (isFresh) {
          this.#packs = null
          this.#project?.forgetPacks()
        }
        return summarisePacks(await this.#findPacks(), this.#installer.root)
      },
      'packs.available': () =>
        this.#installer.offers((name) => this.#installations.progressOf(name)),
      'packs.install': ({ name }) => this.#installations.begin(name),
      'packs.cancelInstall': async ({ name }) => {
        return { isCancelled: await this.#installations.cancel(name) }
      },
      'packs.add': async ({ folder }) => {
        const packs = await this.#installer.add(folder)
        this.#forgetPacks()
        return { packs }
      },
      'packs.verify': ({ name }) => this.#installer.verify(name),
      'packs.remove': async ({ name }) => {
        const folder = await this.#installer.remove(name)
        this.#forgetPacks()
        return { folder }
      },
      'machine.examine': () => this.#examineMachine(),
      'machine.measure': () => this.#measure(),
      'machine.cancelMeasure': async () => ({ isCancelled: await this.#measuring.cancel() }),
      'files.list': async ({ folder }) => {
        const recent = await this.#recent.list()
        return listFolder(
          folder,
          recent.map(({ path }) => dirname(path)),
        )
      },
      'files.pick': async (question) => {
        const { pickFiles } = this.#options
        if (pickFiles) return { paths: await pickFiles(question) }
        throw new LexmaskError(
          'FORBIDDEN',
          'A browser cannot show the dialogs of the system. Choose the file in the list of Lexmask.',
        )
      },
    }
  }

  #opened(): WorkspaceProject {
    if (this.#project) return this.#project
    throw new LexmaskError('NO_PROJECT', 'No project is open. Open or create one first.')
  }

  async #state(): Promise<WorkspaceState> {
    const { shell, pickFiles } = this.#options
    return {
      project: (await this.#project?.info()) ?? null,
      recent: await this.#recent.list(),
      settings: this.settings,
      shell: { ...shell, hasDialogs: pickFiles !== null },
    }
  }

  async #tellChange(): Promise<WorkspaceState> {
    const state = await this.#state()
    this.events.emit('workspace.changed', state)
    return state
  }

  async #create(path: string): Promise<WorkspaceState> {
    const file = resolve(extname(path).toLowerCase() === '.lexmask' ? path : `${path}.lexmask`)
    if (existsSync(file)) {
      throw new LexmaskError(
        'FORBIDDEN',
        `“${file}” exists already. Open it, or choose another name.`,
        { path: file },
      )
    }
    return this.#open(file, { create: true })
  }

  /** The present project stays open until the other one is. */
  async #open(
    path: string,
    open: { readonly create?: boolean; readonly readOnly?: boolean },
  ): Promise<WorkspaceState> {
    const file = resolve(path)
    if (this.#project && isSameFile(this.#project.path, file)) {
      if (this.#project.isReadOnly === (open.readOnly ?? false)) return this.#state()
      // Its own lock stands in the way.
      await this.#closeProject()
    }
    const opened = this.#openProject(file, open)
    await this.#closeProject()
    this.#project = opened
    await this.#recent.remember(opened.path, Date.now())
    return this.#tellChange()
  }

  /** @throws LexmaskError as `openProject` */
  #openProject(projectFile: string, open: AppOptions['open']): WorkspaceProject {
    const settings = (): Settings => this.settings
    const { packRoots, resourcesFolder, report } = this.#options
    return new WorkspaceProject(
      {
        projectFile,
        open,
        takeFingerprint: this.#options.pictures.fingerprint?.bind(this.#options.pictures),
        resourcesFolder,
        get reviewerName() {
          return settings().reviewerName ?? accountName()
        },
        get packRoots() {
          return packRoots(settings().packFolder)
        },
        inference: this.#inferenceOptions(),
        report,
        snapMask: (order) => this.#options.pictures.snapMask(order),
      },
      this.events,
    )
  }

  /** Read when models are loaded: the settings may have changed by then. */
  #inferenceOptions(): InferenceOptions {
    const settings = (): Settings => this.settings
    const { launch, maxPixels } = this.#options
    return {
      launch,
      maxPixels,
      graph: null,
      measured: () => findMeasured(settings().measurements),
      get precision() {
        return settings().precision
      },
      get pack() {
        return settings().pack
      },
      get provider() {
        return settings().provider
      },
      get threads() {
        return settings().threads
      },
    }
  }

  async #closeProject(): Promise<void> {
    await this.#project?.close()
    this.#project = null
  }

  async #changeSettings(change: SettingsChange): Promise<Settings> {
    const before = this.settings
    const settings = await this.#settingsFile.change(change)
    const isOther = (
      ['provider', 'precision', 'threads', 'pack', 'packFolder', 'measurements'] as const
    ).some((name) => settings[name] !== before[name])
    if (isOther) this.#forgetPacks()
    await this.#tellChange()
    return settings
  }

  /** Others are there now, or other settings choose among them. */
  #forgetPacks(): void {
    this.#packs = null
    this.#project?.replaceModels()
  }

  #findPacks(): Promise<FoundPacks> {
    this.#packs ??= findPacks(this.#options.packRoots(this.settings.packFolder))
    // What cannot be looked into now may be there the next time.
    this.#packs.catch(() => (this.#packs = null))
    return this.#packs
  }

  #inTurn<T>(work: () => Promise<T>): Promise<T> {
    const turn = this.#lastTurn.then(work)
    this.#lastTurn = turn.catch(() => undefined)
    return turn
  }
}

function isSameFile(a: string, b: string): boolean {
  if (a === b) return true
  try {
    return realpathSync(a) === realpathSync(b)
  } catch {
    return false
  }
}
