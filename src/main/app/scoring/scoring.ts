import type { Vocabulary } from '#shared/contract/records.ts'
import { isClipRecipe } from '#shared/contract/recipes.ts'
import type { Lexicon, LexiconRelation } from '#shared/vocabulary/lexicon.ts'
import type { VocabularyService } from '#shared/vocabulary/vocabulary-service.ts'
import type { ProjectDatabase } from '#main/storage/project-database.ts'
import type { Candidate } from '#main/vision/candidate.ts'
import { suppressDetections, type Detection } from '#main/vision/detections.ts'
import { detectorScorer } from '#main/vision/detector-scorer.ts'
import { vectorFromFloat16 } from '#main/vision/float16.ts'
import { regionTextScorer } from '#main/vision/region-text-scorer.ts'
import type { TextTable } from '#main/vision/text-table.ts'
import { vectorsOf, type ScorableCandidate } from '#main/vision/vocabulary-scorer.ts'
import { scoreByClip, type ClipTextSources, type Scoring } from './clip-scoring.ts'
import { isClipRun, type RunParameters } from '../models/run-parameters.ts'
import type { RegionSpace } from '../words/region-space.ts'
import {
  DetectorLexicon,
  promptVocabulary,
  understandVocabulary,
  wordsOf,
} from '../words/word-meanings.ts'
import { wordServerFor } from '../words/word-sources.ts'

/** All that scoring needs of a candidate; a stored one is enough. */
export type ScoredRegion = Omit<Candidate, 'mask'>

/** Calls stored candidates by the words of one state of a vocabulary. */
export interface ImageScorer {
  readonly vocabulary: Vocabulary
  readonly parameters: RunParameters
  /** Classes that nothing here understands: they get no annotations. */
  readonly unservedWords: readonly string[]
  /** Names and synonyms that nothing here understands, also of classes of which another word is served. */
  readonly unservedNames: readonly string[]
  /** Detector classes that each class of the vocabulary means. */
  readonly detectorClasses: readonly ReadonlySet<number>[]
  /** Unit text vectors of each class; none where scoring compares no vectors. */
  readonly textVectors: readonly (readonly Float32Array[])[]
  /** By words and what answers taught, before suppression. */
  call(candidates: readonly ScoredRegion[]): CalledImage
  score(candidates: readonly ScoredRegion[]): ScoredImage
}

/** What the annotations of an image are made with. */
export type ProposalScorer = Omit<ImageScorer, 'call' | 'textVectors' | 'unservedNames'>

/** What the candidates of an image were called. */
export interface CalledImage {
  /** The candidates as scoring takes them. */
  readonly scorable: readonly ScorableCandidate[]
  /** By every class and negative that has a word for them. */
  readonly called: readonly Detection[]
}

export interface ScoredImage extends Pick<CalledImage, 'called'> {
  /** What is left of it after suppression, before thresholds; best first. */
  readonly detections: readonly Detection[]
}

/** What turns words into vectors; each part may be missing. */
export interface TextSources extends ClipTextSources {
  readonly table: TextTable | null
  readonly lexicon: Lexicon
}

/**
 * One way from candidates to detections, for a fresh run and for re-scoring alike, so that the two
 * cannot disagree.
 *
 * @throws LexmaskError PACK_MISSING when a prompt was never embedded and no text encoder is there
 */
export async function createImageScorer(
  project: ProjectDatabase,
  vocabulary: Vocabulary,
  parameters: RunParameters,
  sources: TextSources,
): Promise<ImageScorer> {
  const { recipe, facts } = parameters
  const server = wordServerFor(recipe, facts.detectorClasses, {
    ...sources,
    hasClip: isClipRecipe(recipe),
  })
  const lexicon = new DetectorLexicon(server, facts.detectorClasses, sources.table)
  const { scorer, meaning, unservedWords } = await scoringOf(
    project,
    vocabulary,
    lexicon,
    parameters,
    sources,
  )
  return scorerThatCalls(
    {
      vocabulary,
      parameters,
      unservedWords,
      unservedNames: meaning.classes.flatMap(({ names }) =>
        names.flatMap(({ word, way }) => (way === 'unserved' ? word : [])),
      ),
      detectorClasses: meaning.classes.map((one) => new Set(one.detectorClasses.keys())),
      textVectors: meaning.classes.map(({ names }) =>
        recipe === 'detector' ? [] : vectorsOf(names),
      ),
    },
    (candidates) => {
      const scorable = candidates.map(({ vector, boxHeadVector, ...rest }) => ({
        ...rest,
        vector: vector && vectorFromFloat16(vector),
        boxHeadVector: boxHeadVector ? vectorFromFloat16(boxHeadVector) : null,
      }))
      return { scorable, called: scorer(scorable) }
    },
  )
}

/** The scorer with what answers taught. */
export function taughtScorer(
  scorer: ImageScorer,
  teach: (image: CalledImage) => readonly Detection[],
): ImageScorer {
  return scorerThatCalls(scorer, (candidates) => {
    const image = scorer.call(candidates)
    return { ...image, called: teach(image) }
  })
}

function scorerThatCalls(
  scorer: Omit<ImageScorer, 'call' | 'score'>,
  call: ImageScorer['call'],
): ImageScorer {
  const { scoring } = scorer.parameters
  return {
    ...scorer,
    call,
    score: (candidates) => {
      const { called } = call(candidates)
      const boxes = candidates.map(({ box }) => box)
      return { called, detections: suppressDetections(called, boxes, scoring) }
    },
  }
}

async function scoringOf(
  project: ProjectDatabase,
  vocabulary: Vocabulary,
  lexicon: DetectorLexicon,
  parameters: RunParameters,
  sources: TextSources,
): Promise<Scoring> {
  if (isClipRun(parameters)) {
    return scoreByClip(project, vocabulary, lexicon, parameters, sources)
  }
  switch (parameters.recipe) {
    case 'detector':
      return scoreByDetector(vocabulary, lexicon, parameters)
    case 'region-text': {
      const space = await sources.regionSpace(parameters.models.detector)
      return scoreByRegionText(vocabulary, lexicon, parameters, space)
    }
  }
}

function scoreByDetector(
  vocabulary: Vocabulary,
  lexicon: DetectorLexicon,
  { scoring }: Extract<RunParameters, { recipe: 'detector' }>,
): Scoring {
  const { meaning, unservedWords } = understandVocabulary(
    vocabulary,
    promptVocabulary(vocabulary, scoring.templates, []),
    lexicon,
    (textNames) => textNames.flatMap((name) => lexicon.vectorOf(name) ?? []),
    scoring,
  )
  const words = vocabulary.classes.flatMap(({ name, synonyms }) => [name, ...synonyms])
  const space = lexicon.spaceFor([...words, ...vocabulary.negatives])
  return { scorer: detectorScorer(meaning, space, scoring), meaning, unservedWords }
}

function scoreByRegionText(
  vocabulary: Vocabulary,
  lexicon: DetectorLexicon,
  { scoring }: Extract<RunParameters, { recipe: 'region-text' }>,
  space: RegionSpace,
): Scoring {
  const prompted = promptVocabulary(vocabulary, 'single', [])
  const { meaning, service, unservedWords } = understandVocabulary(
    vocabulary,
    prompted,
    lexicon,
    // The pack was trained on the vectors of its own names; the table has the same space's others.
    (textNames) =>
      textNames.flatMap((name) => space.vectorOf(name) ?? lexicon.vectorOf(name) ?? []),
    scoring,
  )
  const words = wordsOf(prompted).map(({ word }) => word)
  const meant = namesMeant(service)
  const rivals = [
    space.background,
    ...space.vectorsBut(meant),
    ...(scoring.distractors === 'table'
      ? (lexicon.spaceFor([...words, ...meant])?.distractors ?? [])
      : []),
  ]
  const logitScale = scoring.logitScale ?? space.temperature
  return {
    scorer: regionTextScorer(meaning, rivals, { ...scoring, logitScale }),
    meaning,
    unservedWords,
  }
}

/**
 * Names that are no rivals, since words of the vocabulary mean them or stand on their vectors. A word
 * with a vector of its own is another thing than what it is a kind of, which stays a rival.
 */
function namesMeant({ words, negatives }: VocabularyService): Set<string> {
  const isName = (relation: LexiconRelation | null): boolean =>
    relation === 'exact' || relation === 'synonym'
  return new Set([
    ...words.flat().flatMap(({ textNames }) => textNames),
    ...[...words.flat(), ...negatives.map(({ service }) => service)].flatMap((one) => [
      ...(isName(one.textRelation) ? one.textNames : []),
      ...(isName(one.detectorRelation) ? one.detectorClasses : []),
    ]),
  ])
}
