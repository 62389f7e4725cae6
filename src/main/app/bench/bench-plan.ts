import { LexmaskError } from '#shared/contract/errors.ts'
import {
  CLIP_FORMS,
  isClipRecipe,
  RECIPE_NAMES,
  type ClipForm,
  type RecipeName,
} from '#shared/contract/recipes.ts'
import type { ClipPack, FoundPacks, MaskRcnnPack } from '#main/packs/find-packs.ts'
import type { RunModels } from '../models/run-parameters.ts'
import type { NotRun } from './report-schema.ts'

export interface BenchChoice {
  /** null takes all. */
  readonly recipes: readonly RecipeName[] | null
  /** Names; null takes all that are found. */
  readonly packs: readonly string[] | null
  /** null takes all that a pack has. */
  readonly precisions: readonly string[] | null
}

/** One recipe with the models that serve it. */
export interface BenchTurn {
  /** Whether it is the first precision of its pack: what precision hardly changes is measured with that. */
  readonly isFirst: boolean
  readonly recipe: RecipeName
  readonly detector: MaskRcnnPack
  readonly clip: ClipPack | null
  readonly models: RunModels
}

/** A detector in one precision, for what is measured without a recipe. */
export type BenchDetector = Pick<BenchTurn, 'isFirst' | 'detector' | 'models'>

export interface BenchPlan {
  readonly turns: readonly BenchTurn[]
  /** Each in every precision. */
  readonly detectors: readonly BenchDetector[]
  readonly notRun: readonly NotRun[]
}

/**
 * What the packs that are found can serve. `detector` and `region-text` run with every Mask R-CNN pack in
 * each of its precisions; the recipes that ask CLIP with every CLIP pack of their form, on the proposals of
 * one detector, since there it is CLIP that differs: the first pack in its first precision of the choice.
 *
 * @throws LexmaskError INVALID_INPUT for a pack or precision that no pack has; PACK_MISSING without a
 *   Mask R-CNN pack
 */
export function planBench(found: FoundPacks, choice: BenchChoice): BenchPlan {
  refuseUnknown(found, choice)
  const isWanted = ({ name }: { readonly name: string }): boolean =>
    choice.packs === null || choice.packs.includes(name)
  const detectors = found.packs
    .filter((pack) => pack.kind === 'mask-rcnn')
    .flatMap((detector) =>
      precisionsOf(detector, choice).map((precision, i) => ({
        detector,
        precision,
        isFirst: i === 0,
      })),
    )
  const chosen = detectors.filter(({ detector }) => isWanted(detector))
  // A choice of CLIP packs alone says nothing of the detector below them.
  const below = chosen.length > 0 ? chosen : detectors
  if (below.length === 0) {
    throw new LexmaskError(
      'PACK_MISSING',
      `Lexmask found no Mask R-CNN pack. Looked in: ${found.searched.join(', ')}. ` +
        'Install one with: lexmask packs install maskrcnn2go-coco, or name its folder with --models.',
    )
  }
  const clips = found.packs.filter((pack) => pack.kind === 'clip')
  const turns: BenchTurn[] = []
  const notRun: NotRun[] = []
  for (const recipe of RECIPE_NAMES) {
    const missing = (what: string, reason: string): void => {
      notRun.push({ recipe, what, reason })
    }
    if (choice.recipes !== null && !choice.recipes.includes(recipe)) {
      missing('all of it', 'left out by --recipes')
    } else if (isClipRecipe(recipe)) {
      const form = CLIP_FORMS[recipe]
      const fitting = clips.filter(({ forms }) => forms.includes(form))
      const wanted = fitting.filter(isWanted)
      if (wanted.length === 0) missing('all of it', whyNoClip(clips, fitting, form))
      for (const clip of wanted) turns.push(turnOf(recipe, below[0], clip))
    } else {
      if (chosen.length === 0) missing('all of it', 'its packs are left out by --packs')
      for (const one of chosen) {
        const { detector, precision } = one
        if (recipe === 'region-text' && detector.description.text === undefined) {
          missing(`${detector.name} ${precision}`, 'this pack gives no region vectors')
        } else turns.push(turnOf(recipe, one, null))
      }
    }
  }
  return {
    turns,
    detectors: chosen.map((one) => turnOf('detector', one, null)),
    notRun: [...notRun, ...missingPrecisions(found, choice, isWanted)],
  }
}

interface ChosenDetector {
  readonly detector: MaskRcnnPack
  readonly precision: string
  readonly isFirst: boolean
}

function turnOf(
  recipe: RecipeName,
  { detector, precision, isFirst }: ChosenDetector,
  clip: ClipPack | null,
): BenchTurn {
  return {
    isFirst,
    recipe,
    detector,
    clip,
    models: {
      detector: detector.name,
      graph: detector.description.anchors ? 'regions' : 'detections',
      precision,
      clip: clip?.name ?? null,
      clipForm: isClipRecipe(recipe) ? CLIP_FORMS[recipe] : 'whole',
    },
  }
}

/** int8 first, as a run takes it unless it is told otherwise. */
function precisionsOf({ description }: MaskRcnnPack, { precisions }: BenchChoice): string[] {
  return Object.keys(description.precisions)
    .filter((name) => precisions === null || precisions.includes(name))
    .sort((a, b) => Number(b === 'int8') - Number(a === 'int8'))
}

function missingPrecisions(
  { packs }: FoundPacks,
  { precisions }: BenchChoice,
  isWanted: (pack: { readonly name: string }) => boolean,
): NotRun[] {
  return (precisions ?? []).flatMap((precision) =>
    packs.flatMap((pack): NotRun[] =>
      pack.kind === 'mask-rcnn' && isWanted(pack) && !(precision in pack.description.precisions)
        ? [
            {
              recipe: null,
              what: `${pack.name} ${precision}`,
              reason: 'the pack has no such precision',
            },
          ]
        : [],
    ),
  )
}

const FORM_IN_WORDS: Record<ClipForm, string> = {
  whole: 'an image tower in one graph',
  'vit-stages': 'a Vision Transformer in two parts',
  'resnet-stages': 'a ResNet in two parts',
}

function whyNoClip(
  clips: readonly ClipPack[],
  fitting: readonly ClipPack[],
  form: ClipForm,
): string {
  if (clips.length === 0) return 'no CLIP pack is installed'
  if (fitting.length === 0) return `no installed CLIP pack has ${FORM_IN_WORDS[form]}`
  return 'its CLIP packs are left out by --packs'
}

function refuseUnknown({ packs }: FoundPacks, { packs: wanted, precisions }: BenchChoice): void {
  const serving = packs.filter(({ kind }) => kind === 'mask-rcnn' || kind === 'clip')
  const names = serving.map(({ name }) => name)
  const unknown = (wanted ?? []).filter((name) => !names.includes(name))
  if (unknown.length > 0) {
    throw new LexmaskError(
      'INVALID_INPUT',
      `There is no detector or CLIP pack ${unknown.join(', ')}. There are: ${names.join(', ') || 'none'}.`,
      { unknown, known: names },
    )
  }
  const known = new Set(
    serving.flatMap((pack) =>
      pack.kind === 'mask-rcnn' ? Object.keys(pack.description.precisions) : [],
    ),
  )
  const wrong = (precisions ?? []).filter((name) => !known.has(name))
  if (wrong.length === 0) return
  throw new LexmaskError(
    'INVALID_INPUT',
    `No pack has the precision ${wrong.join(', ')}. There are: ${[...known].join(', ') || 'none'}.`,
    { unknown: wrong, known: [...known] },
  )
}
