import { app, BrowserWindow, session } from 'electron'
import { fileURLToPath } from 'node:url'

/** The Electron shell. The window shows a page of its own only; the product is the command line yet. */

const file = (path: string): string => fileURLToPath(new URL(path, import.meta.url))

async function openWindow(): Promise<void> {
  const window = new BrowserWindow({
    width: 1280,
    height: 800,
    show: false,
    webPreferences: {
      preload: file('../preload/preload.cjs'),
      contextIsolation: true,
      sandbox: true,
      nodeIntegration: false,
    },
  })
  window.webContents.setWindowOpenHandler(() => ({ action: 'deny' }))
  window.webContents.on('will-navigate', (event) => event.preventDefault())
  window.once('ready-to-show', () => window.show())
  await window.loadFile(file('../renderer/index.html'))
}

app.on('window-all-closed', () => app.quit())

async function start(): Promise<void> {
  await app.whenReady()
  session.defaultSession.setPermissionRequestHandler((_contents, _permission, answer) =>
    answer(false),
  )
  await openWindow()
}

// Not awaited here: Electron becomes ready only once this module has ended.
start().catch((error: unknown) => {
  process.stderr.write(`Lexmask could not open its window: ${String(error)}\n`)
  app.exit(1)
})
