import { z } from 'zod'
import { RECIPE_NAMES } from '#shared/contract/recipes.ts'

/** Raised with every change that an older reader would misread. */
export const BENCH_REPORT_VERSION = 1

/** In 0..1; -1 where there is nothing to find, as COCO writes it. */
const metric = z.number().min(-1).max(1)
const count = z.int().min(0)
const ms = z.number().min(0)
const bytes = z.int().min(0)
const recipe = z.enum(RECIPE_NAMES)

const summary = z.strictObject({
  AP: metric,
  AP50: metric,
  AP75: metric,
  APsmall: metric,
  APmedium: metric,
  APlarge: metric,
  AR100: metric,
})

/** Over some of the classes alone. */
const subset = z.strictObject({ AP: metric, AP50: metric, classCount: count })

/** AP over COCO's base and novel classes; null for a dataset without these. */
const split = z.strictObject({ base: subset, novel: subset }).nullable()

const models = z.strictObject({
  /** Name of the Mask R-CNN pack. */
  detector: z.string(),
  precision: z.string(),
  /** Name and title of the CLIP pack; null for a recipe that asks none. */
  clip: z
    .strictObject({
      name: z.string(),
      title: z.string().nullable(),
      /** A pack that is made to test the way of the data: its scores mean nothing. */
      isForTests: z.boolean(),
    })
    .nullable(),
  provider: z.string(),
})

const row = z.strictObject({
  recipe,
  models,
  /**
   * `names`: the classes by the names of the ground truth, with the pack's own thresholds; `defaults`: the
   * same with the product's; `other-words`: by other words; `novel-by-text`: the detector is as though it
   * had never seen the novel classes, which are found by text vectors alone (ConSE).
   */
  words: z.enum(['names', 'defaults', 'other-words', 'novel-by-text']),
  /** Classes whose words nothing serves: they find nothing, and count as such. */
  unservedWords: z.array(z.string()),
  /** Parameters that differ from the product's defaults. */
  parameters: z.record(z.string(), z.unknown()),
  masks: summary,
  boxes: summary,
  split,
  perClass: z.array(
    z.strictObject({
      name: z.string(),
      maskAP: metric,
      maskAP50: metric,
      boxAP: metric,
      objects: count,
      found: count,
    }),
  ),
  /** Mask precision at the recalls 0, 0.01, ..., 1, mean over the classes; null without any object. */
  precision: z
    .strictObject({ at50: z.array(metric).length(101), at75: z.array(metric).length(101) })
    .nullable(),
  /** Detections by score, by whether their mask found an object at IoU 0.5; bins of equal width over 0..1. */
  scores: z.strictObject({ right: z.array(count), wrong: z.array(count) }),
  /** Localisation alone: the same detections, each with the class of the object that it overlaps best. */
  oracleLabels: z.strictObject({ AP: metric, AP50: metric }),
  /** Classification alone: what the recipe says of the true boxes; null with a reason where it cannot. */
  trueBoxes: z
    .strictObject({
      objects: count,
      /** Part of the objects whose highest score is that of their class. */
      top1: metric,
      AP: metric,
      AP50: metric,
      split,
    })
    .nullable(),
  time: z.strictObject({
    /** Wall time of an image, one after the other, with nothing beside it; without loading models. */
    msAnImage: ms,
    /** Means over the images; in the inference process. */
    stageMs: z.record(z.string(), ms),
    /** Of these, inside ONNX Runtime. */
    runMs: ms,
    /** In the application: words and suppression. */
    scoringMs: ms,
  }),
  /** The most that the inference process had resident, from its start to the last image. */
  peakBytes: bytes,
  /** By the part of what was shown and what is there that agrees, the worst first. */
  worst: z.array(
    z.strictObject({
      file: z.string(),
      right: count,
      wrong: count,
      missed: count,
    }),
  ),
})
export type BenchRow = z.infer<typeof row>
export type BenchSummary = z.infer<typeof summary>
export type BenchSplit = z.infer<typeof split>

const recall = z.strictObject({ count, at50: metric, mean: metric })
const proposals = z.strictObject({
  detector: z.string(),
  precision: z.string(),
  /** The RPN's own boxes, and the same refined by the deltas of the detector's best class. */
  proposal: z.array(recall),
  refined: z.array(recall),
})

/** Class-agnostic regions by the parameters `box` and `mask`, with oracle labels. */
const regions = z.strictObject({
  detector: z.string(),
  precision: z.string(),
  box: z.enum(['refined', 'proposal']),
  mask: z.enum(['best-class', 'maximum']),
  maskAP: metric,
  maskAP50: metric,
  boxAP: metric,
  boxAP50: metric,
})

const notRun = z.strictObject({
  recipe: recipe.nullable(),
  /** What of the recipe was not run, such as a pack, a precision or a kind of words. */
  what: z.string(),
  reason: z.string(),
})
export type NotRun = z.infer<typeof notRun>

/** What `bench.json` holds. */
export const benchReportSchema = z.strictObject({
  format: z.literal('lexmask-bench-recipes'),
  version: z.literal(BENCH_REPORT_VERSION),
  product: z.strictObject({ version: z.string() }),
  createdAt: z.iso.datetime(),
  command: z.string(),
  machine: z.strictObject({
    cpu: z.string(),
    cores: count,
    memoryBytes: bytes,
    system: z.string(),
    node: z.string(),
  }),
  data: z.strictObject({
    name: z.string(),
    sha256: z.string().nullable(),
    images: count,
    objects: count,
    crowds: count,
    classes: count,
    classesWithObjects: count,
  }),
  rows: z.array(row),
  proposals: z.array(proposals),
  regions: z.array(regions),
  notRun: z.array(notRun),
})
export type BenchReport = z.infer<typeof benchReportSchema>
