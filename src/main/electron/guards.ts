import type { IpcMainEvent, IpcMainInvokeEvent, Session, WebContents } from 'electron'
import { PAGE_ORIGIN, PAGE_URL } from './page-answers.ts'

/** What of a sender says who it is. */
export type Sender = Pick<IpcMainEvent | IpcMainInvokeEvent, 'sender' | 'senderFrame'>

/**
 * Whether a message comes from the page itself: the main frame of the window, showing our own origin.
 * A frame inside of it, another window or a page that got in otherwise is not heard.
 */
export function isOwnPage({ sender, senderFrame }: Sender, window: WebContents): boolean {
  // null once the frame has navigated or is gone.
  if (!senderFrame || sender !== window || senderFrame !== window.mainFrame) return false
  return isPageUrl(senderFrame.url)
}

function isPageUrl(url: string): boolean {
  return url === PAGE_ORIGIN || url.startsWith(PAGE_URL)
}

/** The window shows one page, and stays on it. */
export function guardContents(contents: WebContents): void {
  const refuse = (event: { preventDefault(): void }): void => event.preventDefault()
  contents.setWindowOpenHandler(() => ({ action: 'deny' }))
  contents.on('will-navigate', refuse)
  contents.on('will-frame-navigate', refuse)
  contents.on('will-redirect', refuse)
  contents.on('will-attach-webview', refuse)
}

/** Nothing of the system but what the contract has, and nothing from anywhere else. */
export function guardSession(session: Session): void {
  session.setPermissionRequestHandler((_contents, _permission, answer) => answer(false))
  session.setPermissionCheckHandler(() => false)
  session.setDevicePermissionHandler(() => false)
  session.webRequest.onBeforeRequest(({ url }, answer) => answer({ cancel: !isOwnResource(url) }))
}

/** Blobs and data are made by the page itself; the tools for developers are part of Electron. */
function isOwnResource(url: string): boolean {
  return isPageUrl(url) || /^(blob:lexmask:\/\/app\/|data:|devtools:|chrome-extension:)/.test(url)
}
