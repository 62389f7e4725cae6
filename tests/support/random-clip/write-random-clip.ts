import { mkdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { DIMENSION, textTower } from '../colour-clip/towers.ts'
import { randomVitTower, SIZE } from './vit-tower.ts'

/**
 * Writes a CLIP pack whose image tower has the cost of ViT-B and random weights, for measuring time and
 * memory.
 *
 * @param folder is made when it is not there
 * @param tokenizerFile CLIP's `tokenizer.json`; copied into the pack
 */
export async function writeRandomClip(
  folder: string,
  patch: 16 | 32,
  tokenizerFile: string,
): Promise<void> {
  const tokenizer = await readFile(tokenizerFile)
  const { model } = JSON.parse(tokenizer.toString('utf8')) as {
    model: { vocab: Record<string, number> }
  }
  await mkdir(folder, { recursive: true })
  await writeFile(join(folder, 'vision_model.onnx'), randomVitTower(patch, DIMENSION))
  await writeFile(join(folder, 'text_model.onnx'), textTower(model.vocab))
  await writeFile(join(folder, 'tokenizer.json'), tokenizer)
  const description = {
    kind: 'clip',
    name: `random-vit-b-${patch}`,
    title: `Random weights at the cost of ViT-B/${patch}, for measuring time`,
    purpose: 'test',
    image: { file: 'vision_model.onnx' },
    text: { file: 'text_model.onnx' },
    tokenizer: { contextLength: 77 },
    preprocess: { size: SIZE },
  }
  await writeFile(join(folder, 'model.json'), JSON.stringify(description, null, 2))
}
