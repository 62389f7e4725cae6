import { nameForms, normaliseName } from '#shared/vocabulary/names.ts'
import type { TextNameMatch, TextNames } from '#shared/vocabulary/word-server.ts'
import type { TextTable } from '#main/vision/text-table.ts'
import { WordIndex } from '#main/vision/word-index.ts'

/** The names of a text table: of each row the first, which is the one that was embedded. */
export function namesOfTable(table: TextTable): TextNames {
  return {
    all: table.rows.map(({ names }) => names[0]),
    find: (word) => findInTable(table, word),
  }
}

/**
 * The names of a pack whose regions lie in a text space, and those of a table of the same space that
 * mean something else. What the table has under another word for one of the pack's names is that
 * name: the pack was trained with its vector.
 */
export function namesOfPack(packNames: readonly string[], table: TextTable | null): TextNames {
  const index = new WordIndex(packNames)
  const packNameOf = new Map<string, string>()
  for (const name of packNames) {
    const first = table ? findInTable(table, name)?.names[0] : undefined
    if (first !== undefined && !packNameOf.has(first)) packNameOf.set(first, name)
  }
  const others = (table ? namesOfTable(table).all : []).filter((name) => !packNameOf.has(name))
  return {
    all: [...packNames, ...others],
    find: (word) => {
      const own = index.find(word).map((found) => packNames[found])
      if (own.length > 0) return { names: own, relation: 'exact' }
      const match = table && findInTable(table, word)
      if (!match) return null
      const names = [...new Set(match.names.map((name) => packNameOf.get(name) ?? name))]
      const isOfPack = match.names.some((name) => packNameOf.has(name))
      return { names, relation: isOfPack ? 'synonym' : match.relation }
    },
  }
}

/** "car (automobile)" means "car". */
const QUALIFIER = /\s*\([^)]*\)\s*$/

function findInTable(table: TextTable, word: string): TextNameMatch | null {
  const match = table.lookup(word)
  if (!match) return null
  const names = match.rows.map((row) => table.rows[row].names[0])
  const forms = new Set(nameForms(word).map(join))
  const isOwn = names.some((name) =>
    [name, name.replace(QUALIFIER, '')].some((one) => forms.has(join(normaliseName(one)))),
  )
  return { names, relation: isOwn ? 'exact' : 'synonym' }
}

const join = (name: string): string => name.replaceAll(' ', '')
