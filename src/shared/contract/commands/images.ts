import { z } from 'zod'
import type { AnnotationRecord, ImageRecord, MaskRecord } from '../records.ts'
import type { HistoryState } from './annotations.ts'
import { answering, id, ids, nothing, path } from './command.ts'

export const imageFilterSchema = z.strictObject({
  statuses: z.array(z.enum(['new', 'labelled', 'reviewed', 'failed'])).optional(),
  /** Part of the name; capital or small Latin letters are the same. */
  search: z.string().max(200).optional(),
  /** Images with an annotation of this class that is not rejected. */
  classId: id.optional(),
})

export const imageSelectionSchema = z.union(
  [z.strictObject({ imageIds: ids }), z.strictObject({ filter: imageFilterSchema })],
  { error: 'Give either imageIds or a filter' },
)

export const IMAGE_ORDERS = ['name', 'added', 'annotations', 'uncertainty'] as const

export type ImageFilter = z.infer<typeof imageFilterSchema>
export type ImageSelection = z.infer<typeof imageSelectionSchema>
export type ImageOrder = (typeof IMAGE_ORDERS)[number]

export interface ImagePage {
  /** How many images the filter lets through, on all pages. */
  readonly total: number
  readonly images: readonly ImageRecord[]
}

/** An image as a list shows it. */
export interface ImageSummary extends ImageRecord {
  /** Without the rejected ones. */
  readonly annotations: number
  /** Of these, those that nobody has judged yet. */
  readonly proposed: number
}

/** All that is drawn of an image. */
export interface OpenedImage {
  readonly image: ImageRecord
  /** The rejected ones too. */
  readonly annotations: readonly AnnotationRecord[]
  /** Of the annotations, each once. */
  readonly masks: readonly MaskRecord[]
  readonly history: HistoryState
  /** Of the records, when this was read. */
  readonly revision: number
}

export interface AddedImages {
  readonly added: number
  /** Already in the project. */
  readonly known: number
  readonly skipped: readonly { readonly path: string; readonly reason: string }[]
  /** `images.stopAdding` ended it: what was found by then is in the project. */
  readonly isStopped: boolean
}

export interface RelinkedImages {
  readonly relinked: number
  /** Names of images that are still not found; the first 100. */
  readonly missing: readonly string[]
  readonly missingCount: number
}

export interface DuplicateGroups {
  /** Ids of images, two at least in each group. */
  readonly groups: readonly (readonly number[])[]
  /** Images that could not be looked at. */
  readonly unread: number
  /** A later call took over before this one was through. */
  readonly isSuperseded: boolean
}

export const imageCommands = {
  'images.list': answering<ImagePage>()(
    z.strictObject({
      filter: imageFilterSchema.default({}),
      offset: z.int().min(0).default(0),
      limit: z.int().min(1).max(1000).default(200),
    }),
  ),
  /** All that the filter lets through, in order: what a grid of any length scrolls over. */
  'images.ids': answering<{ readonly imageIds: readonly number[] }>()(
    z.strictObject({
      filter: imageFilterSchema.default({}),
      order: z.enum(IMAGE_ORDERS).default('name'),
      isDescending: z.boolean().default(false),
    }),
  ),
  /** Those of the ids that exist, in their order. */
  'images.get': answering<readonly ImageSummary[]>()(
    z.strictObject({ imageIds: z.array(id).min(1).max(1000) }),
  ),
  'images.open': answering<OpenedImage>()(z.strictObject({ imageId: id })),
  /** Files or folders; a folder means every image under it. Tells of it by `adding.progress`. */
  'images.add': answering<AddedImages>()(z.strictObject({ paths: z.array(path).min(1) })),
  /** Ends every `images.add` that is in work. @returns whether one was */
  'images.stopAdding': answering<{ readonly wasAdding: boolean }>()(nothing),
  /** From the project, with their annotations; the files stay. */
  'images.remove': answering<{ readonly removed: number }>()(z.strictObject({ imageIds: ids })),
  /** `reviewed`: a person is done with it; `labelled`: it waits for review again. */
  'images.setStatus': answering<{ readonly changed: number }>()(
    z.strictObject({ imageIds: ids, status: z.enum(['labelled', 'reviewed']) }),
  ),
  /**
   * Groups of images with the same content: reads the files of the same size that were never read.
   * With `similar`, of images that look alike: copies of another size or quality too. That looks once at
   * every image, and tells of it by `duplicates.progress`; another call ends one that is not through.
   */
  'images.duplicates': answering<DuplicateGroups>()(
    z.strictObject({ similar: z.boolean().default(false) }),
  ),
  /** Images whose file is not where it was. */
  'images.missing': answering<{ readonly imageIds: readonly number[] }>()(nothing),
  /** Looks under a folder for the files that are missing: by content where it is known, else by name and size. */
  'images.relink': answering<RelinkedImages>()(z.strictObject({ folder: path })),
} as const
