import type { WebContents } from 'electron'
import { expect, test } from '../support/fixtures.ts'

/** In Electron, and not in its types. */
interface WithPreferences extends WebContents {
  getLastWebPreferences(): Readonly<Record<string, unknown>>
}

test('the window is sandboxed, and isolated from its preload', async ({ electron }) => {
  const preferences = await electron.app.evaluate(({ BrowserWindow }) =>
    BrowserWindow.getAllWindows().map(({ webContents }) => {
      const all = (webContents as WithPreferences).getLastWebPreferences()
      const { contextIsolation, sandbox, nodeIntegration } = all
      return { contextIsolation, sandbox, nodeIntegration }
    }),
  )
  expect(preferences).toEqual([{ contextIsolation: true, sandbox: true, nodeIntegration: false }])
})

test('the page gets two functions of the system and no more', async ({ electron }) => {
  const bridge = await electron.page.evaluate(() =>
    Object.keys((globalThis as unknown as { lexmask: object }).lexmask),
  )
  expect(bridge.sort()).toEqual(['request', 'subscribe'])
})
