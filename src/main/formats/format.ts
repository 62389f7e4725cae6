import type { AttributeValues } from '#shared/contract/attributes.ts'
import type { AnnotationOrigin, AnnotationState, Provenance } from '#shared/contract/records.ts'
import type { Rle } from '#shared/geometry/rle.ts'

export interface ExportClass {
  readonly id: number
  readonly name: string
}

export interface ExportImage {
  readonly id: number
  /** POSIX, relative to the dataset's folder; written as it is. */
  readonly name: string
  /** After EXIF orientation. */
  readonly width: number
  readonly height: number
}

export interface ExportAnnotation {
  readonly id: number
  readonly classId: number
  /** At the image's size. What is written of size and place is measured on it. */
  readonly mask: Rle
  readonly isCrowd: boolean
  /** By name, in the order in which they are written; empty for none. */
  readonly attributes: AttributeValues
  readonly score: number | null
  readonly state: AnnotationState
  readonly origin: AnnotationOrigin
  readonly provenance: Provenance | null
}

/** One image with what is to be written of it; an image without annotations is written too. */
export interface ExportItem {
  readonly image: ExportImage
  readonly annotations: readonly ExportAnnotation[]
}

/** What leaves a project: read once, image by image, so that memory does not grow with it. */
export interface ExportDataset {
  /** The project's name. */
  readonly title: string
  readonly classes: readonly ExportClass[]
  readonly items: Iterable<ExportItem> | AsyncIterable<ExportItem>
}

/** For `for await`: the checker loses the item's type where it iterates over a union itself. */
export async function* itemsOf({ items }: ExportDataset): AsyncGenerator<ExportItem> {
  if (Symbol.asyncIterator in items) yield* items
  else yield* items
}

export type OmissionReason =
  /** No pixel is set: other tools fail on it. */
  | 'empty-mask'
  /** The mask is of another size than its image, or its runs do not add up to it. */
  | 'mask-does-not-fit'
  /** The class is not among the dataset's. */
  | 'unknown-class'

export interface Omission {
  readonly annotationId: number
  readonly imageName: string
  readonly reason: OmissionReason
}

export interface ExportReport {
  readonly images: number
  readonly annotations: number
  readonly omittedCount: number
  /** The first of them, 1,000 at most. */
  readonly omitted: readonly Omission[]
  /** Names that more than one image has, 100 at most: readers of the file cannot tell them apart. */
  readonly sharedNames: readonly string[]
}

/** One way in which annotations leave a project. */
export interface Format<Options> {
  /** As in `lexmask export --format`. */
  readonly id: string
  /** As a person knows it. */
  readonly title: string
  /**
   * Writes the dataset to `target` as a whole or not at all.
   *
   * @throws LexmaskError FILE_UNWRITABLE, DISK_FULL, INVALID_INPUT, CANCELLED
   */
  readonly write: (
    dataset: ExportDataset,
    target: string,
    options: Options,
    signal?: AbortSignal,
  ) => Promise<ExportReport>
}
