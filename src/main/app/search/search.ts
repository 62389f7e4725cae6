import type { SearchHit, SearchResult } from '#shared/contract/commands.ts'
import { LexmaskError } from '#shared/contract/errors.ts'
import { boxFromXywh, boxIou, type Box } from '#shared/geometry/box.ts'
import type { ProjectDatabase } from '#main/storage/project-database.ts'
import type { SearchedCandidate, StoredCandidate } from '#main/storage/candidate-repository.ts'
import { BestHits } from '#main/vision/best-hits.ts'
import {
  posteriorSimilarity,
  textSimilarity,
  vectorSimilarity,
  withObjectness,
} from '#main/vision/region-similarity.ts'
import type { RunScorers } from '../scoring/run-scorers.ts'
import type { ImageScorer } from '../scoring/scoring.ts'
import { scoresById, vocabularyOfWords, wordsIn } from './search-words.ts'
import { spaceOf } from '../scoring/taught-lessons.ts'
import { candidateOf } from '../teaching/teach-examples.ts'
import { WorkSlice } from '#main/jobs/work-slice.ts'

/** Candidates that are read at once: 100 kB of region vectors. */
const PAGE = 100
/** Regions of an image that overlap more are one hit, the better of them. */
const SAME_HIT_IOU = 0.5

export interface SearchOptions {
  readonly limit: number
  readonly per: 'region' | 'image'
}

interface Found {
  readonly imageId: number
  readonly candidateId: number
  readonly box: Box
  readonly score: number
}

/** 0 for a region that is no hit. */
type ScoreOf = (candidate: SearchedCandidate) => number

/**
 * Looks through stored regions. It reads page by page and keeps the best, so that memory does not
 * grow with the project; between slices of some milliseconds others are served, and a later search
 * ends an earlier one.
 */
export class Search {
  readonly #project: ProjectDatabase
  readonly #scorers: RunScorers
  #call = 0

  constructor(project: ProjectDatabase, scorers: RunScorers) {
    this.#project = project
    this.#scorers = scorers
  }

  /**
   * What a class of these words would be called, in what runs found already.
   *
   * @param words with commas between them
   * @throws LexmaskError WORD_NOT_SERVED, NOT_FOUND; PACK_MISSING as scoring does
   */
  async words(words: string, options: SearchOptions): Promise<SearchResult> {
    const call = ++this.#call
    const wanted = wordsIn(words)
    const vocabulary = vocabularyOfWords(wanted)
    const scorers = new Map<number, ImageScorer>()
    for (const runId of this.#project.candidates.listRunIds()) {
      scorers.set(runId, await this.#scorers.forWords(runId, vocabulary))
    }
    if (scorers.size === 0) throw nothingStored()
    if ([...scorers.values()].every(({ unservedWords }) => unservedWords.length > 0)) {
      throw new LexmaskError(
        'WORD_NOT_SERVED',
        `No installed model or text table understands “${words}”. Try another word, or install a CLIP pack.`,
        { words },
      )
    }
    const similarities = new Map<number, ScoreOf>()
    const others = new Map<number, ImageScorer>()
    for (const [runId, scorer] of scorers) {
      const [vectors] = scorer.textVectors
      if (vectors.length > 0) similarities.set(runId, rankingBy(vectors, scorer))
      else others.set(runId, scorer)
    }
    const compared = others.size > 0 ? 'all' : 'vectors'
    const found = await this.#look(call, options, compared, (page) => {
      const byId = new Map<number, number>()
      for (const [runId, scorer] of others) {
        const own = page.filter((candidate) => candidate.runId === runId)
        for (const [id, score] of scoresById(scorer, own)) byId.set(id, score)
      }
      return (one) => similarities.get(one.runId)?.(one) ?? byId.get(one.id) ?? 0
    })
    // The softmax against all other words takes a hundred times as long as a cosine, and what it says
    // of a word nearly follows cosine and objectness: it is asked about the best alone.
    const hits = found.hits.flatMap((hit) => {
      const candidates = this.#project.candidates.listForImage(hit.imageId)
      const own = candidates.filter(({ id }) => id === hit.candidateId)
      const scorer = scorers.get(own[0]?.runId)
      const score = scorer && scoresById(scorer, own).get(hit.candidateId)
      return score === undefined ? [] : [{ ...hit, score }]
    })
    const unserved = [...scorers.values()].map(({ unservedNames }) => unservedNames)
    const unservedWords = wanted.filter((word) => unserved.every((all) => all.includes(word)))
    return { ...found, hits: hits.sort((a, b) => b.score - a.score), unservedWords }
  }

  /**
   * Regions like one: of the same kind of model, by the cosine of region vectors, or of the square
   * roots of what the detector sees where there are none.
   *
   * @throws LexmaskError NOT_FOUND
   */
  async like(
    imageId: number,
    of: { readonly candidateId: number } | { readonly annotationId: number },
    options: SearchOptions,
  ): Promise<SearchResult> {
    const call = ++this.#call
    const { candidates } = this.#project
    const example = this.#exampleOf(imageId, of)
    const spaces = new Map<number, string>()
    for (const runId of candidates.listRunIds()) {
      const { parameters } = await this.#scorers.untaught(runId)
      spaces.set(runId, spaceOf(parameters))
    }
    const similarity = example.vector
      ? vectorSimilarity(example.vector)
      : posteriorSimilarity(example.posterior)
    const space = spaces.get(example.runId)
    const isItself = (one: SearchedCandidate): boolean =>
      one.imageId === imageId && boxIou(one.box, example.box) > SAME_HIT_IOU
    return this.#look(call, options, example.vector ? 'vectors' : 'all', () => (candidate) => {
      if (spaces.get(candidate.runId) !== space || isItself(candidate)) return 0
      return similarity(candidate)
    })
  }

  #exampleOf(
    imageId: number,
    of: { readonly candidateId: number } | { readonly annotationId: number },
  ): StoredCandidate {
    const candidates = this.#project.candidates.listForImage(imageId)
    let at: number | null
    if ('candidateId' in of) {
      at = candidates.findIndex(({ id }) => id === of.candidateId)
    } else {
      const annotation = this.#project.annotations.get(of.annotationId)
      const isHere = annotation?.imageId === imageId
      at = isHere ? candidateOf(this.#project, annotation, candidates) : null
    }
    const example = at === null ? undefined : candidates[at]
    if (example) return example
    throw new LexmaskError(
      'NOT_FOUND',
      'No run has found a region here that others could be compared with. Label the image first, or choose another annotation.',
      { imageId, ...of },
    )
  }

  async #look(
    call: number,
    { limit, per }: SearchOptions,
    compared: 'all' | 'vectors',
    scoreOf: (page: readonly SearchedCandidate[]) => ScoreOf,
  ): Promise<SearchResult> {
    const best = new BestHits<Found>(limit)
    let regions = 0
    let lastId = 0
    let ofImage: Found[] = []
    const closeImage = (): void => {
      for (const hit of distinct(ofImage, per)) best.add(hit)
      ofImage = []
    }
    const slice = new WorkSlice()
    while (call === this.#call) {
      const page = this.#project.candidates.listAfter(lastId, PAGE, compared)
      if (page.length === 0) break
      lastId = page[page.length - 1].id
      const score = scoreOf(page)
      for (const candidate of page) {
        if (ofImage.length > 0 && ofImage[0].imageId !== candidate.imageId) closeImage()
        regions++
        const { id: candidateId, imageId, box } = candidate
        const found = { imageId, candidateId, box, score: score(candidate) }
        if (found.score > Math.max(0, best.bar)) ofImage.push(found)
      }
      if (slice.isOver) await slice.giveWay()
    }
    closeImage()
    const hits = best.sorted().flatMap((hit) => this.#told(hit))
    return { hits, regions, isSuperseded: call !== this.#call, unservedWords: [] }
  }

  /** Nothing for a region that a run has replaced meanwhile. */
  #told({ imageId, candidateId, score }: Found): SearchHit[] {
    const candidate = this.#project.candidates
      .listForImage(imageId)
      .find(({ id }) => id === candidateId)
    if (!candidate) return []
    const shown = this.#project.annotations
      .listForImage(imageId)
      .filter(({ state }) => state !== 'rejected')
    const box = boxFromXywh(candidate.bbox)
    const overlaps = shown
      .map((one) => ({ one, iou: boxIou(boxFromXywh(one.bbox), box) }))
      .filter(({ iou }) => iou > SAME_HIT_IOU)
      .sort((a, b) => b.iou - a.iou)
    const annotation = shown.find((one) => one.candidateId === candidateId) ?? overlaps[0]?.one
    const annotationId = annotation?.id ?? null
    const classId = annotation?.classId ?? null
    return [{ imageId, candidateId, annotationId, classId, score, bbox: candidate.bbox }]
  }
}

/** Where neither the run nor its pack says another: CLIP's. */
const LOGIT_SCALE = 100

/** Nearly the order of the scores, for a hundredth of their time. */
function rankingBy(vectors: readonly Float32Array[], { parameters }: ImageScorer): ScoreOf {
  const { recipe, scoring, facts } = parameters
  if (recipe === 'region-text' && scoring.objectness === 'ignore') return textSimilarity(vectors)
  const scale = scoring.logitScale ?? facts.clip?.logitScale ?? LOGIT_SCALE
  return withObjectness(textSimilarity(vectors), scale)
}

/** Of an image: the better of those that overlap, or the best alone. */
function distinct(found: readonly Found[], per: SearchOptions['per']): Found[] {
  const kept: Found[] = []
  for (const one of found.toSorted((a, b) => b.score - a.score)) {
    if (kept.every((other) => boxIou(other.box, one.box) <= SAME_HIT_IOU)) kept.push(one)
    if (per === 'image') break
  }
  return kept
}

const nothingStored = (): LexmaskError =>
  new LexmaskError('NOT_FOUND', 'There is nothing to search in yet. Label images first.')
