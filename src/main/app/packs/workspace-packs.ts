import { dirname, resolve } from 'node:path'
import type { PackList, PackSummary } from '#shared/contract/commands.ts'
import { CLIP_FORMS, isClipRecipe, RECIPE_NAMES } from '#shared/contract/recipes.ts'
import type { FoundPacks, Pack } from '#main/packs/find-packs.ts'
import { bytesOf, listFiles } from '#main/packs/list-files.ts'

type Described = Omit<PackSummary, 'bytes' | 'isRemovable'>

/**
 * What a window shows of the installed packs.
 *
 * @param root where packs are installed
 */
export async function summarisePacks(
  { packs, refused, searched }: FoundPacks,
  root: string,
): Promise<PackList> {
  const summaries = packs.map(async (pack): Promise<PackSummary> => {
    const files = await listFiles(pack.folder).catch(() => null)
    return {
      ...summarisePack(pack),
      bytes: files && bytesOf(files),
      isRemovable: dirname(pack.folder) === resolve(root),
    }
  })
  return { packs: await Promise.all(summaries), refused, searched }
}

/** What it says of itself. */
export function summarisePack(pack: Pack): Described {
  const { kind, name, folder } = pack
  switch (pack.kind) {
    case 'mask-rcnn': {
      const { title, licence, classes, precisions, text } = pack.description
      return {
        ...{ kind, name, folder, title: title ?? null, licence: licence ?? null },
        classes: classes.length,
        precisions: Object.keys(precisions),
        recipes: RECIPE_NAMES.filter((recipe) => recipe !== 'region-text' || text !== undefined),
      }
    }
    case 'clip':
      return {
        ...{ kind, name, folder, title: pack.title, licence: pack.licence },
        classes: 0,
        precisions: [],
        recipes: RECIPE_NAMES.filter(isClipRecipe).filter((recipe) =>
          pack.forms.includes(CLIP_FORMS[recipe]),
        ),
      }
    case 'sam': {
      const { title = null, licence = null } = pack.description
      return {
        ...{ kind, name, folder, title, licence },
        classes: 0,
        precisions: [pack.description.precision],
        recipes: [],
      }
    }
    case 'text-table':
      return {
        ...{ kind, name, folder, title: null, licence: null },
        classes: 0,
        precisions: [],
        recipes: ['detector', 'region-text'],
      }
  }
}
