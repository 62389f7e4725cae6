import type { RecipeName } from '#shared/contract/recipes.ts'
import type { Lexicon } from '#shared/vocabulary/lexicon.ts'
import { createWordServer, type WordServer } from '#shared/vocabulary/word-server.ts'
import { findPacks, type FoundPacks } from '#main/packs/find-packs.ts'
import type { TextTable } from '#main/vision/text-table.ts'
import { readLexicon } from './read-lexicon.ts'
import { readTextTable } from './text-table-pack.ts'
import { namesOfPack, namesOfTable } from './text-names.ts'

export interface WordSourceOptions {
  readonly packRoots: readonly { readonly folder: string; readonly required: boolean }[]
  /** The product's own, with the lexicon. */
  readonly resourcesFolder: string
}

/** What the product knows of words without a model, each read when it is first asked for. */
export interface WordSources {
  /** @throws LexmaskError PACK_MISSING for a folder that the user names and that is none */
  readonly packs: () => Promise<FoundPacks>
  /** null when no text table is installed. @throws LexmaskError PACK_INVALID */
  readonly table: () => Promise<TextTable | null>
  /** @throws LexmaskError as `readLexicon` */
  readonly lexicon: () => Promise<Lexicon>
  /** Packs are looked for again when they are asked for next. */
  readonly forget: () => void
}

export function createWordSources(options: WordSourceOptions): WordSources {
  let found: Promise<FoundPacks> | null = null
  let table: Promise<TextTable | null> | null = null
  const packs = (): Promise<FoundPacks> => (found ??= findPacks(options.packRoots))
  return {
    packs,
    table: () =>
      (table ??= packs().then(({ packs }) => {
        const pack = packs.find(({ kind }) => kind === 'text-table')
        return pack?.kind === 'text-table' ? readTextTable(pack) : null
      })),
    lexicon: () => readLexicon(options.resourcesFolder),
    forget: () => {
      found = null
      table = null
    },
  }
}

/** The words of a recipe over the classes of a detector, for scoring and for the report. */
export function wordServerFor(
  recipe: RecipeName,
  detectorClasses: readonly string[],
  { table, lexicon, hasClip }: { table: TextTable | null; lexicon: Lexicon; hasClip: boolean },
): WordServer {
  const textNames =
    recipe === 'region-text' ? namesOfPack(detectorClasses, table) : table && namesOfTable(table)
  return createWordServer({ recipe, detectorClasses, lexicon, textNames, hasClip })
}
