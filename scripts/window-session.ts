import type { BrowserContextOptions, Page } from '@playwright/test'
import type { CommandName, CommandOutput, CommandRequest } from '#shared/contract/commands.ts'
import type { Reply } from '#shared/contract/dispatch.ts'
import { launchBrowser } from '../tests/e2e/support/launch.ts'
import type { BrowserShell, ShellOptions } from '../tests/e2e/support/launch.ts'

/** The product with its window, for scripts that look at it: `lexmask serve` and a Chromium. */
export interface WindowSession {
  readonly shell: BrowserShell
  /** Another window on the same server. */
  open(options: BrowserContextOptions): Promise<Page>
  close(): Promise<void>
}

/** @param folder where settings, caches and the product's current folder are */
export async function startWindow(
  folder: string,
  options: ShellOptions = {},
): Promise<WindowSession> {
  const environment = {
    LEXMASK_CONFIG: `${folder}/config`,
    LEXMASK_CACHE: `${folder}/cache`,
    ...options.environment,
  }
  const shell = await launchBrowser({ folder, home: folder }, { ...options, environment })
  return {
    shell,
    open: async (contextOptions) => {
      const storageState = await shell.page.context().storageState()
      const browser = shell.page.context().browser()
      if (browser === null) throw new Error('The browser has gone.')
      const context = await browser.newContext({ ...contextOptions, storageState })
      const page = await context.newPage()
      await page.goto(new URL('/', shell.page.url()).href)
      return page
    },
    close: () => shell.close(),
  }
}

/**
 * One command of the contract, beside what the window asks: in Electron through its bridge, in a
 * browser over a connection of its own.
 *
 * @throws Error with the failure's sentence
 */
export async function ask<Name extends CommandName>(
  page: Page,
  name: Name,
  input: CommandRequest<Name>,
): Promise<CommandOutput<Name>> {
  const message = JSON.stringify({ id: 1, name, input })
  const answer = await page.evaluate<string>(`new Promise((resolve, reject) => {
    const asked = ${JSON.stringify(message)}
    if ('lexmask' in globalThis) {
      const { name, input } = JSON.parse(asked)
      return lexmask.request(name, input).then((reply) => resolve(JSON.stringify({ reply })), reject)
    }
    const socket = new WebSocket(location.origin.replace('http', 'ws') + '/ws')
    socket.onerror = () => reject(new Error('The server does not answer.'))
    socket.onopen = () => socket.send(asked)
    socket.onmessage = ({ data }) => {
      if (JSON.parse(data).id !== 1) return
      socket.close()
      resolve(data)
    }
  })`)
  const { reply } = JSON.parse(answer) as { readonly reply: Reply }
  if (!reply.ok) throw new Error(`${name}: ${reply.error.message}`)
  return reply.data as CommandOutput<Name>
}
