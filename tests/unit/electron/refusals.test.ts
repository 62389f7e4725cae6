import { EventEmitter } from 'node:events'
import type { BrowserWindow, Session, WebContents } from 'electron'
import { afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest'
import { createEventHub } from '#shared/contract/event-hub.ts'
import type { Handlers } from '#shared/contract/dispatch.ts'
import type { AppEvents } from '#shared/contract/events.ts'
import { CHANNELS } from '#shared/contract/channels.ts'
import { guardContents, guardSession, isOwnPage, type Sender } from '#main/electron/guards.ts'
import { connectWindow } from '#main/electron/window-channel.ts'

type Listener = (event: object, ...values: unknown[]) => unknown

const ipc = vi.hoisted(() => ({
  handlers: new Map<string, unknown>(),
  listeners: new Map<string, unknown>(),
}))
vi.mock('electron', () => ({
  ipcMain: {
    handle: (name: string, handler: unknown) => ipc.handlers.set(name, handler),
    on: (name: string, listener: unknown) => ipc.listeners.set(name, listener),
    removeHandler: (name: string) => ipc.handlers.delete(name),
    removeAllListeners: (name: string) => ipc.listeners.delete(name),
  },
}))

/** As much of a window as the guards look at. */
function fakeWindow(url = 'lexmask://app/'): { window: BrowserWindow; contents: WebContents } {
  const contents = Object.assign(new EventEmitter(), {
    mainFrame: { url },
    sent: [] as unknown[],
    isDestroyed: () => false,
    send: (channel: string, event: unknown) => contents.sent.push([channel, event]),
    setWindowOpenHandler: (handler: unknown) => Object.assign(contents, { opened: handler }),
  })
  const window = Object.assign(new EventEmitter(), { webContents: contents })
  return {
    window: window as unknown as BrowserWindow,
    contents: contents as unknown as WebContents,
  }
}

const own = fakeWindow()
const ownSender = { sender: own.contents, senderFrame: own.contents.mainFrame }

/** Senders that are not the page of the window. */
const foreign: [string, () => Sender][] = [
  ['a frame inside the page', () => senderOf(own.contents, { url: 'lexmask://app/' })],
  ['a frame of another origin', () => senderOf(own.contents, { url: 'https://evil.example/' })],
  ['a frame that is gone', () => senderOf(own.contents, null)],
  [
    'another window',
    () => {
      const { contents } = fakeWindow()
      return senderOf(contents, contents.mainFrame)
    },
  ],
  ['the window showing a page of the web', () => senderOfWindowAt('https://evil.example/')],
  ['the window showing a file', () => senderOfWindowAt('file:///etc/passwd')],
  ['the window showing a host of a name like ours', () => senderOfWindowAt('lexmask://app.evil/')],
  ['the window showing another host of our scheme', () => senderOfWindowAt('lexmask://other/')],
  ['the window showing nothing', () => senderOfWindowAt('about:blank')],
]

function senderOf(sender: WebContents, frame: object | null): Sender {
  return { sender, senderFrame: frame } as Sender
}

function senderOfWindowAt(url: string): Sender {
  Object.assign(own.contents, { mainFrame: { url } })
  return senderOf(own.contents, own.contents.mainFrame)
}

beforeEach(() => {
  Object.assign(own.contents, { mainFrame: ownSender.senderFrame })
})

describe('a message', () => {
  it('of our own page in the main frame is heard', () => {
    expect(isOwnPage(ownSender as Sender, own.contents)).toBe(true)
  })

  it.each(foreign)('of %s is refused', (_who, sender) => {
    expect(isOwnPage(sender(), own.contents)).toBe(false)
  })
})

describe('the channel of the window', () => {
  const asked = vi.fn(() => ({ marker: 1 }))
  const refused: unknown[] = []
  const dropped: unknown[] = []
  const events = createEventHub<AppEvents>((error) => {
    throw error
  })

  beforeEach(() => {
    asked.mockClear()
    refused.length = 0
    dropped.length = 0
    const handlers = { 'workspace.get': asked } as unknown as Handlers
    connectWindow(own.window, { handlers, events }, (error) => refused.push(error))
  })
  beforeAll(() => void events.subscribe('files.dropped', ({ paths }) => dropped.push(...paths)))
  afterEach(() => void own.window.emit('closed'))

  const request: Listener = (event, ...values) =>
    (ipc.handlers.get(CHANNELS.request) as Listener)(event, ...values)
  const drop: Listener = (event, ...values) =>
    (ipc.listeners.get(CHANNELS.dropped) as Listener)(event, ...values)

  it('answers our own page', async () => {
    await expect(request(ownSender, 'workspace.get', {})).resolves.toEqual({
      ok: true,
      data: { marker: 1 },
    })
  })

  it.each(foreign)('does not answer %s, and says so in the log', (_who, sender) => {
    expect(() => request(sender(), 'workspace.get', {})).toThrow('may not ask anything')
    expect(asked).not.toHaveBeenCalled()
    expect(refused).toHaveLength(1)
  })

  it('takes dropped files of our own page alone', () => {
    for (const [, sender] of foreign) drop(sender(), ['/secret'])
    Object.assign(own.contents, { mainFrame: ownSender.senderFrame })
    for (const value of [null, 'text', [], [3], [''], { paths: ['/a'] }]) drop(ownSender, value)
    expect(dropped).toEqual([])
    drop(ownSender, ['/photos'])
    expect(dropped).toEqual(['/photos'])
  })

  it('ends with the window', () => {
    own.window.emit('closed')
    expect(ipc.handlers.size + ipc.listeners.size).toBe(0)
  })
})

describe('the window', () => {
  it.each(['will-navigate', 'will-frame-navigate', 'will-redirect', 'will-attach-webview'])(
    'stays on its page: %s is refused',
    (name) => {
      const { contents } = fakeWindow()
      guardContents(contents)
      const preventDefault = vi.fn()
      ;(contents as unknown as EventEmitter).emit(name, { preventDefault })
      expect(preventDefault).toHaveBeenCalledOnce()
    },
  )

  it('opens no other window', () => {
    const { contents } = fakeWindow()
    guardContents(contents)
    const { opened } = contents as unknown as { opened: (details: object) => unknown }
    expect(opened({ url: 'lexmask://app/' })).toEqual({ action: 'deny' })
  })

  it('gets no permission, and nothing from anywhere else', () => {
    const set: Record<string, (...values: never[]) => unknown> = {}
    const session = {
      setPermissionRequestHandler: (handler: never) => (set.request = handler),
      setPermissionCheckHandler: (handler: never) => (set.check = handler),
      setDevicePermissionHandler: (handler: never) => (set.device = handler),
      webRequest: { onBeforeRequest: (handler: never) => (set.load = handler) },
    }
    guardSession(session as unknown as Session)
    const answered = vi.fn()
    set.request(...([null, 'media', answered] as never[]))
    expect(answered).toHaveBeenCalledWith(false)
    expect(set.check()).toBe(false)
    expect(set.device()).toBe(false)
    const isLoaded = (url: string): boolean => {
      let answer = { cancel: true }
      const take = (given: typeof answer): unknown => (answer = given)
      set.load(...([{ url }, take] as never[]))
      return !answer.cancel
    }
    const foreignUrls = ['https://evil.example/', 'http://127.0.0.1/', 'file:///etc/passwd']
    expect(foreignUrls.filter(isLoaded)).toEqual([])
    expect(
      ['lexmask://other/', 'lexmask://app.evil/', 'blob:https://a/1'].filter(isLoaded),
    ).toEqual([])
    const ownUrls = ['lexmask://app/', 'lexmask://app/asset/picture/1', 'blob:lexmask://app/1']
    expect(ownUrls.filter(isLoaded)).toEqual(ownUrls)
  })
})
