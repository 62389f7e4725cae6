import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { getPriority, tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { givingWay } from '#main/processes/give-way.ts'
import { nodeLauncher } from '#main/processes/launch-node.ts'
import type { Launch } from '#main/processes/launch-node.ts'

let folder: string
beforeEach(() => void (folder = mkdtempSync(join(tmpdir(), 'lexmask-priority-'))))
afterEach(() => rmSync(folder, { recursive: true, force: true }))

/** What a launched process, and a process that it starts itself, say of their priority. */
function priorities(launch: Launch<object, number[]>): Promise<number[]> {
  return new Promise((resolve, reject) => {
    const launched = launch()
    launched.onMessage(resolve)
    launched.onExit((how) => reject(new Error(how)))
  })
}

describe('a process that gives way', () => {
  it('leaves the processor to the window, with all that it starts', async () => {
    const file = join(folder, 'priority.cjs')
    writeFileSync(
      file,
      `const { getPriority } = require('node:os')
       const { execFileSync } = require('node:child_process')
       const own = execFileSync(process.execPath, ['-p', 'os.getPriority()'], { encoding: 'utf8' })
       process.send([getPriority(), Number(own)])
       process.disconnect()`,
    )
    const launch = nodeLauncher<object, number[]>(file)
    const usual = await priorities(launch)
    const low = await priorities(givingWay(launch))

    expect(usual).toEqual([getPriority(), getPriority()])
    // A higher number is a lower priority.
    for (const priority of low) expect(priority).toBeGreaterThan(getPriority())
  })

  it('may have ended before, or never have been', () => {
    const gone = { pid: 2 ** 22 + 1, send() {}, onMessage() {}, onExit() {}, async kill() {} }
    expect(() => givingWay(() => gone)()).not.toThrow()
    expect(() => givingWay(() => ({ ...gone, pid: undefined }))()).not.toThrow()
  })
})
