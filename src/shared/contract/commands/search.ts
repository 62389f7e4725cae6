import { z } from 'zod'
import type { XywhBox } from '#shared/geometry/box.ts'
import { answering, id } from './command.ts'

/** A region of an image that fits what was asked for. */
export interface SearchHit {
  readonly imageId: number
  readonly candidateId: number
  /** The annotation that it is; null for a region that is none, or whose annotation was rejected. */
  readonly annotationId: number | null
  /** Of that annotation; null where there is none. */
  readonly classId: number | null
  /**
   * 0..1, for this search only. By words: the score that a class of these words would have. Alike:
   * the cosine of the regions.
   */
  readonly score: number
  /** Of its mask, in pixels of the image. */
  readonly bbox: XywhBox
}

export interface SearchResult {
  /** The best first. */
  readonly hits: readonly SearchHit[]
  /** Regions that were looked at. */
  readonly regions: number
  /** A later search took over before this one was through; `hits` are those found until then. */
  readonly isSuperseded: boolean
}

const options = {
  limit: z.int().min(1).max(1000).default(100),
  /** `image`: the best region of each image alone. */
  per: z.enum(['region', 'image']).default('region'),
}

export const searchCommands = {
  /**
   * Regions by words, with commas between several: what earlier runs found, whether it is in the
   * vocabulary or not. No detector runs. WORD_NOT_SERVED when nothing here understands any of them,
   * NOT_FOUND when no image was labelled yet.
   */
  'search.words': answering<SearchResult>()(
    z.strictObject({ text: z.string().trim().min(1).max(1000), ...options }),
  ),
  /**
   * Regions like this one: of the same kind of run, itself left out. An annotation without a region
   * of its own takes the one that its mask overlaps most. NOT_FOUND when there is none.
   */
  'search.like': answering<SearchResult>()(
    z.union(
      [
        z.strictObject({ imageId: id, candidateId: id, ...options }),
        z.strictObject({ imageId: id, annotationId: id, ...options }),
      ],
      { error: 'Give either candidateId or annotationId' },
    ),
  ),
} as const
