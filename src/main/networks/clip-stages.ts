import { Tensor } from 'onnxruntime-node'
import type { ClipForm } from '#shared/contract/recipes.ts'
import type { Size } from '#shared/geometry/size.ts'
import type { ClipPreprocess } from '#main/vision/clip-preprocess.ts'
import { modelSize } from '#main/vision/model-image.ts'
import type { FeatureMap } from '#main/vision/roi-align.ts'
import type { ResnetStages, VitStages } from './clip-description.ts'
import { Tower, unitRows, type SessionOpener } from './clip-tower.ts'

export type SplitForm = Exclude<ClipForm, 'whole'>

/** An image encoder in two parts. */
export interface ImageStages {
  /** null when the model leaves it open. */
  readonly dimension: number | null
  /** Cells a side of a region, as `roiAlign` is to make them. */
  readonly cells: number
  /**
   * How large the first part sees an image.
   *
   * @param shortSide null takes the pack's own; where the graph has a size it is that
   */
  inputSize(image: Size, shortSide: number | null): Size
  /** @param pixels Float32Array // [3, height, width] as `imageToTower` makes them */
  features(pixels: Float32Array, size: Size): Promise<ImageFeatures>
}

/** The first part's answer for one image, with the second part for its regions. */
export interface ImageFeatures {
  readonly map: FeatureMap
  /**
   * @param regions Float32Array // [count, ...] each as `roiAlign` gives them
   * @returns Float32Array // [count, dimension] unit rows
   */
  embedRegions(regions: Float32Array, count: number): Promise<Float32Array>
}

const image = {
  what: 'an image',
  usual: ['pixel_values'],
  rank: 4,
  types: ['float32'],
} as const
const imageVector = {
  what: 'the image vector',
  usual: ['image_embeds', 'image_embeddings', 'image_features'],
  rank: 2,
  types: ['float32'],
} as const

function assertThreeChannels(tower: Tower, channels: number | null): void {
  if ((channels ?? 3) === 3) return
  throw tower.invalid(`it takes images of ${channels} channels, not 3. Install another export.`)
}

/**
 * A Vision Transformer in two parts: `patch_embed` (pixels [1, 3, s, s] → patches [1, n, c] with their
 * positions, class token [1, c] with its own) and `encoder` (tokens [b, 1 + cells², c] →
 * image vector [b, dimension]).
 *
 * @throws LexmaskError PACK_INVALID naming the file and what does not fit
 */
export async function openVitStages(
  description: VitStages,
  { size }: ClipPreprocess,
  dimension: number,
  opener: SessionOpener,
): Promise<ImageStages> {
  const { patchEmbed, encoder } = description
  const first = await Tower.open(patchEmbed.file, 'clip-image', opener)
  const input = first.input({ ...image, key: 'vit.patchEmbed.input', described: patchEmbed.input })
  const patches = first.output({
    what: 'the embedded patches',
    key: 'vit.patchEmbed.patches',
    described: patchEmbed.patches,
    usual: ['patches', 'patch_embeds'],
    rank: 3,
    types: ['float32'],
  })
  const classToken = first.output({
    what: 'the class token',
    key: 'vit.patchEmbed.classToken',
    described: patchEmbed.classToken,
    usual: ['class_token', 'cls'],
    rank: 2,
    types: ['float32'],
  })
  first.refuseOtherInputs([input.name])
  const [, channels = null, height = null, width = null] = input.shape
  assertThreeChannels(first, channels)
  if ((height ?? size) !== size || (width ?? size) !== size) {
    throw first.invalid(
      `it takes images of ${height ?? size} x ${width ?? size}, and the pack's description says ${size} x ${size}. Correct "preprocess.size".`,
    )
  }

  const second = await Tower.open(encoder.file, 'clip-image', opener)
  const tokens = second.input({
    what: 'tokens',
    key: 'vit.encoder.input',
    described: encoder.input,
    usual: ['tokens', 'hidden_states'],
    rank: 3,
    types: ['float32'],
  })
  const output = second.output({
    ...imageVector,
    key: 'vit.encoder.output',
    described: encoder.output,
  })
  second.refuseOtherInputs([tokens.name])
  const [, sequence = null, width2 = null] = tokens.shape
  const cells = sequence === null ? description.cells : Math.sqrt(sequence - 1)
  if (!Number.isInteger(cells)) {
    throw second.invalid(
      `it takes ${sequence} tokens, which is not one more than a square number: a class token and the patches of a region. Install another export.`,
    )
  }
  const patchWidth = patches.shape[2] ?? null
  if (width2 !== null && patchWidth !== null && width2 !== patchWidth) {
    throw second.invalid(
      `it takes tokens of ${width2} numbers, and ${first.file} gives ${patchWidth}: they belong to different packs. Copy the pack again.`,
    )
  }

  return {
    dimension: output.shape[1] ?? null,
    cells,
    inputSize: () => ({ width: size, height: size }),
    async features(pixels) {
      const [all, own] = await first.floats(
        { [input.name]: new Tensor('float32', pixels, [1, 3, size, size]) },
        [patches.name, classToken.name],
      )
      const [count, wide] = all.dims.slice(-2)
      const side = Math.sqrt(count)
      if (!Number.isInteger(side) || own.data.length !== wide) {
        throw first.invalid(
          `it gives patches [${all.dims.join(', ')}] and a class token [${own.dims.join(', ')}], which is no square of patches with a token of the same width. Install another export.`,
        )
      }
      const square = { width: side, height: side }
      const map: FeatureMap = { ...square, data: all.data, channels: wide, layout: 'HWC' }
      return {
        map,
        async embedRegions(regions, regionCount) {
          const length = cells * cells * wide
          const sequences = new Float32Array(regionCount * (wide + length))
          for (let i = 0; i < regionCount; i++) {
            sequences.set(own.data, i * (wide + length))
            sequences.set(
              regions.subarray(i * length, (i + 1) * length),
              i * (wide + length) + wide,
            )
          }
          const dims = [regionCount, 1 + cells * cells, wide]
          const { rows } = await second.rows(
            { [tokens.name]: new Tensor('float32', sequences, dims) },
            output.name,
            regionCount,
            dimension,
          )
          return unitRows(rows, dimension, second)
        },
      }
    },
  }
}

/** What all strides of a ResNet's first three stages make together, twice: sizes come out whole. */
const RESNET_MULTIPLE = 32

/**
 * A CLIP ResNet in two parts: `trunk` (pixels [1, 3, h, w] → features [1, c, h / 16, w / 16] of the
 * third stage) and `head` (features of a region [b, c, cells, cells] → last stage and attention pool →
 * image vector [b, dimension]).
 *
 * @throws LexmaskError PACK_INVALID naming the file and what does not fit
 */
export async function openResnetStages(
  description: ResnetStages,
  dimension: number,
  opener: SessionOpener,
): Promise<ImageStages> {
  const { trunk, head } = description
  const first = await Tower.open(trunk.file, 'clip-image', opener)
  const input = first.input({ ...image, key: 'resnet.trunk.input', described: trunk.input })
  const features = first.output({
    what: 'the features of the third stage',
    key: 'resnet.trunk.output',
    described: trunk.output,
    usual: ['features'],
    rank: 4,
    types: ['float32'],
  })
  first.refuseOtherInputs([input.name])
  const [, channels = null, height = null, width = null] = input.shape
  assertThreeChannels(first, channels)

  const second = await Tower.open(head.file, 'clip-image', opener)
  const region = second.input({
    what: 'features of regions',
    key: 'resnet.head.input',
    described: head.input,
    usual: ['regions', 'features'],
    rank: 4,
    types: ['float32'],
  })
  const output = second.output({
    ...imageVector,
    key: 'resnet.head.output',
    described: head.output,
  })
  second.refuseOtherInputs([region.name])
  const [, depth = null, rows = null, columns = null] = region.shape
  const trunkDepth = features.shape[1] ?? null
  if (rows !== columns) {
    throw second.invalid(
      `it takes regions of ${rows ?? '?'} x ${columns ?? '?'} features, which is no square. Install another export.`,
    )
  }
  if (depth !== null && trunkDepth !== null && depth !== trunkDepth) {
    throw second.invalid(
      `it takes ${depth} channels, and ${first.file} gives ${trunkDepth}: they belong to different packs. Copy the pack again.`,
    )
  }
  const cells = rows ?? description.cells

  return {
    dimension: output.shape[1] ?? null,
    cells,
    inputSize(size, shortSide) {
      const short = shortSide ?? description.shortSide
      const free = modelSize(size, { shortSide: short, longSideAtMost: short * 4 })
      const whole = (side: number): number =>
        Math.max(1, Math.round(side / RESNET_MULTIPLE)) * RESNET_MULTIPLE
      return { width: width ?? whole(free.width), height: height ?? whole(free.height) }
    },
    async features(pixels, size) {
      const [{ data, dims }] = await first.floats(
        { [input.name]: new Tensor('float32', pixels, [1, 3, size.height, size.width]) },
        [features.name],
      )
      const [, deep, high, wide] = dims
      return {
        map: { data, channels: deep, width: wide, height: high, layout: 'CHW' },
        async embedRegions(regions, count) {
          const { rows: vectors } = await second.rows(
            { [region.name]: new Tensor('float32', regions, [count, deep, cells, cells]) },
            output.name,
            count,
            dimension,
          )
          return unitRows(vectors, dimension, second)
        },
      }
    },
  }
}
