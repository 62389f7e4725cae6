import type { Detection } from '#main/vision/detections.ts'
import type {
  ClassMeaning,
  ScorableCandidate,
  VocabularyMeaning,
  WordMeaning,
} from '#main/vision/vocabulary-scorer.ts'

/** A unit vector of the plane, by its angle: cosines are those of differences of angles. */
export function unit(degrees: number): Float32Array {
  const radians = (degrees * Math.PI) / 180
  return Float32Array.of(Math.cos(radians), Math.sin(radians))
}

export const cosine = (degrees: number): number => Math.cos((degrees * Math.PI) / 180)

/** A word as a class's name or as a negative: with the detector's classes that it names. */
export interface TestWord extends WordMeaning {
  readonly detectorClasses: readonly number[]
}

export function word(
  name: string,
  { detectorClasses = [], degrees }: { detectorClasses?: number[]; degrees?: number } = {},
): TestWord {
  const byText = degrees === undefined ? 'unserved' : 'region-text'
  const way = detectorClasses.length > 0 ? 'exact' : byText
  const vectors = degrees === undefined ? [] : [unit(degrees)]
  return { word: name, way, detectorClasses, vectors }
}

interface TestClass {
  readonly names: readonly TestWord[]
  readonly negatives: readonly TestWord[]
}

export function meaning(
  classes: readonly (readonly TestWord[] | TestClass)[],
  negatives: readonly TestWord[] = [],
): VocabularyMeaning {
  const classOf = ({ names, negatives: own }: TestClass): ClassMeaning => ({
    names,
    detectorClasses: new Map(
      names.flatMap(({ detectorClasses, way }) => detectorClasses.map((at) => [at, way] as const)),
    ),
    negatives: own,
  })
  return {
    classes: classes.map((one) => classOf('names' in one ? one : { names: one, negatives: [] })),
    negatives,
  }
}

/** @param posterior probabilities by detector class, the most probable first */
export function region(
  posterior: readonly (readonly [detectorClass: number, probability: number])[],
  more: Partial<ScorableCandidate> = {},
): ScorableCandidate {
  return {
    box: [0, 0, 10, 10],
    objectness: 0.5,
    detectorClass: posterior.length > 0 ? posterior[0][0] : null,
    posterior: {
      classes: Uint16Array.from(posterior, ([detectorClass]) => detectorClass),
      probabilities: Float32Array.from(posterior, ([, probability]) => probability),
    },
    vector: null,
    ...more,
  }
}

/** Scores as a table of "candidate class" to score; negatives carry a minus sign. */
export function scoresByName(detections: readonly Detection[]): Record<string, number> {
  return Object.fromEntries(
    detections.map(({ candidate, classIndex, isNegative, score }) => [
      `${candidate} ${isNegative ? 'not ' : ''}${classIndex ?? 'anything'}`,
      score,
    ]),
  )
}

/** Softmax of logits by hand: the probability of the first. */
export function softmaxOfFirst(...logits: number[]): number {
  return 1 / logits.reduce((sum, logit) => sum + Math.exp(logit - logits[0]), 0)
}
