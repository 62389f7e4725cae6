import { z } from 'zod'
import type { XywhBox } from '#shared/geometry/box.ts'
import type { SpatialWord } from '#shared/vocabulary/referring.ts'
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
  /** Of the words that were asked for, those that nothing here understands; the others were looked for. */
  readonly unservedWords: readonly string[]
}

/** The one region of an image that a phrase means, and why. */
export interface PhrasePick extends Omit<SearchHit, 'candidateId'> {
  /** null for an annotation that is no region of a run. */
  readonly candidateId: number | null
  /** Words of the phrase by which things of its kind were found: "man". `score` is of these. */
  readonly word: string
  /** What the detector calls it, where that is another word. */
  readonly detectorClass: string | null
  /** Things of this kind in the image. */
  readonly of: number
  /** Places and sizes of the phrase, and whether it really is the one of that rank. */
  readonly spatial: readonly (SpatialWord & { readonly isIt: boolean })[]
  /** What it is to be near to, and whether that was found. */
  readonly near: { readonly word: string; readonly isFound: boolean } | null
  /** The phrase without its places where that says more than `word`, and whether anything could judge it. */
  readonly said: { readonly text: string; readonly isJudged: boolean } | null
  /** Another one fits nearly as well. */
  readonly isAmbiguous: boolean
  /** How well it fits, 0..1: picks of several images are sorted by it. */
  readonly weight: number
}

export interface PhraseResult {
  /** One an image at most; the best first. */
  readonly picks: readonly PhrasePick[]
  /** Regions that were looked at. */
  readonly regions: number
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
   * The one region that a phrase means ("the man on the left in blue"), in an image or in each of all.
   * INVALID_INPUT when the phrase names nothing to look for, WORD_NOT_SERVED when neither a model nor
   * a class knows that.
   */
  'search.phrase': answering<PhraseResult>()(
    z.strictObject({
      text: z.string().trim().min(1).max(1000),
      imageId: id.nullable(),
      limit: options.limit,
    }),
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
