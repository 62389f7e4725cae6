import { BrowserWindow, nativeTheme, screen } from 'electron'
import { PAGE_URL } from './page-answers.ts'
import { guardContents } from './guards.ts'
import { placeWindow, readWindowState, SMALLEST, writeWindowState } from './window-state.ts'

export interface MainWindowOptions {
  /** CommonJS, as the window is sandboxed. */
  readonly preloadFile: string
  /** Where the window's place is kept. */
  readonly stateFile: string
}

const BACKGROUND = { dark: '#1b1c1f', light: '#f5f5f6' }

/** The window, not shown before it has something to show. `loadPage` fills it. */
export function createMainWindow({ preloadFile, stateFile }: MainWindowOptions): BrowserWindow {
  const displays = screen.getAllDisplays()
  const primary = screen.getPrimaryDisplay()
  const ordered = [primary, ...displays.filter(({ id }) => id !== primary.id)]
  const { bounds, isMaximised } = placeWindow(
    readWindowState(stateFile),
    ordered.map(({ workArea }) => workArea),
  )
  const window = new BrowserWindow({
    ...bounds,
    minWidth: SMALLEST.width,
    minHeight: SMALLEST.height,
    show: false,
    title: 'Lexmask',
    backgroundColor: nativeTheme.shouldUseDarkColors ? BACKGROUND.dark : BACKGROUND.light,
    webPreferences: {
      preload: preloadFile,
      contextIsolation: true,
      sandbox: true,
      nodeIntegration: false,
      webviewTag: false,
      // Electron would download dictionaries for it.
      spellcheck: false,
    },
  })
  guardContents(window.webContents)
  window.once('ready-to-show', () => {
    if (isMaximised) window.maximize()
    window.show()
  })
  window.on('close', () =>
    writeWindowState(stateFile, {
      bounds: window.getNormalBounds(),
      isMaximised: window.isMaximized(),
    }),
  )
  // A display that is gone must not take the window along.
  const bringBack = (): void => {
    const areas = screen.getAllDisplays().map(({ workArea }) => workArea)
    const now = { bounds: window.getNormalBounds(), isMaximised: window.isMaximized() }
    const place = placeWindow(now, areas)
    if (place !== now) window.setBounds(place.bounds)
  }
  screen.on('display-removed', bringBack)
  screen.on('display-metrics-changed', bringBack)
  window.once('closed', () => {
    screen.off('display-removed', bringBack)
    screen.off('display-metrics-changed', bringBack)
  })
  return window
}

export async function loadPage(window: BrowserWindow): Promise<void> {
  await window.loadURL(PAGE_URL)
}
