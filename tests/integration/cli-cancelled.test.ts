import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { hasShared } from '../support/coco-mini.ts'
import { cocoPhotos, CommandLine } from '../support/command-line.ts'
import { etagOf, honest, PackServer } from '../support/pack-server.ts'
import { publishTiny, TINY, tinyGraphs } from '../support/tiny-pack.ts'

const LARGE = '/backbone_rpn.fp32.onnx'
const SENT = 150_000

describe.skipIf(process.platform === 'win32')('work that Ctrl-C cancels', () => {
  let cli: CommandLine
  let server: PackServer
  beforeAll(async () => {
    cli = await CommandLine.create()
    server = await PackServer.start()
    publishTiny(server, cli.path('manifest.json'), tinyGraphs(1))
  })
  afterAll(async () => {
    await server.stop()
    await cli.remove()
  })
  const install = ['packs', 'install', TINY, '--manifest', 'manifest.json', '--models', 'models']

  describe('an installation', () => {
    /** Of the large file, so much and no more. */
    beforeEach(() => {
      server.answer = (asked, response) => {
        const { content, path, from } = asked
        if (path !== LARGE || from !== null) return honest(asked, response)
        response.writeHead(200, { etag: etagOf(content), 'content-length': content.length })
        response.write(content.subarray(0, SENT))
      }
    })

    it.each(['SIGINT', 'SIGTERM'] as const)(
      'ends at %s, and goes on from there',
      async (signal) => {
        await cli.run([
          'packs',
          'remove',
          TINY,
          '--manifest',
          'manifest.json',
          '--models',
          'models',
        ])
        const running = cli.start(install)
        await running.said(/\d kB of/)
        running.process.kill(signal)
        const { code, stdout, stderr } = await running.ended
        expect({ code, stdout }, stderr).toEqual({ code: 130, stdout: '' })
        expect(stderr).toContain(
          `Interrupted. What was downloaded is kept: lexmask packs install ${TINY} goes on from there, ` +
            `lexmask packs remove ${TINY} deletes it.\n`,
        )
        expect(existsSync(cli.path('models', TINY))).toBe(false)
        server.log.length = 0
        await cli.expect(0, install)
        expect(server.log[0]).toMatch(new RegExp(`^GET ${LARGE} [1-9]\\d*-$`))
        expect(readFileSync(cli.path('models', TINY, LARGE))).toEqual(server.files.get(LARGE))
      },
    )
  })

  it.skipIf(!hasShared)('a measurement keeps nothing (needs ../shared)', async () => {
    const settings = cli.path('config')
    const running = cli.start(['doctor', '--measure', '--image', ...cocoPhotos(1)], {
      XDG_CONFIG_HOME: settings,
    })
    await running.said(/1 of \d+: /)
    running.process.kill('SIGINT')
    const { code, stdout, stderr } = await running.ended
    expect({ code, stdout }, stderr).toEqual({ code: 130, stdout: '' })
    expect(stderr).toContain('Interrupted. Nothing was kept.\n')
    expect(existsSync(join(settings, 'lexmask', 'settings.json'))).toBe(false)
  })
})
