import { isClipRecipe, type RecipeName } from '#shared/contract/recipes.ts'
import { effectOf, negativeSentence, sentenceOf, type YieldedLabel } from './service-sentences.ts'
import type { ServedVocabulary, VocabularyService } from './vocabulary-service.ts'
import {
  isUntrained,
  SERVICE_WAYS,
  type ServiceWay,
  type WordServer,
  type WordService,
} from './word-server.ts'

export type { YieldedLabel }

/** How a class of a vocabulary will be served: as its best word is. */
export interface ClassService {
  readonly name: string
  readonly way: ServiceWay
  /** The word that is served best; the name when others are served no better. */
  readonly word: string
  /** The name, then the synonyms. */
  readonly words: readonly WordService[]
  /**
   * What gets the label: classes of the detector, or names whose text vectors regions are compared
   * with. None for CLIP, which compares with the words themselves, and where others get it all.
   */
  readonly labelled: readonly string[]
  readonly yieldsTo: readonly YieldedLabel[]
  /** What gets the label, in words: "dogs". */
  readonly effect: string
  /** English; for other languages there are the fields above. */
  readonly sentence: string
}

/** What a negative takes away. */
export interface NegativeService {
  readonly word: string
  /** The class against which it stands; null for all. */
  readonly of: string | null
  readonly service: WordService
  /** Classes of the detector that it takes away. */
  readonly detectorClasses: readonly string[]
  /** Names whose text vectors compete for it. */
  readonly textNames: readonly string[]
  readonly sentence: string
}

/** Plain JSON, as it goes over the contract. */
export interface ServiceReport {
  readonly recipe: RecipeName
  /** The Mask R-CNN pack whose classes these are; null when COCO's 80 stand for one that is missing. */
  readonly pack: string | null
  /** What was not found and what to do; null when the recipe can run. */
  readonly packAdvice: string | null
  /** In the order of the vocabulary. */
  readonly classes: readonly ClassService[]
  readonly negatives: readonly NegativeService[]
  /** What to do about the classes that are not served, or seldom found; null when there are none. */
  readonly advice: string | null
}

export interface ReportFacts {
  readonly pack: string | null
  readonly packAdvice: string | null
  /** Where a pack would be found; null to say it in general. */
  readonly packFolder: string | null
}

/** How each class of a vocabulary will be served, said before any model runs. */
export function reportService(
  vocabulary: ServedVocabulary,
  served: VocabularyService,
  { recipe, hasClip }: WordServer,
  { pack, packAdvice, packFolder }: ReportFacts,
): ServiceReport {
  const names = vocabulary.classes.map(({ name }) => name)
  const classes = names.map((name, index): ClassService => {
    const words = served.words[index]
    const best = words.reduce((a, b) => (rankOf(b) < rankOf(a) ? b : a))
    const told = {
      name,
      best,
      words,
      detectorClasses: inOrderOf(served.detector.classes[index], words, 'detectorClasses'),
      textNames: inOrderOf(served.texts.classes[index], words, 'textNames'),
      yieldsTo: [...served.detector.yielded[index], ...served.texts.yielded[index]].map(
        ({ thing, relation, classIndex, negative, winner }): YieldedLabel => ({
          thing,
          to: classIndex === null ? (negative ?? '') : names[classIndex],
          isNegative: classIndex === null,
          isTie: classIndex !== null && relation === winner && relation === 'kind',
        }),
      ),
      recipe,
      hasClip,
    }
    return {
      name,
      way: best.way,
      word: best.word,
      words,
      labelled: [...told.detectorClasses, ...told.textNames],
      yieldsTo: told.yieldsTo,
      effect: effectOf(told),
      sentence: sentenceOf(told),
    }
  })
  const negatives = served.negatives.map(({ service, classIndex }, index): NegativeService => {
    const of = classIndex === null ? null : names[classIndex]
    const detectorClasses = [...served.detector.negatives[index].claims.keys()]
    const textNames = [...served.texts.negatives[index].claims.keys()]
    const sentence = negativeSentence({ service, of, detectorClasses, textNames, recipe })
    return { word: service.word, of, service, detectorClasses, textNames, sentence }
  })
  const isComplete = classes.every(
    ({ way, words }) => way !== 'unserved' && (way !== 'region-text' || !words.every(isUntrained)),
  )
  const advice = isComplete ? null : adviceOf(recipe, hasClip, packFolder)
  return { recipe, pack, packAdvice, classes, negatives, advice }
}

const RELATIONS = ['exact', 'synonym', 'kind', 'covers']

const rankOf = ({ way, textRelation }: WordService): number =>
  SERVICE_WAYS.indexOf(way) +
  (way === 'region-text' ? RELATIONS.indexOf(textRelation ?? '') / 10 : 0)

/** What a class gets, in the order in which its words name it. */
function inOrderOf(
  claims: ReadonlyMap<string, unknown>,
  words: readonly WordService[],
  field: 'detectorClasses' | 'textNames',
): string[] {
  return [...new Set(words.flatMap((word) => word[field]))].filter((name) => claims.has(name))
}

function adviceOf(recipe: RecipeName, hasClip: boolean, packFolder: string | null): string {
  if (hasClip && !isClipRecipe(recipe)) {
    return 'The CLIP pack that is installed serves any word: use the recipe "crop".'
  }
  return (
    'A CLIP pack serves any word. Get one: from huggingface.co/Xenova/clip-vit-base-patch16 the files ' +
    'onnx/vision_model_quantized.onnx, onnx/text_model_quantized.onnx, tokenizer.json and ' +
    'preprocessor_config.json, in a folder with the same names. Put that folder ' +
    `${packFolder === null ? 'among the packs' : `into ${packFolder}`}, or give it with --models, ` +
    'and use the recipe "crop". docs/packs.md says more.'
  )
}
