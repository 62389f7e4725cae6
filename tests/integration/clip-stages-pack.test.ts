import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { openSplitClip, type SplitClip } from '#main/networks/clip.ts'
import { SessionFactory } from '#main/networks/sessions.ts'
import { DIMENSION } from '../support/colour-clip/towers.ts'
import { writeColourClip } from '../support/colour-clip/write-colour-clip.ts'
import { hasShared, sharedPath } from '../support/coco-mini.ts'
import { OnnxGraph } from '../support/onnx-graph.ts'

type Dims = readonly (number | string)[]

/** Numbers of a token and of a feature in these graphs: 2 x 2 patches of 4 x 4 pixels of 3 channels. */
const WIDE = 48

/** A graph with these tensors, whose outputs are zeros of their shape. */
function shell(
  inputs: Readonly<Record<string, Dims>>,
  outputs: Readonly<Record<string, Dims>>,
): Uint8Array {
  const graph = new OnnxGraph('shell')
  for (const [name, dims] of Object.entries(inputs)) graph.input(name, 'float', dims)
  for (const [name, dims] of Object.entries(outputs)) {
    const sides = dims.map((dim) => (typeof dim === 'number' ? dim : 1))
    const shape = graph.int64s(`${name}_shape`, [dims.length], sides)
    graph.node(name, 'ConstantOfShape', [shape])
    graph.output(name, 'float', dims)
  }
  return graph.encode()
}

const pixels = (channels: number | string = 3, side: number | string = 8): Dims => [
  ...[1, channels, side, side],
]
const patchEmbed = ({
  image = pixels(),
  patches = [1, 4, WIDE] as Dims,
  classToken = [1, WIDE] as Dims,
} = {}): Uint8Array => shell({ pixel_values: image }, { patches, class_token: classToken })
const encoder = ({ tokens = ['n', 10, WIDE] as Dims, dimension = DIMENSION } = {}): Uint8Array =>
  shell({ tokens }, { image_embeds: ['n', dimension] })
const trunk = ({
  image = pixels(3, 'side'),
  features = [1, WIDE, 'h', 'w'] as Dims,
} = {}): Uint8Array => shell({ pixel_values: image }, { features })
const head = ({ regions = ['n', WIDE, 6, 6] as Dims, dimension = DIMENSION } = {}): Uint8Array =>
  shell({ regions }, { image_embeds: ['n', dimension] })

interface Case {
  readonly what: string
  readonly form: 'vit' | 'resnet'
  /** In place of the graph that fits; null leaves the file out. */
  readonly graphs?: Readonly<Record<string, Uint8Array | null>>
  /** Laid over the part of model.json. */
  readonly part?: Readonly<Record<string, unknown>>
  readonly told: RegExp
}

const refusals: Case[] = [
  {
    what: 'a graph that is not there',
    form: 'vit',
    graphs: { 'encoder.onnx': null },
    told: /encoder\.onnx is missing\. Copy the pack again/,
  },
  {
    what: 'patches as a plane (wrong rank)',
    form: 'vit',
    graphs: { 'patch_embed.onnx': patchEmbed({ patches: [1, WIDE, 2, 2] }) },
    told: /patch_embed\.onnx.*output "patches" should be the embedded patches: float32 with 3 dimensions.*another export/,
  },
  {
    what: 'a class token that is a sequence (wrong rank)',
    form: 'vit',
    graphs: { 'patch_embed.onnx': patchEmbed({ classToken: [1, 1, WIDE] }) },
    told: /patch_embed\.onnx.*output "class_token" should be the class token: float32 with 2 dimensions/,
  },
  {
    what: 'an image of one channel',
    form: 'vit',
    graphs: { 'patch_embed.onnx': patchEmbed({ image: pixels(1) }) },
    told: /patch_embed\.onnx.*takes images of 1 channels, not 3\. Install another export/,
  },
  {
    what: 'an image of another size',
    form: 'vit',
    graphs: { 'patch_embed.onnx': patchEmbed({ image: pixels(3, 16) }) },
    told: /patch_embed\.onnx.*images of 16 x 16.*says 8 x 8\. Correct "preprocess\.size"/,
  },
  {
    what: 'an encoder of a number of tokens that no square of patches has',
    form: 'vit',
    graphs: { 'encoder.onnx': encoder({ tokens: ['n', 49, WIDE] }) },
    told: /encoder\.onnx.*takes 49 tokens, which is not one more than a square number/,
  },
  {
    what: 'an encoder of another width',
    form: 'vit',
    graphs: { 'encoder.onnx': encoder({ tokens: ['n', 10, 32] }) },
    told: /encoder\.onnx.*tokens of 32 numbers, and .*patch_embed\.onnx gives 48: they belong to different packs/,
  },
  {
    what: 'vectors of another space than the texts',
    form: 'vit',
    graphs: { 'encoder.onnx': encoder({ dimension: 8 }) },
    told: /encoder\.onnx and .*text_model\.onnx give vectors of 8 and 16 numbers/,
  },
  {
    what: 'an output that is not there',
    form: 'vit',
    part: { patchEmbed: { file: 'patch_embed.onnx', classToken: 'cls' } },
    told: /no output "cls", which the pack's model\.json names as "vit\.patchEmbed\.classToken"/,
  },
  {
    what: 'no cells at all',
    form: 'vit',
    part: { cells: 0 },
    told: /model\.json cannot be used: "vit\.cells"/,
  },
  {
    what: 'an encoder that is not described',
    form: 'vit',
    part: { encoder: undefined },
    told: /model\.json cannot be used: "vit\.encoder"/,
  },
  {
    what: 'a trunk that is not there',
    form: 'resnet',
    graphs: { 'trunk.onnx': null },
    told: /trunk\.onnx is missing\. Copy the pack again/,
  },
  {
    what: 'a trunk that pools (wrong rank)',
    form: 'resnet',
    graphs: { 'trunk.onnx': trunk({ features: [1, WIDE] }) },
    told: /trunk\.onnx.*output "features" should be the features of the third stage: float32 with 4 dimensions/,
  },
  {
    what: 'an image of four channels',
    form: 'resnet',
    graphs: { 'trunk.onnx': trunk({ image: pixels(4, 'side') }) },
    told: /trunk\.onnx.*takes images of 4 channels, not 3/,
  },
  {
    what: 'regions of another number of channels',
    form: 'resnet',
    graphs: { 'head.onnx': head({ regions: ['n', 32, 6, 6] }) },
    told: /head\.onnx.*takes 32 channels, and .*trunk\.onnx gives 48: they belong to different packs/,
  },
  {
    what: 'regions that are no squares',
    form: 'resnet',
    graphs: { 'head.onnx': head({ regions: ['n', WIDE, 6, 7] }) },
    told: /head\.onnx.*regions of 6 x 7 features, which is no square/,
  },
  {
    what: 'vectors of another space than the texts',
    form: 'resnet',
    graphs: { 'head.onnx': head({ dimension: 8 }) },
    told: /head\.onnx and .*text_model\.onnx give vectors of 8 and 16 numbers/,
  },
  {
    what: 'cells that are no number',
    form: 'resnet',
    part: { cells: 'many' },
    told: /model\.json cannot be used: "resnet\.cells"/,
  },
]

describe.skipIf(!hasShared)('a CLIP pack in two stages [needs ../shared]', () => {
  let root: string
  let colourClip: string
  let folder: string
  let count = 0

  beforeAll(async () => {
    root = await mkdtemp(join(tmpdir(), 'lexmask-clip-stages-'))
    colourClip = join(root, 'colour-clip')
    await writeColourClip(colourClip, sharedPath('models', 'clip-tokenizer', 'tokenizer.json'))
  })
  afterAll(() => rm(root, { recursive: true }))
  beforeEach(async () => {
    folder = join(root, `pack-${count++}`)
    await mkdir(folder)
  })

  /** The text side is the colour CLIP's; the stages are shells of 8 x 8 pixels. */
  async function write({
    form,
    graphs = {},
    part = {},
  }: Omit<Case, 'told' | 'what'>): Promise<void> {
    const fitting =
      form === 'vit'
        ? { 'patch_embed.onnx': patchEmbed(), 'encoder.onnx': encoder() }
        : { 'trunk.onnx': trunk(), 'head.onnx': head() }
    for (const [name, bytes] of Object.entries({ ...fitting, ...graphs })) {
      if (bytes !== null) await writeFile(join(folder, name), bytes)
    }
    const stages =
      form === 'vit'
        ? { patchEmbed: { file: 'patch_embed.onnx' }, encoder: { file: 'encoder.onnx' } }
        : { trunk: { file: 'trunk.onnx' }, head: { file: 'head.onnx' } }
    const description = {
      kind: 'clip',
      name: 'stages',
      [form]: { ...stages, ...part },
      text: { file: join(colourClip, 'text_model.onnx') },
      tokenizer: { file: join(colourClip, 'tokenizer.json') },
      preprocess: { size: 8 },
    }
    await writeFile(join(folder, 'model.json'), JSON.stringify(description))
  }

  const open = (form: 'vit' | 'resnet'): Promise<SplitClip> =>
    openSplitClip(
      folder,
      `${form}-stages`,
      new SessionFactory(
        { requested: 'cpu', used: 'cpu', share: null, refused: [] },
        { threads: 1 },
      ),
    )

  it.each(refusals)('is refused: $form, $what', async (refusal) => {
    await write(refusal)
    const opening = open(refusal.form)
    await expect(opening).rejects.toMatchObject({ code: 'PACK_INVALID' })
    await expect(opening).rejects.toThrow(refusal.told)
  })

  it.each(['vit', 'resnet'] as const)('is refused where it has no %s', async (form) => {
    await write({ form: form === 'vit' ? 'resnet' : 'vit' })
    await expect(open(form)).rejects.toThrow(
      new RegExp(`has no "${form}" in its model\\.json, which this recipe needs`),
    )
  })

  it('is refused when its patches turn out to be no square', async () => {
    await write({
      form: 'vit',
      graphs: { 'patch_embed.onnx': patchEmbed({ patches: [1, 5, WIDE] }) },
    })
    const { stages } = await open('vit')
    const seeing = stages.features(new Float32Array(3 * 64), { width: 8, height: 8 })
    await expect(seeing).rejects.toMatchObject({ code: 'PACK_INVALID' })
    await expect(seeing).rejects.toThrow(
      /patches \[1, 5, 48\] and a class token \[1, 48\], which is no square of patches/,
    )
  })

  it.each([
    ['vit', 'its encoder takes', {}, 5, { 'encoder.onnx': encoder({ tokens: ['n', 26, WIDE] }) }],
    [
      'vit',
      'its description says, where its encoder takes any number',
      { cells: 4 },
      4,
      { 'encoder.onnx': encoder({ tokens: ['n', 't', WIDE] }) },
    ],
    [
      'vit',
      'are usual, where nobody says',
      {},
      7,
      { 'encoder.onnx': encoder({ tokens: ['n', 't', WIDE] }) },
    ],
    ['resnet', 'its head takes', { cells: 14 }, 6, {}],
    [
      'resnet',
      'are usual, where nobody says',
      {},
      14,
      { 'head.onnx': head({ regions: ['n', WIDE, 'h', 'h'] }) },
    ],
  ] as const)('%s: has as many cells as %s', async (form, _what, part, cells, graphs) => {
    await write({ form, part, graphs })
    expect((await open(form)).stages.cells).toBe(cells)
  })
})
