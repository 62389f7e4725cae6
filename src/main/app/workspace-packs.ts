import type { PackList, PackSummary } from '#shared/contract/commands.ts'
import { CLIP_FORMS, isClipRecipe, RECIPE_NAMES } from '#shared/contract/recipes.ts'
import type { FoundPacks, Pack } from '#main/packs/find-packs.ts'

/** What a window shows of the installed packs. */
export function summarisePacks({ packs, refused, searched }: FoundPacks): PackList {
  return { packs: packs.map(summarise), refused, searched }
}

function summarise(pack: Pack): PackSummary {
  const { kind, name, folder } = pack
  switch (pack.kind) {
    case 'mask-rcnn': {
      const { classes, precisions, text } = pack.description
      return {
        kind,
        name,
        folder,
        classes: classes.length,
        precisions: Object.keys(precisions),
        recipes: RECIPE_NAMES.filter((recipe) => recipe !== 'region-text' || text !== undefined),
      }
    }
    case 'clip':
      return {
        kind,
        name,
        folder,
        classes: 0,
        precisions: [],
        recipes: RECIPE_NAMES.filter(isClipRecipe).filter((recipe) =>
          pack.forms.includes(CLIP_FORMS[recipe]),
        ),
      }
    case 'sam':
      return {
        kind,
        name,
        folder,
        classes: 0,
        precisions: [pack.description.precision],
        recipes: [],
      }
    case 'text-table':
      return {
        kind,
        name,
        folder,
        classes: 0,
        precisions: [],
        recipes: ['detector', 'region-text'],
      }
  }
}
