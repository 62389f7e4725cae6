import { readdir } from 'node:fs/promises'
import { join } from 'node:path'
import type { ElectronShell } from '../support/launch.ts'
import { expect, test } from '../support/fixtures.ts'
import { cocoFolder } from '../../support/command-line.ts'

/** What the Electron shell lets in, and what it does with files. */

interface Bridge {
  request(name: string, input: object): Promise<{ ok: boolean; data: unknown }>
  subscribe(listener: (event: { name: string; data: unknown }) => void): () => void
}
type WithBridge = typeof globalThis & { lexmask: Bridge; heard: { name: string; data: unknown }[] }

async function openedProject({ page }: ElectronShell): Promise<string | null> {
  const state = await page.evaluate(async () => {
    const { data } = await (globalThis as WithBridge).lexmask.request('workspace.get', {})
    return data as { project: { path: string } | null }
  })
  return state.project?.path ?? null
}

function create({ page }: ElectronShell, path: string): Promise<unknown> {
  return page.evaluate(
    (file) => (globalThis as WithBridge).lexmask.request('workspace.create', { path: file }),
    path,
  )
}

test('a message of another window is refused, also with our own preload', async ({ electron }) => {
  const answer = await electron.app.evaluate(async ({ app, BrowserWindow }) => {
    const preload = `${app.getAppPath()}/out/preload/preload.cjs`
    const webPreferences = { preload, sandbox: true, contextIsolation: true }
    const window = new BrowserWindow({ show: false, webPreferences })
    await window.loadURL('data:text/html,foreign')
    const asked = window.webContents.executeJavaScript(
      "lexmask.request('workspace.get', {}).then(() => 'answered', ({ message }) => message)",
    ) as Promise<string>
    const message = await asked
    window.destroy()
    return message
  })
  expect(answer).toContain('This page may not ask anything of Lexmask')
})

test('the window stays on its page and opens no other', async ({ electron }) => {
  const { page, app } = electron
  electron.expected.push(/Not allowed to load local resource|ERR_/)
  await page.evaluate("void window.open('https://example.com/')")
  for (const url of ['https://example.com/', 'file:///etc/passwd', 'lexmask://other/']) {
    await page.evaluate(`location.href = '${url}'`)
  }
  await expect.poll(() => page.url()).toBe('lexmask://app/')
  expect(await app.evaluate(({ BrowserWindow }) => BrowserWindow.getAllWindows().length)).toBe(1)
})

test('nothing is read but the page and pictures by id', async ({ electron }) => {
  electron.expected.push(/status of 404/, /Content Security Policy|Fetch API cannot load/)
  const statuses = await electron.page.evaluate(async () => {
    const paths = [
      '/asset/picture/..%2f..%2fetc%2fpasswd',
      '/asset/picture/x',
      '/..%2fpackage.json',
    ]
    return Promise.all(paths.map(async (path) => (await fetch(path)).status))
  })
  expect(statuses).toEqual([404, 404, 404])
  const fromOutside = await electron.page.evaluate(() =>
    fetch('http://127.0.0.1:9/').then(
      () => 'loaded',
      () => 'refused',
    ),
  )
  expect(fromOutside).toBe('refused')
})

test('files dropped on the window are told with their paths, but not those that a page makes up', async ({
  electron,
}) => {
  const { page, app } = electron
  await page.evaluate(() => {
    const world = globalThis as WithBridge
    world.heard = []
    world.lexmask.subscribe((event) => {
      if (event.name === 'files.dropped') world.heard.push(event)
    })
  })
  await page.evaluate(`
    const dataTransfer = new DataTransfer()
    dataTransfer.items.add(new File(['x'], 'made-up.png'))
    void window.dispatchEvent(new DragEvent('drop', { dataTransfer }))
  `)
  const devtools = await app.context().newCDPSession(page)
  const data = { items: [], files: [cocoFolder], dragOperationsMask: 1 }
  for (const type of ['dragEnter', 'dragOver', 'drop'] as const) {
    await devtools.send('Input.dispatchDragEvent', { type, x: 400, y: 300, data })
  }
  await expect
    .poll(() => page.evaluate(() => (globalThis as WithBridge).heard.map(({ data }) => data)))
    .toEqual([{ paths: [cocoFolder] }])
})

test('a project named at the start is open when the window is', async ({ launch, folder }) => {
  const first = (await launch()) as ElectronShell
  await create(first, join(folder, 'site'))
  await first.close()
  const second = (await launch({ project: 'site.lexmask' })) as ElectronShell
  expect(await openedProject(second)).toBe(join(folder, 'site.lexmask'))
})

test('a second start brings the window to the front, with its file', async ({
  electron,
  folder,
}) => {
  await create(electron, join(folder, 'one'))
  await create(electron, join(folder, 'two'))
  // What a second process does is to hand over its paths; the lock itself is Electron's.
  await electron.app.evaluate(
    ({ app }, path) => app.emit('second-instance', {}, [], '', { paths: [path] }),
    join(folder, 'one.lexmask'),
  )
  await expect.poll(() => openedProject(electron)).toBe(join(folder, 'one.lexmask'))
})

test('a file that cannot be opened is named in a dialog', async ({ electron, folder }) => {
  await electron.app.evaluate(
    ({ app }, path) => app.emit('open-file', { preventDefault: () => undefined }, path),
    join(folder, 'gone.lexmask'),
  )
  await expect.poll(async () => (await electron.dialogs.asked()).length).toBe(1)
  const [{ options }] = await electron.dialogs.asked()
  expect(options.detail).toContain('There is no project')
})

test.describe('Lexmask ends', () => {
  const ways: Record<string, (electron: ElectronShell) => Promise<unknown>> = {
    'when its window is closed': ({ app }) =>
      app.evaluate(({ BrowserWindow }) => {
        setImmediate(() => BrowserWindow.getAllWindows()[0].close())
      }),
    'by Quit': ({ app }) =>
      app.evaluate((electron) => void setImmediate(() => electron.app.quit())),
    'when the system asks it to': ({ pid }) => Promise.resolve(process.kill(pid, 'SIGTERM')),
  }
  for (const [way, end] of Object.entries(ways)) {
    for (const hasProject of [false, true]) {
      test(`${way}, with ${hasProject ? 'a' : 'no'} project`, async ({ electron, folder }) => {
        if (hasProject) await create(electron, join(folder, 'site'))
        const ended = new Promise((resolve) => electron.app.process().once('exit', resolve))
        // The answer may be lost with the process that should give it.
        await end(electron).catch(() => undefined)
        expect(await ended).toBe(0)
        const left = (await readdir(folder)).filter((name) => name !== 'site.lexmask')
        expect(left).toEqual([])
      })
    }
  }
})
