import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { findPacks } from '#main/packs/find-packs.ts'
import { verifyPack } from '#main/packs/verify-pack.ts'
import { CommandLine } from '../support/command-line.ts'
import { etagOf, honest, PackServer } from '../support/pack-server.ts'
import { SeededRandom } from '../support/random.ts'
import { publishTiny, TINY, tinyGraphs } from '../support/tiny-pack.ts'

const LARGE = '/backbone_rpn.fp32.onnx'
const ROUNDS = 6

describe('an installation that is killed', () => {
  let cli: CommandLine
  let server: PackServer
  let root: string
  beforeAll(async () => {
    cli = await CommandLine.create()
    server = await PackServer.start()
    root = cli.path('models')
  })
  afterAll(async () => {
    await server.stop()
    await cli.remove()
  })

  const command = ['packs', 'install', TINY, '--manifest', 'manifest.json', '--models']

  it(`at any moment, ${ROUNDS} times, loses nothing and leaves no half pack to be found`, async () => {
    const seed = Date.now() & 0xffff
    console.log(`seed ${seed}`)
    const random = new SeededRandom(seed)
    let version = 0
    for (let round = 0; round < ROUNDS; round++) {
      const graphs = tinyGraphs(++version)
      publishTiny(server, cli.path('manifest.json'), graphs)
      // Somewhere in the file, or after the last of it: among checks, conversion and renames.
      const killAt = Math.floor(random.next() * 1.3 * 400_000)
      const running = cli.start([...command, root], {}, { ownGroup: true })
      const kill = (): void => {
        try {
          process.kill(-running.pid, 'SIGKILL')
        } catch {
          // It was faster.
        }
      }
      server.answer = async (asked, response) => {
        const { content, path, from } = asked
        if (path !== LARGE || from !== null) return honest(asked, response)
        response.writeHead(200, { etag: etagOf(content), 'content-length': content.length })
        for (let at = 0; at < content.length; at += 20_000) {
          if (killAt < at) return kill()
          response.write(content.subarray(at, at + 20_000))
          await sleep(1)
        }
        response.end()
        setTimeout(kill, Math.max(0, killAt - content.length) / 500)
      }
      await running.ended
      const { packs, refused } = await findPacks([{ folder: root, required: false }])
      expect(refused).toEqual([])
      for (const pack of packs) expect(await verifyPack(pack)).toMatchObject({ isWhole: true })
      if (round > 0) expect(packs.map(({ name }) => name)).toEqual([TINY])
      server.answer = honest
      await cli.expect(0, [...command, root])
      const installed = readFileSync(join(root, TINY, LARGE))
      expect(installed.equals(graphs.get(LARGE.slice(1)) ?? Buffer.alloc(0))).toBe(true)
    }
  })
})
