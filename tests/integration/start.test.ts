import { spawn, type ChildProcess } from 'node:child_process'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { openProject } from '#main/storage/open-project.ts'
import { childrenOf, eventually, isAlive } from '../support/command-line.ts'

const START = fileURLToPath(new URL('../../bin/start.js', import.meta.url))

let folder: string
let child: ChildProcess | null
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'lexmask-start-'))
  child = null
})
afterEach(async () => {
  child?.kill('SIGKILL')
  await rm(folder, { recursive: true, force: true })
})

function start(...words: string[]): { output: () => { stdout: string; stderr: string } } {
  const environment: NodeJS.ProcessEnv = { ...process.env, LEXMASK_CONFIG: join(folder, 'config') }
  delete environment.DISPLAY
  delete environment.WAYLAND_DISPLAY
  const output = { stdout: '', stderr: '' }
  child = spawn(process.execPath, [START, ...words], { cwd: folder, env: environment })
  child.stdout?.setEncoding('utf8').on('data', (text: string) => (output.stdout += text))
  child.stderr?.setEncoding('utf8').on('data', (text: string) => (output.stderr += text))
  return { output: () => output }
}

describe.runIf(process.platform === 'linux')('npm start without a display', () => {
  it('says so in one line and serves the window with its project, until it is told to end', async () => {
    openProject(join(folder, 'site.lexmask'), { create: true }).close()
    const { output } = start('site.lexmask', '--no-sandbox')
    // They come through two pipes, in any order.
    await eventually(
      () => output().stdout.endsWith('\n') && output().stderr.endsWith('address:\n'),
      'an address, and what it is for',
    )
    const { stdout, stderr } = output()
    expect(stdout).toMatch(/^Lexmask: http:\/\/127\.0\.0\.1:\d+\/\?token=[\w-]{43}\n$/)
    expect(stderr.replace(/^lexmask: building.*\n/, '')).toBe(
      'lexmask: there is no display for Electron here, so the window opens in your browser, at this address:\n',
    )
    const servers = childrenOf(child?.pid ?? 0)
    const ended = new Promise((resolve) => child?.once('exit', resolve))
    child?.kill('SIGTERM')
    expect(await ended).toBe(0)
    await eventually(() => !servers.some(isAlive), 'the server has ended')
    openProject(join(folder, 'site.lexmask')).close()
  })
})
