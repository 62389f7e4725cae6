import { app, dialog, type BrowserWindow } from 'electron'
import type { Workspace } from '#main/app/workspace/workspace.ts'
import type { Labels } from './labels.ts'

/** Before this, nobody needs to be told that something is waited for. */
const NOTICE_AFTER_MS = 400
const CLOSE_NOW = 1

/**
 * Closing the window closes the project first, and with a notice waits for the images in work: their
 * work is saved, or, when the person does not wait, done again at the next start.
 *
 * @returns whether it has begun to end
 */
export function quitCleanly(
  window: BrowserWindow,
  workspace: Pick<Workspace, 'close' | 'isWorking'>,
  labels: () => Labels,
): () => boolean {
  let isEnding = false
  let isClosed = false
  window.on('close', (event) => {
    if (isClosed) return
    event.preventDefault()
    if (isEnding) return
    isEnding = true
    void closeWorkspace(window, workspace, labels()).finally(() => {
      isClosed = true
      // In a later turn: Electron does nothing for it while it still hears of the window that did not
      // close, as after a Quit of the menu with nothing to wait for.
      setImmediate(() => app.quit())
    })
  })
  return () => isEnding
}

async function closeWorkspace(
  window: BrowserWindow,
  workspace: Pick<Workspace, 'close' | 'isWorking'>,
  labels: Labels,
): Promise<void> {
  const closed = workspace.close()
  const notice = new AbortController()
  const timer = setTimeout(() => {
    if (!workspace.isWorking) return
    void dialog
      .showMessageBox(window, {
        type: 'info',
        message: labels.closing,
        detail: labels.closingDetail,
        buttons: [labels.wait, labels.closeNow],
        defaultId: 0,
        cancelId: 0,
        signal: notice.signal,
      })
      .then(({ response }) => {
        // Not `quit`: what is waited for would be asked again.
        if (response === CLOSE_NOW && !notice.signal.aborted) app.exit(0)
      })
  }, NOTICE_AFTER_MS)
  await closed.finally(() => {
    clearTimeout(timer)
    notice.abort()
  })
}
