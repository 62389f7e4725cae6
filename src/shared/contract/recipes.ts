import { z } from 'zod'

/**
 * The recipes' parameters with their defaults. `regions` needs the model: a change means a new run.
 * `scoring` works on stored candidates: a change re-scores in milliseconds.
 */
const iou = z.number().min(0).max(1)
const probability = z.number().min(0).max(1)

const suppression = {
  /** Scores under this are no detections at all. */
  scoreFloor: probability.default(0.02),
  /** Shown and exported from here on, where a class has no threshold of its own. */
  threshold: probability.default(0.2),
  /** Two of one class that overlap more are one object. */
  nmsIou: iou.default(0.5),
  /** Two of any classes that overlap more are one object; 1 lets a region have several classes. */
  crossClassNmsIou: iou.default(0.7),
  /** Detections an image. */
  atMost: z.number().int().min(1).max(1000).default(100),
}

const text = {
  templates: z.enum(['single', 'ensemble14', 'ensemble80']).default('ensemble14'),
  /** How a class's score comes from those of its synonyms. */
  synonyms: z.enum(['max', 'mean']).default('max'),
}

export const detectorRegionsSchema = z.strictObject({
  /** RPN boxes that go through the box head; null takes the pack's own number. */
  proposals: z.number().int().min(1).max(3000).nullable().default(null),
  proposalNmsIou: iou.default(0.7),
  /** Regions whose class probability is lower are not kept. */
  candidateFloor: probability.default(0.02),
  /** Overlaps of one detector class; null takes the pack's own number. */
  nmsIou: iou.nullable().default(null),
  /** Regions an image that get a mask. */
  atMost: z.number().int().min(1).max(1000).default(100),
})

export const detectorScoringSchema = z.strictObject({
  ...suppression,
  ...text,
  /** Logit scale of words that no detector class means, against the text table's other words. */
  logitScale: z.number().positive().default(100),
})

export const regionTextRegionsSchema = z.strictObject({
  /** RPN boxes that go through the box head; null takes the pack's own number. */
  proposals: z.number().int().min(1).max(3000).nullable().default(null),
  proposalNmsIou: iou.default(0.7),
  /** Regions with less objectness are not kept. */
  candidateFloor: probability.default(0.02),
  /** Refined boxes that overlap more are one region; 1 keeps them all. */
  regionNmsIou: iou.default(0.9),
})

export const regionTextScoringSchema = z.strictObject({
  ...suppression,
  synonyms: text.synonyms,
  /** Null takes the pack's own. */
  logitScale: z.number().positive().nullable().default(null),
  /** Whether a word's probability is multiplied by the region's objectness. */
  objectness: z.enum(['multiply', 'ignore']).default('multiply'),
  /** The words that compete with the vocabulary: the pack's own names, or the text table's as well. */
  distractors: z.enum(['pack', 'table']).default('pack'),
})

export const cropRegionsSchema = z.strictObject({
  proposals: z.number().int().min(1).max(3000).default(100),
  proposalNmsIou: iou.default(0.7),
  /** Regions with less objectness are not kept. */
  candidateFloor: probability.default(0.02),
  /** In pixels of the image: smaller boxes are dropped. */
  minSidePx: z.number().min(0).default(8),
  /** The RPN's own box, or that box refined by the deltas of the detector's best class. */
  box: z.enum(['refined', 'proposal']).default('refined'),
  /** The mask channel of the detector's best class, or the maximum over all. */
  mask: z.enum(['best-class', 'maximum']).default('best-class'),
  /** How a box becomes CLIP's square: stretched, short side and centre cut, or grown to a square. */
  crop: z.enum(['square', 'stretch', 'center']).default('square'),
  /** Crops in one run of CLIP: bounds the memory. */
  batchSize: z.number().int().min(1).max(256).default(16),
})

export const cropScoringSchema = z.strictObject({
  ...suppression,
  ...text,
  /** Null takes the pack's own. */
  logitScale: z.number().positive().nullable().default(null),
  /** `objectness`: objectness^alpha * p^(1-alpha). `detector`: F-VLM's base and novel weights. */
  fusion: z.enum(['objectness', 'detector']).default('objectness'),
  alpha: probability.default(0.5),
  /** Words that compete with the vocabulary and are never emitted. */
  backgroundWords: z
    .array(z.string().min(1))
    .default(['background', 'other', 'texture', 'wall', 'ground', 'sky']),
})

export const RECIPE_NAMES = ['detector', 'region-text', 'crop'] as const
export type RecipeName = (typeof RECIPE_NAMES)[number]

export type DetectorRegions = z.infer<typeof detectorRegionsSchema>
export type DetectorScoring = z.infer<typeof detectorScoringSchema>
export type RegionTextRegions = z.infer<typeof regionTextRegionsSchema>
export type RegionTextScoring = z.infer<typeof regionTextScoringSchema>
export type CropRegions = z.infer<typeof cropRegionsSchema>
export type CropScoring = z.infer<typeof cropScoringSchema>

/** What the worker is told to do with an image: no word of the vocabulary is in it. */
export type RegionRecipe =
  | { readonly recipe: 'detector'; readonly parameters: DetectorRegions }
  | { readonly recipe: 'region-text'; readonly parameters: RegionTextRegions }
  | { readonly recipe: 'crop'; readonly parameters: CropRegions }
