import { LexmaskError } from '#shared/contract/errors.ts'
import { CLIP_FORMS, type ClipRecipeName, type RecipeName } from '#shared/contract/recipes.ts'
import type { ClipPack, FoundPacks, MaskRcnnPack } from '#main/packs/find-packs.ts'

/** @param wanted name of the pack; null for the first that serves the recipe */
export function chooseDetector(
  { packs }: FoundPacks,
  recipe: RecipeName,
  wanted: string | null,
): MaskRcnnPack | null {
  const detector = packs.find(
    (pack) =>
      pack.kind === 'mask-rcnn' &&
      (wanted === null ? canServe(pack, recipe) : pack.name === wanted),
  )
  return detector?.kind === 'mask-rcnn' ? detector : null
}

/** A pack that a user names is not judged here: the recipe says by name what it lacks. */
function canServe({ description }: MaskRcnnPack, recipe: RecipeName): boolean {
  return recipe !== 'region-text' || description.text !== undefined
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
