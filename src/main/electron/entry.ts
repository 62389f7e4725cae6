import { app, type BrowserWindow, dialog, Menu, nativeTheme, session } from 'electron'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { PictureService, THUMBNAIL_BYTES } from '#main/app/pictures/picture-service.ts'
import { PageFiles } from '#main/app/workspace/page-files.ts'
import { createWorkspace, type Workspace } from '#main/app/workspace/workspace.ts'
import { userCacheFolder, userConfigFolder } from '#main/app/workspace/workspace-folders.ts'
import { installFolder, manifestFileOf, packRoots } from '#main/packs/pack-roots.ts'
import type { WorkspaceState } from '#shared/contract/commands.ts'
import { MAX_MASK_PIXELS } from '#shared/geometry/size.ts'
import { dispatch } from '#shared/contract/dispatch.ts'
import { dialogsOf } from './dialogs.ts'
import { guardContents, guardSession } from './guards.ts'
import { labelsFor, type Labels } from './labels.ts'
import { createMainWindow, loadPage } from './main-window.ts'
import { menuTemplate } from './menu.ts'
import { pathsIn, sortPaths } from './opened-paths.ts'
import { handlePageScheme, registerPageScheme } from './page-scheme.ts'
import { quitCleanly } from './quit.ts'
import { utilityLauncher } from './utility-launcher.ts'
import { connectWindow } from './window-channel.ts'

/** The Electron shell: one window over one workspace. */

const file = (path: string): string => fileURLToPath(new URL(path, import.meta.url))
const configFolder = userConfigFolder(process.platform, process.env)
const thumbnailFolder = join(userCacheFolder(process.platform, process.env), 'thumbnails')
const productFolder = file('../..')
const report = (error: unknown): void => {
  const text = error instanceof Error ? (error.stack ?? error.message) : String(error)
  process.stderr.write(`internal: ${text}\n`)
}

/** What is to be opened before the window is there. */
const waiting: string[] = []
let openPaths = (paths: readonly string[]): void => void waiting.push(...paths)

function startWorkspace(
  window: () => BrowserWindow | null,
  labels: () => Labels,
): Promise<Workspace> {
  return createWorkspace({
    shell: {
      kind: 'electron',
      version: app.getVersion(),
      platform: process.platform,
      locale: app.getLocale(),
    },
    configFolder,
    packRoots: (packFolder) => packRoots(undefined, productFolder, packFolder),
    packInstall: {
      root: installFolder(undefined),
      manifestFile: manifestFileOf(productFolder),
      environment: process.env,
    },
    resourcesFolder: join(productFolder, 'resources'),
    launch: utilityLauncher(file('./worker.js'), 'Lexmask inference', { isGivingWay: true }),
    maxPixels: MAX_MASK_PIXELS,
    pictures: new PictureService({
      launch: utilityLauncher(file('./pictures.js'), 'Lexmask pictures'),
      thumbnailCache: { folder: thumbnailFolder, maxBytes: THUMBNAIL_BYTES },
    }),
    pickFiles: dialogsOf(window, labels),
    report,
  })
}

async function start(): Promise<void> {
  await app.whenReady()
  let window: BrowserWindow | null = null
  const labels = (): Labels => labelsFor(workspace.settings.locale, app.getLocale())
  const workspace = await startWorkspace(() => window, labels)
  guardSession(session.defaultSession)
  handlePageScheme(session.defaultSession, {
    page: new PageFiles(file('../renderer')),
    answerAsset: workspace.answerAsset,
  })
  nativeTheme.themeSource = workspace.settings.theme
  window = createMainWindow({
    preloadFile: file('../preload/preload.cjs'),
    stateFile: join(configFolder, 'window.json'),
  })
  const shown = window
  connectWindow(shown, workspace, report)
  const isEnding = quitCleanly(shown, workspace, labels)
  keepMenu(workspace, labels, (state) => {
    nativeTheme.themeSource = state.settings.theme
    if (state.project) app.addRecentDocument(state.project.path)
  })

  const openProject = async (path: string): Promise<void> => {
    const reply = await dispatch(workspace.handlers, 'workspace.open', { path }, report)
    if (reply.ok || shown.isDestroyed()) return
    const message = { type: 'warning', message: labels().cannotOpen } as const
    await dialog.showMessageBox(shown, { ...message, detail: reply.error.message })
  }
  // The window asks for the state only after this, and so is shown with its project at once.
  const { project, others } = sortPaths(waiting.splice(0))
  if (project) void openProject(project)
  try {
    await loadPage(shown)
  } catch (error) {
    // The window was closed before it had its page.
    if (isEnding()) return
    throw error
  }
  const tell = (paths: readonly string[]): void => {
    if (paths.length > 0) workspace.events.emit('files.dropped', { paths })
  }
  tell(others)
  openPaths = (paths) => {
    const sorted = sortPaths(paths)
    if (shown.isMinimized()) shown.restore()
    shown.focus()
    if (sorted.project) void openProject(sorted.project)
    tell(sorted.others)
  }
  // What was opened while the page loaded.
  if (waiting.length > 0) openPaths(waiting.splice(0))
}

/** The menu shows the recent projects, and what the open one allows. */
function keepMenu(
  workspace: Workspace,
  labels: () => Labels,
  changed: (state: WorkspaceState) => void,
): void {
  const request = (name: string, input: object): void =>
    void dispatch(workspace.handlers, name, input, report)
  const update = (state: Pick<WorkspaceState, 'project' | 'recent' | 'settings'>): void => {
    const { project, recent, settings } = state
    const template = menuTemplate(
      {
        labels: labels(),
        isMac: process.platform === 'darwin',
        isPackaged: app.isPackaged,
        hasProject: project !== null,
        recent,
        shortcuts: settings.shortcuts,
      },
      {
        choose: (actionId) => workspace.events.emit('menu.chosen', { actionId }),
        openProject: (path) => openPaths([path]),
        closeProject: () => request('workspace.close', {}),
      },
    )
    Menu.setApplicationMenu(Menu.buildFromTemplate(template))
  }
  update({ project: null, recent: [], settings: workspace.settings })
  workspace.events.subscribe('workspace.changed', (state) => {
    update(state)
    changed(state)
  })
  void Promise.resolve(workspace.handlers['workspace.get']({})).then(update, report)
}

function main(): void {
  // Chromium's own files stand apart from ours.
  if (!app.commandLine.hasSwitch('user-data-dir')) {
    app.setPath('userData', join(configFolder, 'electron'))
  }
  const appPath = app.isPackaged ? null : app.getAppPath()
  const named = pathsIn(process.argv, process.cwd(), appPath)
  if (!app.requestSingleInstanceLock({ paths: named })) {
    app.exit(0)
    return
  }
  registerPageScheme()
  openPaths(named)
  app.on('second-instance', (_event, _words, _folder, given) => {
    openPaths((given as { paths?: string[] } | null)?.paths ?? [])
  })
  app.on('open-file', (event, path) => {
    event.preventDefault()
    openPaths([path])
  })
  app.on('web-contents-created', (_event, contents) => guardContents(contents))
  app.on('window-all-closed', () => app.quit())
  // Not awaited: Electron becomes ready only once this module has ended.
  start().catch((error: unknown) => {
    report(error)
    app.exit(1)
  })
}

main()
