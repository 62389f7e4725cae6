import { readFile } from 'node:fs/promises'
import { writePack } from '../write-pack.ts'
import {
  imageTower,
  MEAN,
  patchEmbed,
  resnetHead,
  resnetTrunk,
  SIZE,
  STD,
  textTower,
  vitEncoder,
} from './towers.ts'

interface TokenizerJson {
  readonly model: { readonly vocab: Readonly<Record<string, number>> }
}

/**
 * Write the colour CLIP: a pack with CLIP's own inputs and outputs and the real tokenizer, whose
 * image encoders (a tower, a Vision Transformer and a ResNet in two parts each) measure colours and whose text tower knows colour words. "a photo of a red bus" beats
 * "a photo of a blue bus" on anything red; words without a colour are all alike and near neutral.
 * The same tokenizer gives the same bytes.
 *
 * @param folder is made when it is not there
 * @param tokenizerFile CLIP's `tokenizer.json`; copied into the pack
 */
export async function writeColourClip(folder: string, tokenizerFile: string): Promise<void> {
  const tokenizer = await readFile(tokenizerFile)
  const { model } = JSON.parse(tokenizer.toString('utf8')) as TokenizerJson
  const files = {
    'vision_model.onnx': imageTower(),
    'patch_embed.onnx': patchEmbed(),
    'encoder.onnx': vitEncoder(),
    'trunk.onnx': resnetTrunk(),
    'head.onnx': resnetHead(),
    'text_model.onnx': textTower(model.vocab),
    'tokenizer.json': tokenizer,
  }
  const description = {
    kind: 'clip',
    name: 'colour-clip',
    title: 'Colour CLIP: knows eleven colours and nothing else, for tests',
    licence: 'Apache-2.0',
    purpose: 'test',
    image: { file: 'vision_model.onnx' },
    vit: { patchEmbed: { file: 'patch_embed.onnx' }, encoder: { file: 'encoder.onnx' } },
    resnet: { trunk: { file: 'trunk.onnx' }, head: { file: 'head.onnx' } },
    text: { file: 'text_model.onnx' },
    tokenizer: { file: 'tokenizer.json', contextLength: 77 },
    preprocess: { size: SIZE, resize: 'square', mean: MEAN, std: STD, channels: 'RGB' },
    logitScale: 100,
  }
  await writePack(folder, files, description)
}
