import { z } from 'zod'
import { packFilesSchema, packNameSchema, packPathSchema } from './pack-files.ts'

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

const anchorsSchema = z.object({
  /** Pixels of the input from one cell to the next; `fit`: what its side holds by its cells, floored. */
  stride: z.union([size, z.literal('fit')]),
  boxes: z.array(z.array(z.number()).length(4)).min(1),
})

const deltaWeights = z.tuple([z.number(), z.number(), z.number(), z.number()])

const pasteSchema = z.object({
  padCells: z.number().int().min(0).default(1),
  threshold: z.number().gt(0).lt(1).default(0.5),
})

/** The file that a field names before its prose: "background.f32, float32 [512]". */
export function fileNameOf(field: string): string {
  return field.split(',')[0].trim()
}

const proseOfFile = z
  .string()
  .refine((field) => packPathSchema.safeParse(fileNameOf(field)).success, {
    message: 'must begin with a file of the pack',
  })

export const maskRcnnDescriptionSchema = z.object({
  name: packNameSchema,
  title: z.string().optional(),
  licence: z.string().optional(),
  /** Precision → prose. Files are called by it. */
  precisions: z.record(z.string().regex(/^\w[\w.-]{0,19}$/), z.string()),
  input: inputSchema,
  /** Prose; the word "inclusive" in it says that x2 is the last pixel and not the far edge. */
  coordinates: z.string(),
  /** How refined boxes are to be read, where the network was trained otherwise than `coordinates`. */
  refinedBoxes: z.enum(['inclusive', 'exclusive']).optional(),
  classes: z.array(classSchema).min(1),
  detection: z.object({
    scoreThreshold: z.number().min(0).max(1),
    nmsIou: z.number().min(0).max(1),
    atMost: size,
  }),
  /** Present when the pack comes as three graphs: one a level of the features, finest first. */
  anchors: z
    .union([anchorsSchema.transform((only) => [only]), z.array(anchorsSchema).min(1)])
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
  /** Present when the box head gives region vectors in the space of a text encoder. */
  text: z
    .object({
      /** Logit scale of the vectors' cosines. */
      temperature: z.number().positive(),
      /** File name, then prose: float32 [dimension], unit. */
      background: proseOfFile,
      /** File name, then prose: float32 [classes, dimension], vectors of the pack's own names. */
      cocoNames: proseOfFile,
      /** The sentence that was embedded for a name, which stands for the braces. */
      prompt: z.string().includes('{}').default('a {}'),
    })
    .optional(),
  /** Present when the pack comes as one graph; output names default to those of the session. */
  end_to_end: z.object({ outputs: z.record(z.string(), z.string()).optional() }).optional(),
  files: packFilesSchema,
})

export type MaskRcnnDescription = z.infer<typeof maskRcnnDescriptionSchema>

/** The box convention of the pack's coordinates. */
export function boxConventionOf(description: MaskRcnnDescription): 'inclusive' | 'exclusive' {
  return /inclusive/.test(description.coordinates) ? 'inclusive' : 'exclusive'
}

/** How refined boxes are to be read: what the network was trained to. */
export function refinedConventionOf(description: MaskRcnnDescription): 'inclusive' | 'exclusive' {
  return description.refinedBoxes ?? boxConventionOf(description)
}

/** The folder whose description a `sameAs` takes over: "maskrcnn2go-coco/model.json for input, …". */
export function baseFolderOf(json: unknown): string | null {
  const sameAs = (json as { sameAs?: unknown } | null)?.sameAs
  if (typeof sameAs !== 'string') return null
  return /^(\w[\w.-]*)\/model\.json\b/.exec(sameAs)?.[1] ?? null
}

/**
 * A description that says only what is its own, laid over the one that it is the same as.
 *
 * @param own parsed JSON with a `sameAs`
 * @param base parsed JSON
 */
export function overlayDescription(own: object, base: object): object {
  const ownParts = own as Record<string, unknown>
  const baseParts = base as Record<string, unknown>
  const merged = (part: string): object => ({
    ...(baseParts[part] as object | undefined),
    ...(ownParts[part] as object | undefined),
  })
  const shared = ['input', 'coordinates', 'anchors', 'backbone_rpn', 'rpn', 'detection', 'classes']
  const isExclusive = /x2 = x \+ w/.test(String(ownParts.sameAs))
  return {
    ...Object.fromEntries(shared.map((part) => [part, baseParts[part]])),
    ...ownParts,
    box_head: merged('box_head'),
    mask_head: merged('mask_head'),
    ...(isExclusive ? { refinedBoxes: 'exclusive' } : {}),
  }
}

/** How masks are placed in the image; a pack of one graph may leave it to the defaults. */
export function pasteOf({ mask_head }: MaskRcnnDescription): z.infer<typeof pasteSchema> {
  return mask_head?.paste ?? pasteSchema.parse({})
}
