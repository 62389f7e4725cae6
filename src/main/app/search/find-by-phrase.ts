import { setImmediate } from 'node:timers/promises'
import type { CommandInput, PhrasePick, PhraseResult } from '#shared/contract/commands.ts'
import { LexmaskError } from '#shared/contract/errors.ts'
import type { AnnotationRecord, ImageRecord, Vocabulary } from '#shared/contract/records.ts'
import { boxFromXywh, boxIou, type Box, type XywhBox } from '#shared/geometry/box.ts'
import { nameForms } from '#shared/vocabulary/names.ts'
import { parseReferring, type ReferringPhrase } from '#shared/vocabulary/referring.ts'
import type { StoredCandidate } from '#main/storage/candidate-repository.ts'
import type { ProjectDatabase } from '#main/storage/project-database.ts'
import { vectorFromFloat16 } from '#main/vision/float16.ts'
import { rankAmong, referringWeights, type Instance } from '#main/vision/referring-score.ts'
import { dot } from '#main/vision/vocabulary-scorer.ts'
import { isClipRun } from '../models/run-parameters.ts'
import type { RunScorers } from '../scoring/run-scorers.ts'
import type { ImageScorer } from '../scoring/scoring.ts'
import { scoresById, vocabularyOfWords } from './search-words.ts'
import { candidateOf } from '../teaching/teach-examples.ts'

/** Regions of an image that overlap more are one thing, the better of them. */
const SAME_IOU = 0.5
/** What scores less beside the best is something else: not even the largest one is meant then. */
const SHARE_OF_BEST = 1 / 3
/** Another that weighs so much of the best may be the one that is meant. */
const AMBIGUOUS = 0.7

/** Something that may be meant: a region of a run, an annotation, or both. */
interface Thing {
  readonly candidate: StoredCandidate | null
  readonly annotation: AnnotationRecord | null
  readonly bbox: XywhBox
  readonly score: number
}

/** A word that stands for the things of a kind, with what finds them. */
interface Kind {
  readonly word: string
  /** null where only the classes of the vocabulary know it. */
  readonly scorer: ImageScorer | null
  readonly classIds: ReadonlySet<number>
}

/**
 * The one region of each image that a phrase means ("the man on the left in blue"). Things of its kind
 * are what a class of that word would find and the annotations of the class of that name; places,
 * sizes and nearness are a prior over them (`referringWeights`); what else is said is compared with
 * region vectors of CLIP, and left out where a run has none.
 */
export class FindByPhrase {
  readonly #project: ProjectDatabase
  readonly #scorers: RunScorers
  #call = 0

  constructor(project: ProjectDatabase, scorers: RunScorers) {
    this.#project = project
    this.#scorers = scorers
  }

  /** @throws LexmaskError INVALID_INPUT without a thing in it; NOT_FOUND, WORD_NOT_SERVED */
  async find({ text, imageId, limit }: CommandInput<'search.phrase'>): Promise<PhraseResult> {
    const call = ++this.#call
    const phrase = parseReferring(text)
    if (phrase === null) {
      throw new LexmaskError(
        'INVALID_INPUT',
        `“${text}” names nothing to look for. Say what it is as well: “the man on the left”.`,
        { text },
      )
    }
    const { candidates, images } = this.#project
    const imageIds = imageId === null ? [...images.listIds({}, 'added')] : [imageId]
    const kinds = new Map<number | null, Kinds>()
    const picks: PhrasePick[] = []
    let regions = 0
    let isServed = false
    for (const id of imageIds) {
      if (call !== this.#call) break
      const image = images.get(id)
      if (!image) continue
      const runId = candidates.runOfImage(id)
      const known = kinds.get(runId) ?? (await this.#kindsOf(runId, phrase))
      kinds.set(runId, known)
      isServed ||= known.thing !== null
      const stored = candidates.listForImage(id)
      regions += stored.length
      const pick = known.thing && this.#pick(image, stored, known, phrase)
      if (pick) picks.push(pick)
      if (imageIds.length > 1) await setImmediate()
    }
    if (!isServed && imageIds.length > 0) throw notServed(phrase.things[0])
    const best = picks.sort((a, b) => b.weight - a.weight).slice(0, limit)
    return { picks: best, regions, isSuperseded: call !== this.#call }
  }

  async #kindsOf(runId: number | null, phrase: ReferringPhrase): Promise<Kinds> {
    const thing = await this.#kindOf(runId, phrase.things)
    const near = phrase.near === null ? null : await this.#kindOf(runId, [phrase.near])
    const isMoreSaid = thing !== null && phrase.described !== thing.word
    const scorer = isMoreSaid && thing.scorer && isClipRun(thing.scorer.parameters)
    const described =
      scorer && runId !== null
        ? await this.#scorers.forWords(runId, vocabularyOfWords([phrase.described]))
        : null
    return { thing, near, isMoreSaid, described }
  }

  /** The longest of the words that is a class or names one of the detector's, or else is served. */
  async #kindOf(runId: number | null, words: readonly string[]): Promise<Kind | null> {
    let served: Kind | null = null
    for (const word of words) {
      const scorer =
        runId === null ? null : await this.#scorers.forWords(runId, vocabularyOfWords([word]))
      const classIds = classesNamed(this.#project.vocabulary.get(), word)
      const kind = { word, scorer, classIds }
      if (classIds.size > 0 || (scorer?.detectorClasses[0]?.size ?? 0) > 0) return kind
      if (scorer?.unservedWords.length === 0) served ??= kind
    }
    return served
  }

  #pick(
    image: ImageRecord,
    stored: readonly StoredCandidate[],
    { thing, near, isMoreSaid, described }: Kinds,
    phrase: ReferringPhrase,
  ): PhrasePick | null {
    const { width, height } = image
    if (!thing || width === null || height === null) return null
    const size = { width, height }
    const annotations = this.#project.annotations.listForImage(image.id)
    const things = this.#things(thing, stored, annotations)
    const beside = near === null ? [] : this.#things(near, stored, annotations)
    const attributes = described && attributesOf(things, described)
    const instances = things.map(({ bbox, score }, i): Instance => {
      return { box: boxFromXywh(bbox), score, attribute: attributes?.[i] ?? null }
    })
    const places = {
      spatial: phrase.spatial,
      near: phrase.near === null ? null : beside.map(({ bbox }): Box => boxFromXywh(bbox)),
    }
    const weights = referringWeights(instances, places, size)
    const order = [...weights.keys()].sort((a, b) => weights[b] - weights[a])
    const at = order.at(0)
    if (at === undefined) return null
    const { candidate, annotation, bbox, score } = things[at]
    const runnerUp = order.at(1)
    return {
      imageId: image.id,
      candidateId: candidate?.id ?? null,
      annotationId: annotation?.id ?? null,
      classId: annotation?.classId ?? null,
      ...{ bbox, score, weight: weights[at], word: thing.word, of: things.length },
      detectorClass: nameOfDetector(candidate, thing),
      spatial: phrase.spatial.map(({ kind, rank }) => {
        const real = rankAmong(kind, instances, at, size)
        return { kind, rank, isIt: real === rank }
      }),
      near: phrase.near === null ? null : { word: phrase.near, isFound: beside.length > 0 },
      said: isMoreSaid ? { text: phrase.described, isJudged: attributes !== null } : null,
      isAmbiguous: runnerUp !== undefined && weights[runnerUp] >= AMBIGUOUS * weights[at],
    }
  }

  /** The best first, none over another. */
  #things(
    { scorer, classIds }: Kind,
    stored: readonly StoredCandidate[],
    annotations: readonly AnnotationRecord[],
  ): Thing[] {
    const shown = annotations.filter(({ state, isCrowd }) => state !== 'rejected' && !isCrowd)
    const rejected = annotations.filter(({ state }) => state === 'rejected')
    const named = shown
      .filter(({ classId }) => classIds.has(classId))
      .map((annotation): Thing => {
        const at = candidateOf(this.#project, annotation, stored)
        const candidate = at === null ? null : stored[at]
        const isDecided = annotation.state !== 'proposed'
        const score = isDecided ? 1 : (annotation.score ?? 1)
        return { candidate, annotation, bbox: annotation.bbox, score }
      })
    const scores = scorer ? scoresById(scorer, stored) : new Map<number, number>()
    const least = SHARE_OF_BEST * Math.max(0, ...scores.values())
    const found = stored.flatMap((candidate): Thing[] => {
      const score = scores.get(candidate.id) ?? 0
      const isRejected = rejected.some(({ candidateId }) => candidateId === candidate.id)
      if (score === 0 || score < least || candidate.area === 0 || isRejected) return []
      const annotation = shown.find(({ candidateId }) => candidateId === candidate.id) ?? null
      return [{ candidate, annotation, bbox: candidate.bbox, score }]
    })
    const kept: Thing[] = []
    for (const one of [...named, ...found.sort((a, b) => b.score - a.score)]) {
      const box = boxFromXywh(one.bbox)
      if (kept.every(({ bbox }) => boxIou(boxFromXywh(bbox), box) <= SAME_IOU)) kept.push(one)
    }
    return kept
  }
}

interface Kinds {
  /** null when nothing here knows the thing. */
  readonly thing: Kind | null
  readonly near: Kind | null
  /** Whether the phrase says more than the thing and its place. */
  readonly isMoreSaid: boolean
  /** Compares the whole phrase with regions; null where nothing can. */
  readonly described: ImageScorer | null
}

/**
 * How much of the rest of a phrase is true of each, the best having 1: CLIP's softmax over the things,
 * as a share of its largest.
 *
 * @returns null when none of them has a vector
 */
function attributesOf(
  things: readonly Thing[],
  { textVectors, parameters }: ImageScorer,
): (number | null)[] | null {
  const text = textVectors.at(0)?.at(0)
  if (!text || !isClipRun(parameters)) return null
  const scale = parameters.scoring.logitScale ?? parameters.facts.clip?.logitScale ?? 1
  const logits = things.map(({ candidate }) => {
    const vector = candidate?.vector
    return vector ? scale * dot(vectorFromFloat16(vector), text) : null
  })
  const known = logits.filter((logit) => logit !== null)
  if (known.length === 0) return null
  const highest = Math.max(...known)
  return logits.map((logit) => (logit === null ? null : Math.exp(logit - highest)))
}

/** What the detector calls it, where that is another word. */
function nameOfDetector(candidate: StoredCandidate | null, { scorer, word }: Kind): string | null {
  const detectorClass = candidate?.detectorClass ?? null
  if (detectorClass === null || !scorer?.detectorClasses[0]?.has(detectorClass)) return null
  const name = scorer.parameters.facts.detectorClasses.at(detectorClass) ?? null
  return name === word ? null : name
}

function classesNamed({ classes }: Vocabulary, word: string): Set<number> {
  const forms = new Set(nameForms(word))
  const isNamed = (name: string): boolean => nameForms(name).some((form) => forms.has(form))
  return new Set(
    classes.filter(({ name, synonyms }) => [name, ...synonyms].some(isNamed)).map(({ id }) => id),
  )
}

const notServed = (words: string): LexmaskError =>
  new LexmaskError(
    'WORD_NOT_SERVED',
    `No installed model or text table understands “${words}”, and no class has this name. Try another word, or label the image first.`,
    { words },
  )
