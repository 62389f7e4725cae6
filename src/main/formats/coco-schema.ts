import { z } from 'zod'
import type { AttributeValue } from '#shared/contract/attributes.ts'
import type { CocoSegmentation } from '#shared/geometry/coco-segmentation.ts'
import { MAX_MASK_SIDE } from '#shared/geometry/size.ts'

const id = z.int().nonnegative()
const number = z.number()
/** Some tools write null for what they do not know. */
const optional = <T>(schema: z.ZodType<T>) =>
  schema.nullish().transform((value) => value ?? undefined)
const side = z.int().min(1).max(MAX_MASK_SIDE)

/**
 * Checked by hand: a dataset holds tens of millions of coordinates, and a validator that makes an
 * object for each would take longer than reading them.
 */
const segmentation = z.custom<CocoSegmentation>().superRefine((value: unknown, context) => {
  const fault = Array.isArray(value) ? faultOfPolygons(value) : faultOfRle(value)
  if (fault !== null) context.addIssue({ code: 'custom', path: fault.path, message: fault.message })
})

interface Fault {
  readonly path: (string | number)[]
  readonly message: string
}

function faultOfPolygons(polygons: readonly unknown[]): Fault | null {
  for (const [i, polygon] of polygons.entries()) {
    if (!Array.isArray(polygon)) {
      return { path: [i], message: 'a polygon is a list of numbers: [[x, y, x, y, …], …]' }
    }
    if (polygon.length < 6 || polygon.length % 2 !== 0) {
      const message = `a polygon has pairs of x and y, three or more, but here are ${polygon.length} numbers`
      return { path: [i], message }
    }
    const wrong = polygon.findIndex((value) => !Number.isFinite(value))
    if (wrong >= 0) return { path: [i, wrong], message: 'a number was expected' }
  }
  return null
}

function faultOfRle(value: unknown): Fault | null {
  const message = 'expected a list of polygons, or run lengths {size, counts}'
  if (typeof value !== 'object' || value === null) return { path: [], message }
  const { size, counts } = value as Record<string, unknown>
  const isSide = (length: unknown) =>
    Number.isInteger(length) && Number(length) >= 1 && Number(length) <= MAX_MASK_SIDE
  if (!Array.isArray(size) || size.length !== 2 || !size.every(isSide)) {
    return { path: ['size'], message: 'expected [height, width] in pixels' }
  }
  if (typeof counts === 'string') return null
  if (!Array.isArray(counts))
    return { path: ['counts'], message: 'expected text or a list of numbers' }
  const wrong = counts.findIndex((count) => !Number.isInteger(count) || Number(count) < 0)
  return wrong < 0
    ? null
    : { path: ['counts', wrong], message: 'a whole number from 0 was expected' }
}

const bbox = z.tuple([number, number, number.nonnegative(), number.nonnegative()])

export const cocoImageSchema = z.object({
  id,
  file_name: z.string().min(1),
  width: side,
  height: side,
})

export const cocoCategorySchema = z.object({
  id,
  name: z.string().min(1),
  supercategory: optional(z.string()),
})

/** Other tools also put lists and objects there, which are no values of an attribute. */
const attributes = z
  .record(z.string(), z.unknown())
  .transform((values) =>
    Object.fromEntries(
      Object.entries(values).filter((entry): entry is [string, AttributeValue] =>
        ['string', 'number', 'boolean'].includes(typeof entry[1]),
      ),
    ),
  )

/** Some tools write true and false for iscrowd. */
export const cocoAnnotationSchema = z.object({
  id,
  image_id: id,
  category_id: id,
  bbox: optional(bbox),
  area: optional(number.nonnegative()),
  iscrowd: z
    .union([z.literal(0), z.literal(1), z.boolean()])
    .nullish()
    .transform((value): 0 | 1 => (value ? 1 : 0)),
  segmentation: optional(segmentation),
  score: optional(number),
  attributes: optional(attributes),
  lexmask: optional(z.record(z.string(), z.unknown())),
})

export const cocoDetectionSchema = z
  .object({
    image_id: id,
    category_id: id,
    score: number,
    bbox: optional(bbox),
    segmentation: optional(segmentation),
  })
  .refine(
    (it) => it.bbox !== undefined || it.segmentation !== undefined,
    'has neither bbox nor segmentation',
  )

/** Where in a value, and what, in a line: `annotations[3].bbox[2]: …`. */
export function sentenceOfIssue(place: string, { path, message }: z.core.$ZodIssue): string {
  const steps = path.map((step) => (typeof step === 'number' ? `[${step}]` : `.${String(step)}`))
  return `${place}${steps.join('')}: ${message.replace(/^Invalid input: /, '')}`
}
