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
  /** RPN boxes, or the boxes that a person drew, as in the recipes that ask CLIP. */
  source: z.enum(['rpn', 'boxes']).default('rpn'),
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

/** How the recipes that ask CLIP find their regions; they differ in how CLIP sees a region. */
const clipRegions = {
  proposals: z.number().int().min(1).max(3000).default(100),
  /**
   * RPN boxes with the detector's best class, what the recipe `detector` would detect, or the boxes
   * that a person drew, none of which is dropped and of which nothing else decides.
   */
  source: z.enum(['rpn', 'detections', 'boxes']).default('rpn'),
  proposalNmsIou: iou.default(0.7),
  /** Regions with less objectness are not kept. */
  candidateFloor: probability.default(0.02),
  /** In pixels of the image: smaller boxes are dropped. */
  minSidePx: z.number().min(0).default(8),
  /** The RPN's own box, or that box refined by the deltas of the detector's best class. */
  box: z.enum(['refined', 'proposal']).default('refined'),
  /** The mask channel of the detector's best class, or the maximum over all. */
  mask: z.enum(['best-class', 'maximum']).default('best-class'),
  /** Regions in one run of CLIP: bounds the memory. */
  batchSize: z.number().int().min(1).max(256).default(16),
}

/** How a box becomes CLIP's square: stretched, short side and centre cut, or grown to a square. */
const crop = z.enum(['square', 'stretch', 'center']).default('square')

/**
 * What CLIP's probability p is multiplied with, see `vision/fusion.ts`:
 * `objectness`: objectness^alpha * p^(1-alpha); `class`: the same with the probability of the
 * detector classes that a word means, and the objectness where it means none; `detector`: F-VLM's
 * weights of the same for words that mean a class and others; `vild`: ViLD's; `detic`: the square
 * root of objectness * p.
 */
const fusions = z.enum(['objectness', 'class', 'detector', 'vild', 'detic'])

const clipScoring = {
  ...suppression,
  ...text,
  /** Null takes the pack's own. */
  logitScale: z.number().positive().nullable().default(null),
  fusion: fusions.default('objectness'),
  /** Of the fusions `objectness` and `class`: the weight of the detector's side. */
  alpha: probability.default(0.5),
  /** Words that compete with the vocabulary and are never emitted. */
  backgroundWords: z
    .array(z.string().min(1))
    .default(['background', 'other', 'texture', 'wall', 'ground', 'sky']),
}

export const cropRegionsSchema = z.strictObject({ ...clipRegions, crop })
export const cropScoringSchema = z.strictObject(clipScoring)

export const vildRegionsSchema = z.strictObject({ ...clipRegions, crop })
export const vildScoringSchema = z.strictObject(clipScoring)

export const ovsegRegionsSchema = z.strictObject(clipRegions)
export const ovsegScoringSchema = z.strictObject({
  ...clipScoring,
  fusion: fusions.default('class'),
  alpha: probability.default(0.3),
})

/** Samples a side of a cell of RoIAlign; 0 takes as many as the cell spans features. */
const samplingRatio = z.number().int().min(0).max(8).default(0)

export const fvlmPatchRegionsSchema = z.strictObject({ ...clipRegions, samplingRatio })
export const fvlmPatchScoringSchema = z.strictObject({
  ...clipScoring,
  /** Whether the score of a box head with vectors of the same text space counts: √(s1 · s2). */
  regionText: z.enum(['join', 'ignore']).default('join'),
})

export const regionclipRegionsSchema = z.strictObject({
  ...clipRegions,
  samplingRatio,
  /** Of the image as the encoder sees it; null takes the pack's own. */
  shortSide: z.number().int().min(64).max(2048).nullable().default(null),
})
export const regionclipScoringSchema = z.strictObject({
  ...clipScoring,
  /** One over the temperature 0.01 with which RegionCLIP was published. */
  logitScale: z.number().positive().nullable().default(100),
})

/** The two halves of every recipe; a new recipe is an entry here. */
export const RECIPE_SCHEMAS = {
  detector: { regions: detectorRegionsSchema, scoring: detectorScoringSchema },
  'region-text': { regions: regionTextRegionsSchema, scoring: regionTextScoringSchema },
  crop: { regions: cropRegionsSchema, scoring: cropScoringSchema },
  vild: { regions: vildRegionsSchema, scoring: vildScoringSchema },
  ovseg: { regions: ovsegRegionsSchema, scoring: ovsegScoringSchema },
  'fvlm-patch': { regions: fvlmPatchRegionsSchema, scoring: fvlmPatchScoringSchema },
  regionclip: { regions: regionclipRegionsSchema, scoring: regionclipScoringSchema },
} as const

export type RecipeName = keyof typeof RECIPE_SCHEMAS
export const RECIPE_NAMES = [
  'detector',
  'region-text',
  'crop',
  'vild',
  'ovseg',
  'fvlm-patch',
  'regionclip',
] as const satisfies readonly RecipeName[]

/** The recipes that ask CLIP, with the form of image encoder that each needs of a pack. */
export const CLIP_FORMS = {
  crop: 'whole',
  vild: 'whole',
  ovseg: 'whole',
  'fvlm-patch': 'vit-stages',
  regionclip: 'resnet-stages',
} as const satisfies Partial<Record<RecipeName, ClipForm>>

/**
 * How a CLIP pack gives its image encoder: in one graph, or in two, the first of which runs once an
 * image and the second once a region.
 */
export type ClipForm = 'whole' | 'vit-stages' | 'resnet-stages'
export type ClipRecipeName = keyof typeof CLIP_FORMS

export function isClipRecipe(recipe: RecipeName): recipe is ClipRecipeName {
  return recipe in CLIP_FORMS
}

export type DetectorRegions = z.infer<typeof detectorRegionsSchema>
export type DetectorScoring = z.infer<typeof detectorScoringSchema>
export type RegionTextRegions = z.infer<typeof regionTextRegionsSchema>
export type RegionTextScoring = z.infer<typeof regionTextScoringSchema>
export type CropRegions = z.infer<typeof cropRegionsSchema>
export type VildRegions = z.infer<typeof vildRegionsSchema>
export type OvsegRegions = z.infer<typeof ovsegRegionsSchema>
export type FvlmPatchRegions = z.infer<typeof fvlmPatchRegionsSchema>
export type RegionclipRegions = z.infer<typeof regionclipRegionsSchema>
/** What every recipe that asks CLIP has. */
export type ClipRegions = Omit<CropRegions, 'crop'>
export type ClipScoring = z.infer<typeof cropScoringSchema>
export type Fusion = z.infer<typeof fusions>

/** Whether regions are those that a person drew, which is to be called and not found. */
export function asksDrawnBoxes(regions: object): boolean {
  return 'source' in regions && regions.source === 'boxes'
}

/** What the worker is told to do with an image: no word of the vocabulary is in it. */
export type RegionRecipe = {
  readonly [Name in RecipeName]: {
    readonly recipe: Name
    readonly parameters: z.infer<(typeof RECIPE_SCHEMAS)[Name]['regions']>
  }
}[RecipeName]
