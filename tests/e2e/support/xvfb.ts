import { spawn } from 'node:child_process'
import { once } from 'node:events'
import type { Readable } from 'node:stream'
import { findProgram } from '../../../scripts/e2e/system.ts'

/** A display that nobody sees. */
export interface Display {
  /** As in the variable DISPLAY. */
  readonly name: string
  stop(): Promise<void>
}

/** @throws Error when Xvfb is not installed or does not start */
async function startXvfb(): Promise<Display> {
  const program = findProgram('Xvfb')
  if (program === null) throw new Error('Xvfb is missing. Run: npm run e2e:system-packages')
  // It takes the first free display and says which on file descriptor 3.
  const words = ['-displayfd', '3', '-screen', '0', '1600x1200x24', '-nolisten', 'tcp', '-noreset']
  const server = spawn(program, words, { stdio: ['ignore', 'ignore', 'pipe', 'pipe'] })
  let complaint = ''
  server.stderr?.setEncoding('utf8').on('data', (text: string) => (complaint += text))
  const exited = once(server, 'exit')
  const stopNow = (): void => void server.kill()
  process.once('exit', stopNow)

  const channel = server.stdio[3] as Readable
  const said = once(channel.setEncoding('utf8'), 'data') as Promise<[string]>
  const number = await Promise.race([
    said.then(([text]) => text.trim()),
    exited.then(() => {
      throw new Error(`Xvfb did not start:\n${complaint}`)
    }),
  ])
  return {
    name: `:${number}`,
    stop: async () => {
      process.off('exit', stopNow)
      server.kill()
      await exited
    },
  }
}

/** The display of the desk where there is one, else one of Xvfb's; systems without X need neither. */
export async function openDisplay(): Promise<Display | null> {
  if (process.platform !== 'linux') return null
  const name = process.env.DISPLAY
  return name ? { name, stop: () => Promise.resolve() } : startXvfb()
}
