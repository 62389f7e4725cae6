import { appendFileSync, cpSync, mkdirSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { PackInstaller } from '#main/app/packs/pack-installer.ts'
import { findPacks } from '#main/packs/find-packs.ts'
import { verifyPack } from '#main/packs/verify-pack.ts'
import { DEFAULT_SETTINGS } from '#shared/contract/settings.ts'
import { hasShared, sharedPath } from '../support/coco-mini.ts'
import { writeColourClip } from '../support/colour-clip/write-colour-clip.ts'
import { writeColourSam } from '../support/colour-sam/write-colour-sam.ts'
import { CommandLine } from '../support/command-line.ts'

describe.skipIf(!hasShared)('adding a model pack (needs ../shared)', () => {
  let cli: CommandLine
  let root: string
  beforeEach(async () => {
    cli = await CommandLine.create()
    root = cli.path('nobody', 'lexmask', 'models')
  })
  afterEach(() => cli.remove())

  const copyOfPack = (name: string): string => {
    cpSync(sharedPath('models', name), cli.path(name), { recursive: true, mode: 0 })
    return cli.path(name)
  }
  const add = (source: string) =>
    new PackInstaller({
      manifestFile: 'models/manifest.json',
      root,
      searched: () => [{ folder: root, required: false }],
      settings: () => DEFAULT_SETTINGS,
      environment: {},
    }).add(source)
  const namesIn = async (): Promise<string[]> =>
    (await findPacks([{ folder: root, required: false }])).packs.map(({ name }) => name).sort()

  it('copies it to where packs are looked for, and says where', async () => {
    const { stdout } = await cli.run(['packs', 'add', sharedPath('models', 'maskrcnn2go-coco')], {
      LEXMASK_MODELS: '',
    })
    expect(stdout).toContain(join(root, 'maskrcnn2go-coco'))
    const { code, stdout: info } = await cli.run(['info'], { LEXMASK_MODELS: '' })
    expect(code).toBe(0)
    expect(info).toContain('maskrcnn2go-coco (mask-rcnn)')
  })

  it('copies it to the folder that is named', async () => {
    await cli.expect(0, [
      ...['packs', 'add', sharedPath('models', 'maskrcnn2go-coco'), '--models', 'mine'],
    ])
    const { code, stdout } = await cli.run(['info', '--models', 'mine'])
    expect(code).toBe(0)
    expect(stdout).toMatch(/maskrcnn2go-coco \(mask-rcnn\)[^]*Looked in: .*mine/)
  })

  it('takes a folder of packs, with one that builds on another', async () => {
    const added = await add(sharedPath('models'))
    expect(added.every(({ isKnown }) => !isKnown)).toBe(true)
    expect(await namesIn()).toEqual(added.map(({ name }) => name).sort())
    expect(await namesIn()).toContain('maskrcnn2go-regions')
  })

  it('does not keep a pack without the one that it builds on', async () => {
    await expect(add(sharedPath('models', 'maskrcnn2go-regions'))).rejects.toMatchObject({
      code: 'PACK_INVALID',
      message: expect.stringContaining('builds on another') as string,
    })
    expect(await namesIn()).toEqual([])
  })

  it('leaves alone what is there already', async () => {
    const source = sharedPath('models', 'maskrcnn2go-coco')
    await add(source)
    expect((await add(source)).map(({ isKnown }) => isKnown)).toEqual([true])
  })

  it('refuses a damaged file by name and leaves nothing', async () => {
    const source = copyOfPack('maskrcnn2go-coco')
    const file = join(source, 'box_head.int8.onnx')
    rmSync(file)
    writeFileSync(file, 'not a model')
    await expect(add(source)).rejects.toMatchObject({
      code: 'PACK_INVALID',
      message: expect.stringContaining('box_head.int8.onnx') as string,
    })
    expect(await namesIn()).toEqual([])
  })

  it.each(['clip', 'sam'])(
    'holds a pack of the kind %s against what it says of its files',
    async (kind) => {
      const source = cli.path(`colour-${kind}`)
      const tokenizer = sharedPath('models', 'clip-tokenizer', 'tokenizer.json')
      await (kind === 'clip' ? writeColourClip(source, tokenizer) : writeColourSam(source, 'sam'))
      const [pack] = (await findPacks([{ folder: source, required: true }])).packs
      expect(await verifyPack(pack)).toMatchObject({
        isWhole: true,
        checked: kind === 'clip' ? 7 : 2,
      })
      const file = kind === 'clip' ? 'head.onnx' : 'decoder.onnx'
      appendFileSync(join(source, file), 'x')
      expect(await verifyPack(pack)).toMatchObject({
        isWhole: false,
        faults: [expect.stringContaining(file)],
      })
      await expect(add(source)).rejects.toMatchObject({
        code: 'PACK_INVALID',
        message: expect.stringContaining(file) as string,
      })
      expect(await namesIn()).toEqual([])
    },
  )

  it('does not replace another pack of the name', async () => {
    const source = copyOfPack('clip-text-tables')
    await add(source)
    mkdirSync(cli.path('other'))
    cpSync(source, cli.path('other', 'clip-text-tables'), { recursive: true })
    rmSync(join(cli.path('other', 'clip-text-tables'), 'README.md'))
    writeFileSync(cli.path('other', 'clip-text-tables', 'NOTES'), 'another one')
    await expect(add(cli.path('other'))).rejects.toMatchObject({ code: 'PACK_INVALID' })
  })

  it('says what a folder without a pack is', async () => {
    mkdirSync(cli.path('empty'))
    appendFileSync(cli.path('empty', 'photo.jpg'), 'x')
    const { code, stderr } = await cli.run(['packs', 'add', 'empty'])
    expect(code).toBe(1)
    expect(stderr).toMatch(/There is no model pack in .*empty/)
  })
})
