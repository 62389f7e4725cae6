import { z } from 'zod'
import { packFilesSchema, packNameSchema, packPathSchema } from './pack-files.ts'

/**
 * `model.json` of a SAM pack: two graphs, an encoder that sees an image once and a decoder that answers
 * each prompt. Exports differ in names, in how the image is laid in, and in what the decoder asks for
 * beside the points, so all of this is described. Ranks and types are read from the sessions.
 */
const pixels = z.number().int().positive()
const tensorName = z.string().min(1)
const optionalTensor = tensorName.nullable().default(null)
const perChannel = z.tuple([z.number(), z.number(), z.number()])
const perChannelStd = z.tuple([z.number().positive(), z.number().positive(), z.number().positive()])

/** Of ImageNet, in the range 0 to 255: what SAM and its offspring were trained with. */
const SAM_MEAN = [123.675, 116.28, 103.53] as const
const SAM_STD = [58.395, 57.12, 57.375] as const

export const samDescriptionSchema = z.object({
  kind: z.literal('sam'),
  name: packNameSchema,
  title: z.string().optional(),
  licence: z.string().optional(),
  precision: z.string().min(1).default('fp32'),
  encoder: z.object({
    file: packPathSchema,
    input: z.object({
      name: tensorName,
      layout: z.enum(['NCHW', 'CHW', 'NHWC', 'HWC']).default('NCHW'),
      channels: z.enum(['RGB', 'BGR']).default('RGB'),
      /** Of the square in which the encoder sees the image. */
      side: pixels,
      /** `long-side` keeps the proportions (SAM), `stretch` fills the square (SAM 2). */
      resize: z.enum(['long-side', 'stretch']).default('long-side'),
      /** Whether the rest of the square is filled with zeros, after mean and std. */
      pad: z.boolean().default(true),
      /** The range of a pixel before mean and std. */
      range: z.tuple([z.literal(0), z.union([z.literal(1), z.literal(255)])]).default([0, 255]),
      mean: perChannel.default([...SAM_MEAN]),
      std: perChannelStd.default([...SAM_STD]),
    }),
  }),
  decoder: z.object({
    file: packPathSchema,
    inputs: z.object({
      /** Each input of the decoder that is an output of the encoder: decoder's name → encoder's name. */
      embeddings: z
        .record(tensorName, tensorName)
        .refine((names) => Object.keys(names).length > 0, 'name one input at least'),
      points: tensorName,
      labels: tensorName,
      /** An earlier mask; the product gives none. */
      mask: optionalTensor,
      hasMask: optionalTensor,
      /** Height and width that the masks are to have. */
      originalSize: optionalTensor,
    }),
    outputs: z.object({
      /** Logits of one or several masks. */
      masks: tensorName,
      /** How good the decoder believes each of them to be. */
      scores: tensorName,
    }),
  }),
  files: packFilesSchema.default({}),
})

export type SamDescription = z.infer<typeof samDescriptionSchema>
export type SamInput = SamDescription['encoder']['input']
