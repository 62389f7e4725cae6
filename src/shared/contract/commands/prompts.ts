import { z } from 'zod'
import type { XywhBox } from '#shared/geometry/box.ts'
import type { EncodedMask } from '../records.ts'
import { encodedMaskSchema } from './annotations.ts'
import { answering, id, nothing } from './command.ts'

/** Where masks are made of what a person points at. */
export interface PromptTools {
  readonly box: boolean
  readonly points: boolean
  /** In words for the user, why one of them is not there; null when both are. */
  readonly why: string | null
}

export interface ClassSuggestion {
  /** null: the detector's own word, which no class of the vocabulary takes. */
  readonly classId: number | null
  readonly name: string
  readonly score: number
}

export interface PromptedMask {
  readonly mask: EncodedMask
  /** Best first, 5 at most; none from a model that knows no classes. */
  readonly suggestions: readonly ClassSuggestion[]
  /** How sure the model is of the mask, in 0..1. */
  readonly score: number
}

const coordinate = z.number().min(-1e6).max(1e6)
/** In pixels of the image, where the first pixel covers 0 to 1. What lies outside the image is cut off. */
const boxSchema = z.tuple([coordinate, coordinate, coordinate.positive(), coordinate.positive()])

const pointSchema = z.strictObject({
  x: coordinate,
  y: coordinate,
  /** Of the object; otherwise of what it is not. */
  isPositive: z.boolean(),
})
export type PromptPoint = z.infer<typeof pointSchema>
export type PromptBox = XywhBox

export const promptCommands = {
  /** Loads no model. */
  'prompts.available': answering<PromptTools>()(nothing),
  /** The object that fills a box. The first box of an image takes longer than the others. */
  'masks.fromBox': answering<PromptedMask>()(
    z.strictObject({
      imageId: id,
      box: boxSchema,
      /** What the object is, where that is known: it draws a little better what it knows. */
      classId: id.optional(),
    }),
  ),
  /** The object at some points, which needs a pack of the kind SAM. */
  'masks.fromPoints': answering<PromptedMask>()(
    z.strictObject({
      imageId: id,
      points: z.array(pointSchema).min(1).max(100),
      box: boxSchema.optional(),
    }),
  ),
  /** The mask with its edge moved to an edge of the image nearby; no model is needed. */
  'masks.snap': answering<{ readonly mask: EncodedMask }>()(
    z.strictObject({
      imageId: id,
      mask: encodedMaskSchema,
      /** How far the edge may move. */
      bandPx: z.int().min(1).max(50).default(6),
    }),
  ),
} as const
