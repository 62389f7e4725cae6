import { LexmaskError } from '#shared/contract/errors.ts'
import type { Vocabulary } from '#shared/contract/records.ts'
import type { VocabularyService } from '#shared/vocabulary/vocabulary-service.ts'
import type { WordService } from '#shared/vocabulary/word-server.ts'
import type { ProjectDatabase } from '#main/storage/project-database.ts'
import { clipScorer } from '#main/vision/clip-scorer.ts'
import { joinedScorer } from '#main/vision/joined-scorer.ts'
import { regionTextScorer } from '#main/vision/region-text-scorer.ts'
import type { VocabularyMeaning, VocabularyScorer } from '#main/vision/vocabulary-scorer.ts'
import type { RegionSpace } from '../words/region-space.ts'
import type { ClipRunParameters } from '../models/run-parameters.ts'
import { embedWords, type EmbedTexts } from '../words/text-vectors.ts'
import {
  promptVocabulary,
  understandVocabulary,
  wordsOf,
  type DetectorLexicon,
  type TextVectorOf,
} from '../words/word-meanings.ts'

/** How regions are called by the words of a vocabulary, and what of it nothing understands. */
export interface Scoring {
  readonly scorer: VocabularyScorer
  readonly meaning: VocabularyMeaning
  readonly unservedWords: readonly string[]
}

export interface ClipTextSources {
  readonly embed: EmbedTexts
  /** @throws LexmaskError PACK_MISSING, PACK_INVALID for the name of a Mask R-CNN pack */
  readonly regionSpace: (pack: string) => Promise<RegionSpace>
}

/** @throws LexmaskError PACK_MISSING without a record of the CLIP pack; as `sources` */
export async function scoreByClip(
  project: ProjectDatabase,
  vocabulary: Vocabulary,
  lexicon: DetectorLexicon,
  parameters: ClipRunParameters,
  { embed, regionSpace }: ClipTextSources,
): Promise<Scoring> {
  const { recipe, scoring, facts, models } = parameters
  if (!facts.clip) {
    throw new LexmaskError(
      'PACK_MISSING',
      `The run of the recipe "${recipe}" has no CLIP pack on record. Run it again with a CLIP pack.`,
    )
  }
  const prompted = promptVocabulary(vocabulary, scoring.templates, scoring.backgroundWords)
  const textVectorOf = await embedWords(project, facts.clip, embed, wordsOf(prompted))
  const { meaning, service, unservedWords } = understandVocabulary(
    vocabulary,
    prompted,
    lexicon,
    (_textNames, word) => [textVectorOf(word)].filter((vector) => vector !== null),
    scoring,
  )
  const options = { ...scoring, logitScale: scoring.logitScale ?? facts.clip.logitScale }
  if (!joinsRegionText(parameters)) {
    return { scorer: clipScorer(meaning, options), meaning, unservedWords }
  }
  const space = await regionSpace(models.detector)
  const whatever = { ...options, scoreFloor: 0 }
  const trained = trainedScorer(vocabulary, lexicon, service, textVectorOf, space, whatever)
  const scorer = joinedScorer(trained, clipScorer(meaning, whatever), scoring)
  return { scorer, meaning, unservedWords }
}

const joinsRegionText = (parameters: ClipRunParameters): boolean =>
  parameters.recipe === 'fvlm-patch' &&
  parameters.facts.sameTextSpace &&
  parameters.scoring.regionText === 'join'

/**
 * The scores of `region-text` for any word: one that is or means a name of the pack has the vector
 * that the pack was trained with, any other CLIP's own, which lies in the same space.
 */
function trainedScorer(
  vocabulary: Vocabulary,
  lexicon: DetectorLexicon,
  { words, negatives }: VocabularyService,
  textVectorOf: TextVectorOf,
  space: RegionSpace,
  scoring: { readonly templates: 'single' | 'ensemble14' | 'ensemble80' } & Omit<
    Parameters<typeof regionTextScorer>[2] & { readonly crossClassNmsIou: number },
    'objectness'
  >,
): VocabularyScorer {
  const served = [...words.flat(), ...negatives.map(({ service }) => service)]
  const namesOf = new Map(served.map((one) => [one.word, packNames(one)]))
  const { meaning } = understandVocabulary(
    vocabulary,
    // What is no object has a vector of its own here, so that no background words compete.
    promptVocabulary(vocabulary, scoring.templates, []),
    lexicon,
    (_textNames, word) => {
      const own = (namesOf.get(word.word) ?? []).flatMap((name) => space.vectorOf(name) ?? [])
      if (own.length > 0) return own
      return [textVectorOf(word)].filter((vector) => vector !== null)
    },
    scoring,
  )
  const rivals = [space.background, ...space.vectorsBut(new Set([...namesOf.values()].flat()))]
  const { temperature: logitScale } = space
  return regionTextScorer(meaning, rivals, { ...scoring, logitScale, objectness: 'multiply' })
}

/** Names of the pack that a word is, or is another word for. */
const packNames = ({ detectorRelation, detectorClasses }: WordService): readonly string[] =>
  detectorRelation === 'exact' || detectorRelation === 'synonym' ? detectorClasses : []
