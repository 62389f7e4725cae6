import { execFileSync } from 'node:child_process'
import { mkdir, mkdtemp, realpath, rm, symlink, truncate, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { beforeEach, describe, expect, it, onTestFinished } from 'vitest'
import { findPacks, type FoundPacks } from '#main/packs/find-packs.ts'
import { hasShared, sharedPath } from '../support/coco-mini.ts'

/** The least that a description has to say. */
const description = {
  name: 'street-rcnn',
  precisions: { fp32: 'as trained' },
  input: {
    channels: 'RGB',
    mean: [0, 0, 0],
    std: [1, 1, 1],
    resize: { shortSide: 320, longSideAtMost: 640 },
  },
  coordinates: 'far edges',
  classes: [{ index: 1, name: 'tram' }],
  detection: { scoreThreshold: 0.05, nmsIou: 0.5, atMost: 100 },
  files: {},
}

let root: string

beforeEach(async () => {
  const folder = await realpath(await mkdtemp(join(tmpdir(), 'lexmask-packs-')))
  root = folder
  onTestFinished(() => rm(folder, { recursive: true, force: true }))
})

async function write(path: string, content: unknown): Promise<void> {
  const file = join(root, path)
  await mkdir(join(file, '..'), { recursive: true })
  await writeFile(file, typeof content === 'string' ? content : JSON.stringify(content))
}

const find = (...folders: string[]): Promise<FoundPacks> =>
  findPacks(folders.map((folder) => ({ folder, required: true })))

const kinds = ({ packs }: FoundPacks): string[] => packs.map(({ name, kind }) => `${name}: ${kind}`)

describe('packs', () => {
  it('are found in a folder of packs, by kind', async () => {
    await write('a-clip/onnx/vision_model_fp16.onnx', '')
    await write('b-clip/model.json', { kind: 'clip', name: 'whatever' })
    await write('detector/model.json', description)
    await write('table/lvis.json', { names: [] })
    await write('table/lvis.f16', '')
    const found = await find(root)
    expect(kinds(found)).toEqual([
      'a-clip: clip',
      'b-clip: clip',
      'street-rcnn: mask-rcnn',
      'table: text-table',
    ])
    expect(found.refused).toEqual([])
    expect(found.searched).toEqual([root])
    expect(found.packs[3]).toMatchObject({
      namesFile: join(root, 'table', 'lvis.json'),
      vectorsFile: join(root, 'table', 'lvis.f16'),
    })
  })

  it("are found when their own folder is named, and described with the format's defaults", async () => {
    await write('detector/model.json', description)
    const found = await find(join(root, 'detector'))
    expect(found.packs).toEqual([
      {
        kind: 'mask-rcnn',
        name: 'street-rcnn',
        folder: join(root, 'detector'),
        description: expect.objectContaining({
          input: {
            ...description.input,
            layout: 'NCHW',
            range: [0, 255],
            padToMultipleOf: 1,
          },
        }) as unknown,
      },
    ])
  })

  it('are found behind a link', async () => {
    await write('elsewhere/detector/model.json', description)
    await mkdir(join(root, 'models'))
    await symlink(join(root, 'elsewhere', 'detector'), join(root, 'models', 'linked'))
    expect(kinds(await find(join(root, 'models')))).toEqual(['street-rcnn: mask-rcnn'])
  })

  it('of one name are taken from the first root that has it', async () => {
    await write('mine/detector/model.json', description)
    await write('theirs/detector/model.json', { ...description, title: 'Another' })
    await write('theirs/other/model.json', { ...description, name: 'other' })
    const { packs, searched } = await find(join(root, 'mine'), join(root, 'theirs'))
    expect(packs.map(({ folder }) => folder)).toEqual([
      join(root, 'mine', 'detector'),
      join(root, 'theirs', 'other'),
    ])
    expect(searched).toEqual([join(root, 'mine'), join(root, 'theirs')])
  })

  it('are nothing in folders of other things', async () => {
    await write('notes/readme.md', 'Nothing here.')
    await write('data/instances.json', { images: [] })
    await write('onnx-file/onnx', 'a file where a folder would be')
    await write('encoder/onnx/text_model.onnx', '')
    await write('loose.json', {})
    await symlink(join(root, 'gone'), join(root, 'broken-link'))
    expect(await find(root)).toEqual({ packs: [], refused: [], searched: [root] })
  })
})

describe('a folder that looks like a pack', () => {
  it.each<[string, unknown, RegExp]>([
    ['is broken', '{"name": "x",', /^model\.json is not JSON: /],
    ['is empty', '', /^model\.json is not JSON: /],
    ['belongs to something else', { model_type: 'bert' }, /^model\.json: .*precisions/],
    ['is no object', [1, 2], /^model\.json: /],
    ['is null', null, /^model\.json: /],
    [
      'has a field of the wrong kind',
      { ...description, input: { ...description.input, channels: 'CMYK' } },
      /^model\.json: .*channels/,
    ],
    ['has no class', { ...description, classes: [] }, /^model\.json: .*classes/],
    ['is called by a path', { ...description, name: '../other' }, /^model\.json: .*name/],
    ['is called as the folder above', { ...description, name: '..' }, /^model\.json: .*name/],
    ['is called by an escape', { ...description, name: 'a\u001b[2J' }, /^model\.json: .*name/],
    ['is called by a novel', { ...description, name: 'a'.repeat(101) }, /^model\.json: .*name/],
    [
      'names a file outside of it',
      { ...description, files: { '../secret': { bytes: 1, sha256: 'a'.repeat(64) } } },
      /^model\.json: .*inside of the pack/,
    ],
    [
      'names an absolute file',
      { ...description, files: { '/etc/passwd': { bytes: 1, sha256: 'a'.repeat(64) } } },
      /^model\.json: .*inside of the pack/,
    ],
    [
      'has a precision that is a path',
      { ...description, precisions: { '/../../x': 'as trained' } },
      /^model\.json: .*precisions/,
    ],
    [
      'has text vectors outside of it',
      {
        ...description,
        text: { temperature: 1, background: '../secret, float32', cocoNames: 'names.f32' },
      },
      /^model\.json: .*background/,
    ],
    [
      'is a SAM with a graph outside of it',
      {
        kind: 'sam',
        name: 'sam',
        encoder: { file: '../encoder.onnx', input: { name: 'image', side: 64 } },
        decoder: {
          file: 'decoder.onnx',
          inputs: { embeddings: { a: 'b' }, points: 'p', labels: 'l' },
          outputs: { masks: 'm', scores: 's' },
        },
      },
      /^model\.json: .*inside of the pack.*encoder\.file/,
    ],
    ['is the same as one above', { sameAs: '../model.json for all' }, /^model\.json: /],
  ])('is refused with the reason when its model.json %s', async (_, content, reason) => {
    await write('bad/model.json', typeof content === 'string' ? content : JSON.stringify(content))
    await write('good/model.json', description)
    const { packs, refused } = await find(root)
    expect(packs.map(({ name }) => name)).toEqual(['street-rcnn'])
    expect(refused).toEqual([
      { folder: join(root, 'bad'), reason: expect.stringMatching(reason) as string },
    ])
    expect(refused[0].reason).not.toContain('\n')
  })

  it('is refused with the reason when its model.json is a folder', async () => {
    await mkdir(join(root, 'bad', 'model.json'), { recursive: true })
    const { refused } = await find(root)
    expect(refused).toEqual([
      {
        folder: join(root, 'bad'),
        reason: expect.stringMatching(/^model\.json cannot be read: /) as string,
      },
    ])
  })

  it('does not keep others from being found when what it is the same as is nothing', async () => {
    await write('base/model.json', 'null')
    await write('bad/model.json', { sameAs: 'base/model.json for all' })
    await write('good/model.json', description)
    const { packs, refused } = await find(root)
    expect(packs.map(({ name }) => name)).toEqual(['street-rcnn'])
    expect(refused.map(({ folder }) => folder)).toEqual([join(root, 'bad'), join(root, 'base')])
  })

  it('is not read when its model.json is larger than any', async () => {
    await write('bad/model.json', '')
    await truncate(join(root, 'bad', 'model.json'), 2 ** 40)
    const { refused } = await find(root)
    expect(refused.map(({ reason }) => reason)).toEqual([
      expect.stringMatching(/^model\.json cannot be read: it has 1099511627776 bytes/),
    ])
  })

  it.skipIf(process.platform === 'win32')('is not waited for when it is a pipe', async () => {
    await mkdir(join(root, 'bad'))
    execFileSync('mkfifo', [join(root, 'bad', 'model.json')])
    const { refused } = await find(root)
    expect(refused.map(({ reason }) => reason)).toEqual([
      expect.stringMatching(/^model\.json cannot be read: it is a device or a pipe/),
    ])
  })

  it('is no CLIP pack because it mentions one somewhere', async () => {
    await write('detector/model.json', { ...description, text: { kind: 'clip' } })
    const { packs, refused } = await find(root)
    expect(packs.every(({ kind }) => kind !== 'clip')).toBe(true)
    expect(packs.length + refused.length).toBe(1)
  })
})

describe('a root', () => {
  it('that the user named and that is not there is told of by name', async () => {
    const folder = join(root, 'nowhere')
    await expect(find(folder)).rejects.toMatchObject({
      code: 'PACK_MISSING',
      message: expect.stringContaining(`${folder} does not exist`) as string,
    })
  })

  it('that is a file is told of by name', async () => {
    await write('model.onnx', 'x')
    await expect(find(join(root, 'model.onnx'))).rejects.toMatchObject({
      code: 'PACK_MISSING',
      message: expect.stringContaining('is not a folder') as string,
    })
  })

  it('that is only looked into by habit may be missing', async () => {
    await write('packs/detector/model.json', description)
    const found = await findPacks([
      { folder: join(root, 'nowhere'), required: false },
      { folder: join(root, 'packs'), required: false },
    ])
    expect(kinds(found)).toEqual(['street-rcnn: mask-rcnn'])
    expect(found.searched).toEqual([join(root, 'nowhere'), join(root, 'packs')])
  })
})

describe.skipIf(!hasShared)('the packs of ../shared', () => {
  it('are found without anything refused that was meant to be used', async () => {
    const found = await find(sharedPath('models'))
    expect(kinds(found)).toContain('maskrcnn2go-coco: mask-rcnn')
    expect(kinds(found)).toContain('clip-text-tables: text-table')
    const pack = found.packs.find(({ name }) => name === 'maskrcnn2go-coco')
    expect(pack?.kind === 'mask-rcnn' && pack.description.classes).toHaveLength(80)
  })
})
