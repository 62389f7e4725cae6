import { execFileSync } from 'node:child_process'
import {
  existsSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { PackInstaller } from '#main/app/packs/pack-installer.ts'
import { findPacks } from '#main/packs/find-packs.ts'
import { readModelHead } from '#main/packs/inspect/read-model-head.ts'
import { verifyPack } from '#main/packs/verify-pack.ts'
import { DEFAULT_SETTINGS } from '#shared/contract/settings.ts'
import { CommandLine, eventually } from '../support/command-line.ts'
import { honest, PackServer } from '../support/pack-server.ts'
import { publishTiny, sha256Of, TINY, tinyGraphs, writeTinyPack } from '../support/tiny-pack.ts'

/** What comes from others: names, folders and files that were made to do harm, and two at once. */

const GRAPH = 'mask_head.fp32.onnx'
const isPosix = process.platform !== 'win32'

let cli: CommandLine
let root: string
let installer: PackInstaller
beforeEach(async () => {
  cli = await CommandLine.create()
  root = cli.path('data', 'models')
  installer = new PackInstaller({
    manifestFile: 'models/manifest.json',
    root,
    searched: () => [{ folder: root, required: false }],
    settings: () => DEFAULT_SETTINGS,
    environment: {},
  })
})
afterEach(() => cli.remove())

const namesIn = async (): Promise<string[]> => {
  const { packs, refused } = await findPacks([{ folder: root, required: false }])
  expect(refused).toEqual([])
  for (const pack of packs) expect(await verifyPack(pack)).toMatchObject({ isWhole: true })
  return packs.map(({ name }) => name)
}

describe('the name of a pack', () => {
  beforeEach(async () => {
    await writeTinyPack(join(root, TINY))
    writeFileSync(cli.path('data', 'photos.txt'), 'mine')
  })

  it.each(['..', '../..', '.', '../data', `../models/${TINY}`, '/', 'C:', '..\\..', '', 'a\0'])(
    '%j removes nothing',
    async (name) => {
      await expect(installer.remove(name)).rejects.toMatchObject({ code: 'PACK_MISSING' })
      await expect(installer.verify(name)).rejects.toMatchObject({ code: 'PACK_MISSING' })
      expect(await namesIn()).toEqual([TINY])
      expect(readFileSync(cli.path('data', 'photos.txt'), 'utf8')).toBe('mine')
      expect(readdirSync(cli.folder).filter((one) => one !== 'nobody')).toEqual(['data'])
    },
  )

  it('is refused by the command line as well', async () => {
    const { code, stderr } = await cli.run(['packs', 'remove', '../..', '--models', root])
    expect(code).toBe(1)
    expect(stderr).toContain('“../..” is not the name of a pack.')
    expect(await namesIn()).toEqual([TINY])
  })

  it('removes a link to a pack, and not the pack', async () => {
    renameSync(join(root, TINY), cli.path('elsewhere'))
    symlinkSync(cli.path('elsewhere'), join(root, TINY))
    await installer.remove(TINY)
    expect(await namesIn()).toEqual([])
    expect(existsSync(cli.path('elsewhere', GRAPH))).toBe(true)
  })
})

describe('a folder to add', () => {
  let source: string
  beforeEach(async () => {
    source = cli.path('given')
    await writeTinyPack(source)
  })
  const refused = async (reason: RegExp): Promise<void> => {
    await expect(installer.add(source)).rejects.toMatchObject({
      code: 'PACK_INVALID',
      message: expect.stringMatching(reason) as string,
    })
    expect(await namesIn()).toEqual([])
    expect(readdirSync(root).filter((name) => name !== '.installing')).toEqual([])
  }

  it('with links to files is copied with the files', async () => {
    renameSync(join(source, GRAPH), cli.path('blob'))
    symlinkSync(cli.path('blob'), join(source, GRAPH))
    await installer.add(source)
    expect(lstatSync(join(root, 'given', GRAPH)).isSymbolicLink()).toBe(false)
    expect(await namesIn()).toEqual([TINY])
  })

  it('leaves behind what is hidden', async () => {
    mkdirSync(join(source, '.git'))
    writeFileSync(join(source, '.git', 'objects'), 'many')
    await installer.add(source)
    expect(existsSync(join(root, 'given', '.git'))).toBe(false)
  })

  it('that leads round in a circle is refused', async () => {
    symlinkSync(source, join(source, 'more'))
    await refused(/more: it is a folder/)
  })

  it('with a link to the whole disk is refused', async () => {
    symlinkSync('/', join(source, 'more'))
    await refused(/more: it is a folder/)
  })

  it('with a link to nothing is refused', async () => {
    symlinkSync(cli.path('gone'), join(source, 'more'))
    await refused(/more: it is a link to nothing/)
  })

  it.skipIf(!isPosix)('with a device that never ends is refused', async () => {
    rmSync(join(source, GRAPH))
    symlinkSync('/dev/zero', join(source, GRAPH))
    await refused(/mask_head\.fp32\.onnx: it is a device or a pipe/)
  })

  it.skipIf(!isPosix)('with a pipe that nobody writes to is refused', async () => {
    rmSync(join(source, GRAPH))
    execFileSync('mkfifo', [join(source, GRAPH)])
    await refused(/mask_head\.fp32\.onnx: it is a device or a pipe/)
  })

  it('with a folder where a graph should be is refused', async () => {
    rmSync(join(source, GRAPH))
    mkdirSync(join(source, GRAPH))
    await refused(/mask_head\.fp32\.onnx.*it is a folder/)
  })

  it('that holds the folder of packs itself is copied once', async () => {
    root = join(source, 'models')
    installer = new PackInstaller({
      manifestFile: 'models/manifest.json',
      root,
      searched: () => [{ folder: root, required: false }],
      settings: () => DEFAULT_SETTINGS,
      environment: {},
    })
    await installer.add(source)
    expect(await namesIn()).toEqual([TINY])
    expect(existsSync(join(root, 'given', 'models', 'given'))).toBe(false)
  })

  it('of a hidden name is refused', async () => {
    renameSync(source, cli.path('.given'))
    source = cli.path('.given')
    await refused(/has no name that a pack can have/)
  })

  it('is copied again after a copy was killed', async () => {
    mkdirSync(join(root, '.installing', 'given', 'added'), { recursive: true })
    writeFileSync(join(root, '.installing', 'given', 'added', 'half'), 'of it')
    await installer.add(source)
    expect(await namesIn()).toEqual([TINY])
    expect(existsSync(join(root, 'given', 'half'))).toBe(false)
  })
})

describe('what a pack says of itself', () => {
  it('in installed.json cannot make another file be read', async () => {
    await writeTinyPack(join(root, TINY))
    const secret = cli.path('data', 'secret')
    writeFileSync(secret, 'mine')
    writeFileSync(
      join(root, TINY, 'installed.json'),
      JSON.stringify({
        name: TINY,
        installedAt: '2026-01-01T00:00:00Z',
        files: { '../../secret': { bytes: 4, sha256: sha256Of(Buffer.from('mine')) } },
        sources: [],
      }),
    )
    // Held against model.json instead: three graphs.
    expect(await installer.verify(TINY)).toMatchObject({ isWhole: true, checked: 3 })
  })

  it('in a graph of a million empty parts is not walked through', async () => {
    const file = cli.path('endless.onnx')
    // Field 1, of no bytes.
    writeFileSync(file, Buffer.alloc(4_000_000, Uint8Array.of(0x0a, 0x00)))
    await expect(readModelHead(file)).rejects.toThrow('more parts than any network')
  })
})

describe('two processes at once', () => {
  let server: PackServer
  beforeEach(async () => {
    server = await PackServer.start()
  })
  afterEach(() => server.stop())

  it('install a pack: one does, the other says who', async () => {
    publishTiny(server, cli.path('manifest.json'), tinyGraphs(1))
    const install = ['packs', 'install', TINY, '--manifest', 'manifest.json', '--models', root]
    const held: (() => void)[] = []
    server.answer = (asked, response) => void held.push(() => void honest(asked, response))
    const first = cli.start(install)
    await eventually(() => held.length > 0, 'the first one asks the server', 60_000)
    const second = await cli.run(install)
    expect(second.code).toBe(1)
    expect(second.stderr).toMatch(/Another Lexmask \(process \d+ on .*\) is at work on the pack/)
    const removed = await cli.run(['packs', 'remove', TINY, '--models', root])
    expect(removed.code).toBe(1)
    server.answer = honest
    held.forEach((answer) => answer())
    expect(await first.ended).toMatchObject({ code: 0 })
    expect(await namesIn()).toEqual([TINY])
  })

  it('add a pack: it is there once, and whole', async () => {
    await writeTinyPack(cli.path(TINY))
    const add = ['packs', 'add', cli.path(TINY), '--models', root]
    const ended = await Promise.all([1, 2, 3].map(() => cli.run(add)))
    // Whoever came too late is told, or finds it there.
    const told = ended.filter(({ code }) => code !== 0).map(({ stderr }) => stderr)
    expect(told.length).toBeLessThan(3)
    for (const words of told) expect(words).toContain('is at work on the pack')
    expect(await namesIn()).toEqual([TINY])
    expect(readdirSync(root).filter((name) => !name.startsWith('.'))).toEqual([TINY])
  })
})
