import { ipcMain, type BrowserWindow } from 'electron'
import { z } from 'zod'
import type { Workspace } from '#main/app/workspace/workspace.ts'
import { CHANNELS } from '#shared/contract/channels.ts'
import { dispatch, type Reply } from '#shared/contract/dispatch.ts'
import { APP_EVENT_NAMES } from '#shared/contract/events.ts'
import { isOwnPage, type Sender } from './guards.ts'

const pathsSchema = z.array(z.string().min(1).max(32_767)).min(1).max(10_000)

/** Connects the window with the application: requests in, replies and events out. */
export function connectWindow(
  window: BrowserWindow,
  { handlers, events }: Pick<Workspace, 'handlers' | 'events'>,
  report: (error: unknown) => void,
): void {
  const contents = window.webContents
  const refuse = (sender: Sender): void => {
    report(new Error(`Refused a message of ${sender.senderFrame?.url ?? 'a frame that is gone'}`))
  }
  ipcMain.handle(CHANNELS.request, (event, name: unknown, input: unknown): Promise<Reply> => {
    if (isOwnPage(event, contents)) return dispatch(handlers, String(name), input, report)
    refuse(event)
    throw new Error('This page may not ask anything of Lexmask.')
  })
  ipcMain.on(CHANNELS.dropped, (event, dropped: unknown) => {
    if (!isOwnPage(event, contents)) {
      refuse(event)
      return
    }
    const paths = pathsSchema.safeParse(dropped)
    if (paths.success) events.emit('files.dropped', { paths: paths.data })
  })
  const leave = APP_EVENT_NAMES.map((name) =>
    events.subscribe(name, (data) => {
      if (!contents.isDestroyed()) contents.send(CHANNELS.event, { name, data })
    }),
  )
  window.once('closed', () => {
    for (const unsubscribe of leave) unsubscribe()
    ipcMain.removeHandler(CHANNELS.request)
    ipcMain.removeAllListeners(CHANNELS.dropped)
  })
}
