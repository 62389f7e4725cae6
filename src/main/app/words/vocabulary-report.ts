import { isClipRecipe, type RecipeName } from '#shared/contract/recipes.ts'
import { reportService, type ServiceReport } from '#shared/vocabulary/service-report.ts'
import { serveVocabulary, type ServedVocabulary } from '#shared/vocabulary/vocabulary-service.ts'
import type { FoundPacks } from '#main/packs/find-packs.ts'
import { chooseClip, chooseDetector, missingClip, missingDetector } from '../packs/choose-pack.ts'
import { wordServerFor, type WordSources } from './word-sources.ts'

export interface ReportRequest {
  readonly recipe: RecipeName
  readonly vocabulary: ServedVocabulary
  /** Name of the Mask R-CNN pack; null for the first that serves the recipe. */
  readonly pack: string | null
  /** Of the scoring: with 1 a region may have several classes. */
  readonly crossClassNmsIou: number
}

/**
 * How the words of a vocabulary will be served by what is installed, without a model. When no pack
 * is found, the 80 usual classes stand for one.
 *
 * @throws LexmaskError PACK_MISSING for a pack or a folder that is named and not there; PACK_INVALID
 *   for a damaged text table; as `readLexicon`
 */
export async function reportVocabulary(
  sources: WordSources,
  { recipe, vocabulary, pack, crossClassNmsIou }: ReportRequest,
): Promise<ServiceReport> {
  const found = await sources.packs()
  const detector = chooseDetector(found, recipe, pack)
  if (!detector && pack !== null) throw missingDetector(found, recipe, pack)
  const lexicon = await sources.lexicon()
  return reportFor(sources, found, {
    recipe,
    vocabulary,
    crossClassNmsIou,
    pack: detector?.name ?? null,
    detectorClasses: detector?.description.classes.map(({ name }) => name) ?? lexicon.classNames,
    packAdvice: packAdviceOf(found, recipe, detector !== null),
    hasClip: hasClipPack(found, recipe),
  })
}

/** What a run has on record of its models. */
export interface KnownDetector {
  readonly recipe: RecipeName
  readonly vocabulary: ServedVocabulary
  readonly crossClassNmsIou: number
  readonly pack: string | null
  readonly detectorClasses: readonly string[]
  readonly packAdvice: string | null
  /** Whether a text tower makes, or has made, vectors of any word. */
  readonly hasClip: boolean
}

/** The report over classes that are known, such as those of a run that is scored again. */
export async function reportFor(
  { table, lexicon }: WordSources,
  { searched }: FoundPacks,
  {
    recipe,
    vocabulary,
    crossClassNmsIou,
    pack,
    detectorClasses,
    packAdvice,
    hasClip,
  }: KnownDetector,
): Promise<ServiceReport> {
  const server = wordServerFor(recipe, detectorClasses, {
    table: await table(),
    lexicon: await lexicon(),
    hasClip,
  })
  const served = serveVocabulary(vocabulary, server, { allowsSeveral: crossClassNmsIou === 1 })
  const packFolder = searched.at(0) ?? null
  return reportService(vocabulary, served, server, { pack, packAdvice, packFolder })
}

/** Whether a CLIP pack serves the recipe; for a recipe without CLIP, whether one serves `crop`. */
export const hasClipPack = (found: FoundPacks, recipe: RecipeName): boolean =>
  chooseClip(found, isClipRecipe(recipe) ? recipe : 'crop') !== null

function packAdviceOf(found: FoundPacks, recipe: RecipeName, hasDetector: boolean): string | null {
  if (!hasDetector) {
    const { message } = missingDetector(found, recipe, null)
    return `${message} Until then this is said of the 80 usual classes, those of COCO.`
  }
  const needsClip = isClipRecipe(recipe) && !hasClipPack(found, recipe)
  return needsClip ? missingClip(found, recipe).message : null
}
