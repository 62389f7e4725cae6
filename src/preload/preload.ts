import { contextBridge, ipcRenderer } from 'electron'
import { CHANNELS } from '#shared/contract/channels.ts'

/** All that the window gets of the system: ask by name, and listen. */
contextBridge.exposeInMainWorld('lexmask', {
  request: (name: string, input: unknown): Promise<unknown> =>
    ipcRenderer.invoke(CHANNELS.request, name, input),
  subscribe: (listener: (event: unknown) => void): (() => void) => {
    const forward = (_: unknown, event: unknown): void => listener(event)
    ipcRenderer.on(CHANNELS.event, forward)
    return () => ipcRenderer.off(CHANNELS.event, forward)
  },
})
