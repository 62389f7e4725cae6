import { z } from 'zod'

/**
 * `model.json` of a Mask R-CNN pack. Packs are written by many hands: whatever a program can read
 * from the session itself (tensor names, ranks, channel counts) is not asked for here.
 */
const size = z.number().int().positive()

const inputSchema = z.object({
  layout: z.enum(['NCHW', 'CHW']).default('NCHW'),
  channels: z.enum(['BGR', 'RGB']),
  /** The range of a pixel before mean and std: [0, 255] or [0, 1]. */
  range: z.tuple([z.literal(0), z.union([z.literal(1), z.literal(255)])]).default([0, 255]),
  mean: z.array(z.number()).length(3),
  std: z.array(z.number()).length(3),
  resize: z.object({ shortSide: size, longSideAtMost: size }),
  /** Both sides are padded with zeros, right and below, to a multiple of this. */
  padToMultipleOf: size.default(1),
})

const classSchema = z.object({ index: z.number().int().min(1), name: z.string().min(1) })

const fileSchema = z.object({
  bytes: z.number().int().nonnegative(),
  sha256: z.string().regex(/^[0-9a-f]{64}$/),
})

const deltaWeights = z.tuple([z.number(), z.number(), z.number(), z.number()])

const pasteSchema = z.object({
  padCells: z.number().int().min(0).default(1),
  threshold: z.number().gt(0).lt(1).default(0.5),
})

export const maskRcnnDescriptionSchema = z.object({
  name: z.string().min(1),
  title: z.string().optional(),
  licence: z.string().optional(),
  precisions: z.record(z.string(), z.string()),
  input: inputSchema,
  /** Prose; the word "inclusive" in it says that x2 is the last pixel and not the far edge. */
  coordinates: z.string(),
  classes: z.array(classSchema).min(1),
  detection: z.object({
    scoreThreshold: z.number().min(0).max(1),
    nmsIou: z.number().min(0).max(1),
    atMost: size,
  }),
  /** Present when the pack comes as three graphs. */
  anchors: z
    .object({ stride: size, boxes: z.array(z.array(z.number()).length(4)).min(1) })
    .optional(),
  rpn: z
    .object({
      deltaWeights,
      preNmsTop: size,
      nmsIou: z.number().min(0).max(1),
      postNmsTop: size,
    })
    .optional(),
  box_head: z.object({ deltaWeights }).optional(),
  mask_head: z.object({ paste: pasteSchema }).optional(),
  /** Present when the pack comes as one graph; output names default to those of the session. */
  end_to_end: z.object({ outputs: z.record(z.string(), z.string()).optional() }).optional(),
  files: z.record(z.string(), fileSchema),
})

export type MaskRcnnDescription = z.infer<typeof maskRcnnDescriptionSchema>

/** The box convention of the pack's coordinates. */
export function boxConventionOf(description: MaskRcnnDescription): 'inclusive' | 'exclusive' {
  return /inclusive/.test(description.coordinates) ? 'inclusive' : 'exclusive'
}
