import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { LexmaskError } from '#shared/contract/errors.ts'
import { normaliseRows } from '#shared/vocabulary/text-vectors.ts'
import type { MaskRcnnPack } from '#main/packs/find-packs.ts'
import { fileNameOf } from '#main/packs/mask-rcnn-description.ts'
import { WordIndex } from '#main/vision/word-index.ts'

/** The text side of a pack whose box head gives region vectors. */
export interface RegionSpace {
  /** Logit scale. */
  readonly temperature: number
  /** Unit vector of what is no object. */
  readonly background: Float32Array
  /** The sentence by which the pack's authors embedded a name. */
  promptOf(name: string): string
  /** Unit vector of a word that is one of the pack's own names; null for others. */
  vectorOf(word: string): Float32Array | null
  /** Unit vectors of the pack's names other than these. */
  vectorsBut(names: ReadonlySet<string>): Float32Array[]
}

/** @throws LexmaskError PACK_INVALID when the pack has no text side, or its files do not fit */
export async function readRegionSpace({
  name,
  folder,
  description,
}: MaskRcnnPack): Promise<RegionSpace> {
  const { text, classes } = description
  if (!text) {
    throw new LexmaskError(
      'PACK_INVALID',
      `The pack ${name} gives no region vectors, which the recipe "region-text" needs. Choose another with --pack.`,
      { pack: name },
    )
  }
  const background = await readFloats(join(folder, fileNameOf(text.background)))
  const dimension = background.length
  const file = join(folder, fileNameOf(text.cocoNames))
  const rows = await readFloats(file)
  if (rows.length !== classes.length * dimension) {
    throw new LexmaskError(
      'PACK_INVALID',
      `${file} has ${rows.length} numbers instead of ${classes.length} × ${dimension}. Copy the pack again.`,
      { file },
    )
  }
  const unit = normaliseRows(rows, dimension)
  const vectors = classes.map((_, i) => unit.subarray(i * dimension, (i + 1) * dimension))
  const index = new WordIndex(classes.map((one) => one.name))
  return {
    temperature: text.temperature,
    background: normaliseRows(background, dimension),
    promptOf: (name) => text.prompt.replaceAll('{}', name),
    vectorOf: (word) => {
      const [found] = index.find(word)
      return found === undefined ? null : vectors[found]
    },
    vectorsBut: (used) => vectors.filter((_, i) => !used.has(classes[i].name)),
  }
}

async function readFloats(file: string): Promise<Float32Array> {
  try {
    const bytes = await readFile(file)
    const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
    return Float32Array.from({ length: Math.floor(bytes.byteLength / 4) }, (_, i) =>
      view.getFloat32(i * 4, true),
    )
  } catch (error) {
    throw new LexmaskError(
      'PACK_INVALID',
      `The pack's ${file} cannot be read (${(error as Error).message}). Copy the pack again.`,
      { file },
    )
  }
}
