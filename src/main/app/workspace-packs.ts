import type { PackList, PackSummary } from '#shared/contract/commands.ts'
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
        recipes: text ? ['detector', 'region-text', 'crop'] : ['detector', 'crop'],
      }
    }
    case 'clip':
      return { kind, name, folder, classes: 0, precisions: [], recipes: ['crop'] }
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
