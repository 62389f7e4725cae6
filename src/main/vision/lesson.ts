import { boxArea, intersectionArea, type Box } from '#shared/geometry/box.ts'
import type { Detection } from './detections.ts'
import { correctionOf, fitProbe, logistic, logitOf, type ProbeExample } from './region-probe.ts'
import type { ScorableCandidate } from './vocabulary-scorer.ts'

/** What answers taught about the regions of one kind of model: corrections to logits of scores. */
export interface Lesson {
  /** Float32Array // [SHARED_FEATURES], for all classes alike */
  readonly shared: Float32Array
  /** By id of the class: Float32Array // [1 + d], for an intercept and the region's features */
  readonly classes: ReadonlyMap<number, Float32Array>
}

/** A person's answer to whether a region is of a class. */
export interface TaughtExample {
  readonly classId: number
  /** Of scoring without any lesson; under the score floor for a region that it did not call so. */
  readonly score: number
  readonly isYes: boolean
  /** Of `sharedFeatures`. */
  readonly shared: Float32Array
  /** Of `regionFeatures`. */
  readonly region: Float32Array
}

/** Strength of the penalties; chosen on half of the development photos, see docs/methods.md. */
export interface LearningOptions {
  readonly sharedRidge: number
  readonly classRidge: number
}

export const LEARNING: LearningOptions = { sharedRidge: 3, classRidge: 1 }

export const SHARED_FEATURES = 6

/**
 * What makes a proposal right or wrong whatever its class: how sure scoring is, how sure the detector
 * is that there is an object, how large it is, how elongated, and how much of it a better proposal of
 * the class covers (a part of an object, or the same object again).
 *
 * @param covered 0..1, of `coveredShares`
 */
export function sharedFeatures(
  { box, objectness }: ScorableCandidate,
  score: number,
  covered: number,
): Float32Array {
  const width = Math.max(1, box[2] - box[0])
  const height = Math.max(1, box[3] - box[1])
  // Centred and scaled to about -1..1: the penalty is the same for all.
  return Float32Array.of(
    1,
    logitOf(score) / 3,
    logitOf(objectness) / 3,
    (Math.log2(width * height) / 2 - 6.5) / 2,
    Math.log2(width / height) / 2,
    covered,
  )
}

/**
 * Of each detection the share of its box that a better one of its class covers, 0 for none.
 * @returns Float32Array // [detections]
 */
export function coveredShares(
  detections: readonly Pick<Detection, 'candidate' | 'classIndex' | 'isNegative' | 'score'>[],
  boxes: readonly Box[],
): Float32Array {
  const shares = new Float32Array(detections.length)
  const ofClass = new Map<number, number[]>()
  detections.forEach(({ classIndex, isNegative }, i) => {
    if (classIndex === null || isNegative) return
    const list = ofClass.get(classIndex)
    if (list) list.push(i)
    else ofClass.set(classIndex, [i])
  })
  for (const list of ofClass.values()) {
    list.sort((a, b) => detections[b].score - detections[a].score)
    list.forEach((i, rank) => {
      const box = boxes[detections[i].candidate]
      const area = boxArea(box)
      if (area === 0) return
      for (const better of list.slice(0, rank)) {
        const share = intersectionArea(box, boxes[detections[better].candidate]) / area
        if (share > shares[i]) shares[i] = share
      }
    })
  }
  return shares
}

/**
 * What a region looks like, for the probe of a class: an intercept and a vector of length 1, which is
 * the region vector or, where the recipe has none, the square roots of the detector's class
 * probabilities, whose products are Bhattacharyya's coefficient of two regions.
 *
 * @param detectorClasses how many the detector has
 * @returns Float32Array // [1 + d]
 */
export function regionFeatures(
  { vector, posterior }: Pick<ScorableCandidate, 'vector' | 'posterior'>,
  detectorClasses: number,
): Float32Array {
  if (vector) {
    const features = new Float32Array(1 + vector.length)
    features[0] = 1
    features.set(vector, 1)
    return features
  }
  const features = new Float32Array(1 + detectorClasses)
  features[0] = 1
  let sum = 0
  posterior.classes.forEach((_, i) => (sum += posterior.probabilities[i]))
  if (sum <= 0) return features
  posterior.classes.forEach((detectorClass, i) => {
    features[1 + detectorClass] = Math.sqrt(posterior.probabilities[i] / sum)
  })
  return features
}

/**
 * First what all classes have in common, then for each class what is left: each a `fitProbe` upon the
 * one before, so that without answers of a class, or with answers that say what scoring said, its
 * scores stay what they are.
 */
export function learnShared(
  examples: readonly TaughtExample[],
  { sharedRidge }: LearningOptions = LEARNING,
): Float32Array {
  const probes = examples.map(({ shared, score, isYes }): ProbeExample => {
    return { features: shared, offset: logitOf(score), isYes }
  })
  return probes.length === 0
    ? new Float32Array(SHARED_FEATURES)
    : Float32Array.from(fitProbe(probes, sharedRidge))
}

/** @param examples of one class */
export function learnClass(
  examples: readonly TaughtExample[],
  sharedWeights: Float32Array,
  { classRidge }: LearningOptions = LEARNING,
): Float32Array {
  const probes = examples.map(({ shared, region, score, isYes }): ProbeExample => {
    const offset = logitOf(score) + correctionOf(sharedWeights, shared)
    return { features: region, offset, isYes }
  })
  return Float32Array.from(fitProbe(probes, classRidge))
}

/**
 * Detections with corrected scores: the logistic of `logit(score) + weight · correction`. Those of
 * negatives stay.
 *
 * @param classIds of the vocabulary, by index
 * @param weight 0..1
 */
export function teachDetections(
  detections: readonly Detection[],
  candidates: readonly ScorableCandidate[],
  lesson: Lesson,
  {
    classIds,
    detectorClasses,
    weight,
    scoreFloor,
  }: {
    readonly classIds: readonly number[]
    readonly detectorClasses: number
    readonly weight: number
    readonly scoreFloor: number
  },
): Detection[] {
  const boxes = candidates.map(({ box }) => box)
  const covered = coveredShares(detections, boxes)
  const regions = new Map<number, Float32Array>()
  const regionOf = (index: number): Float32Array => {
    const features = regions.get(index) ?? regionFeatures(candidates[index], detectorClasses)
    regions.set(index, features)
    return features
  }
  return detections.flatMap((detection, i): Detection[] => {
    const { candidate, classIndex, isNegative, score } = detection
    if (isNegative || classIndex === null) return [detection]
    const ofClass = lesson.classes.get(classIds[classIndex])
    const correction =
      correctionOf(lesson.shared, sharedFeatures(candidates[candidate], score, covered[i])) +
      (ofClass ? correctionOf(ofClass, regionOf(candidate)) : 0)
    const taught = logistic(logitOf(score) + weight * correction)
    return taught < scoreFloor ? [] : [{ ...detection, score: taught }]
  })
}
