import { LexmaskError } from '#shared/contract/errors.ts'
import { CLIP_FORMS, type ClipRecipeName, type RecipeName } from '#shared/contract/recipes.ts'
import type { ClipPack, FoundPacks, MaskRcnnPack } from '#main/packs/find-packs.ts'

/** @param wanted name of the pack; null for the first that serves the recipe best */
export function chooseDetector(
  { packs }: FoundPacks,
  recipe: RecipeName,
  wanted: string | null,
): MaskRcnnPack | null {
  const detectors = packs.filter((pack) => pack.kind === 'mask-rcnn')
  if (wanted !== null) return detectors.find(({ name }) => name === wanted) ?? null
  const serving = detectors.filter((pack) => canServe(pack, recipe))
  // Its region vectors may be the other score of the two-score method.
  const better = recipe === 'fvlm-patch' ? serving.find(hasRegionVectors) : undefined
  return better ?? serving.at(0) ?? null
}

const hasRegionVectors = ({ description }: MaskRcnnPack): boolean => description.text !== undefined

/** A pack that a user names is not judged here: the recipe says by name what it lacks. */
function canServe(pack: MaskRcnnPack, recipe: RecipeName): boolean {
  return recipe !== 'region-text' || hasRegionVectors(pack)
}

export function missingDetector(
  { searched, refused }: FoundPacks,
  recipe: RecipeName,
  wanted: string | null,
): LexmaskError {
  const kind = recipe === 'region-text' ? 'Mask R-CNN pack with region vectors' : 'Mask R-CNN pack'
  return missingPack(
    wanted === null ? kind : `pack of the name ${wanted}`,
    searched,
    refused.map(({ folder, reason }) => `${folder}: ${reason}`),
  )
}

/** The first CLIP pack with the image encoder that a recipe needs. */
export function chooseClip({ packs }: FoundPacks, recipe: ClipRecipeName): ClipPack | null {
  const form = CLIP_FORMS[recipe]
  const clip = packs.find((pack) => pack.kind === 'clip' && pack.forms.includes(form))
  return clip?.kind === 'clip' ? clip : null
}

export function missingClip({ searched }: FoundPacks, recipe: ClipRecipeName): LexmaskError {
  const packs = {
    whole: 'CLIP pack',
    'vit-stages': 'CLIP pack with a Vision Transformer in two parts',
    'resnet-stages': 'CLIP pack with a ResNet in two parts',
  }
  return missingPack(packs[CLIP_FORMS[recipe]], searched)
}

/** What was looked for and where, and what to do. */
export function missingPack(
  what: string,
  searched: readonly string[],
  refused: readonly string[] = [],
): LexmaskError {
  const notes = refused.length > 0 ? ` Not usable: ${refused.join('; ')}.` : ''
  return new LexmaskError(
    'PACK_MISSING',
    `Lexmask found no ${what}. Looked in: ${searched.join(', ')}.${notes} ` +
      'Install one with: lexmask packs add <folder of the pack>, or name its folder with --models.',
    { searched, refused },
  )
}
