import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { openProject } from '#main/storage/open-project.ts'
import {
  childrenOf,
  CommandLine,
  eventually,
  isAlive,
  type Running,
} from '../support/command-line.ts'

let cli: CommandLine
beforeAll(async () => {
  cli = await CommandLine.create()
  openProject(cli.path('site.lexmask'), { create: true }).close()
})
afterAll(() => cli.remove())

const running: Running[] = []
afterEach(async () => {
  for (const { process, ended } of running.splice(0)) {
    process.kill('SIGKILL')
    await ended
  }
})

/** A server that a failing test leaves behind is ended. */
function start(options: readonly string[]): Running {
  const started = cli.start(['serve', ...options], { LEXMASK_CONFIG: cli.path('config') })
  running.push(started)
  return started
}

async function serve(...options: string[]): Promise<Running & { url: string }> {
  const started = start(options)
  let stdout = ''
  started.process.stdout?.on('data', (text: string) => (stdout += text))
  await eventually(() => stdout.includes('\n') || started.process.exitCode !== null, 'an address')
  const url = /^Lexmask: (http:\/\/127\.0\.0\.1:\d+\/\?token=[\w-]{43})\n$/.exec(stdout)?.[1]
  if (url === undefined) throw new Error(`it said: ${stdout}${(await started.ended).stderr}`)
  return { ...started, url }
}

async function openedProject(url: string): Promise<unknown> {
  const socket = new WebSocket(url.replace('http', 'ws').replace('/?', '/ws?'))
  const answer = new Promise<unknown>((resolve, reject) => {
    socket.onerror = () => reject(new Error('no socket'))
    socket.onmessage = ({ data }) => resolve(JSON.parse(String(data)))
  })
  socket.onopen = () => socket.send(JSON.stringify({ id: 1, name: 'workspace.get', input: {} }))
  const { reply } = (await answer) as { reply: { data: { project: unknown } } }
  socket.close()
  return reply.data.project
}

describe('lexmask serve', () => {
  it('prints one address, opens the project, and ends well when it is told to', async () => {
    const server = await serve('--project', 'site.lexmask')
    expect((await fetch(server.url, { redirect: 'manual' })).status).toBe(303)
    await expect(openedProject(server.url)).resolves.toMatchObject({
      path: cli.path('site.lexmask'),
    })
    server.process.kill('SIGTERM')
    const { code, stderr } = await server.ended
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
    expect(cli.exists('site.lexmask.lock')).toBe(false)
  })

  it('ends with the command that started it, however that ends', async () => {
    const server = await serve('--project', 'site.lexmask')
    const processes = childrenOf(server.pid)
    expect(processes.length).toBeGreaterThan(0)
    server.process.kill('SIGKILL')
    await server.ended
    await eventually(() => !processes.some(isAlive), 'the server has ended')
    openProject(cli.path('site.lexmask')).close()
  })

  it('ends at Ctrl-C', async () => {
    const server = await serve()
    server.process.kill('SIGINT')
    expect((await server.ended).code).toBe(0)
  })

  it.each([
    [['--project', 'gone.lexmask'], 1, 'There is no project'],
    [['--port', '70000'], 2, 'It has to be a number from 0 to 65535.'],
    [['--host', '203.0.113.7'], 2, '203.0.113.7 is no address of this machine.'],
  ])('says what is wrong with %j', async (options, code, words) => {
    const ended = await start(options).ended
    expect(ended).toMatchObject({ code, stdout: '' })
    expect(ended.stderr).toContain(words)
  })

  it('warns when others can reach it', async () => {
    const server = start(['--host', '0.0.0.0'])
    await server.said(/Warning: everybody who can reach 0\.0\.0\.0 on port \d+/)
    server.process.kill('SIGTERM')
    expect((await server.ended).code).toBe(0)
  })
})
