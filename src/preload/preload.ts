import { contextBridge, ipcRenderer, webUtils } from 'electron'
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

// The paths of dropped files are read here and go to the application, which tells the window of them
// as of any event: the page has no function that turns a file into a path. A drop that a script makes
// up is not trusted, and its files have no path.
window.addEventListener('dragover', (event) => {
  if (event.dataTransfer?.types.includes('Files')) event.preventDefault()
})
window.addEventListener('drop', (event) => {
  const files = [...(event.dataTransfer?.files ?? [])]
  if (!event.isTrusted || files.length === 0) return
  event.preventDefault()
  const paths = files.map((file) => webUtils.getPathForFile(file)).filter((path) => path !== '')
  if (paths.length > 0) ipcRenderer.send(CHANNELS.dropped, paths)
})
