import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { Lexicon } from '#shared/vocabulary/lexicon.ts'

/** The folder that the product reads and nobody writes. */
export const resourcesFolder = fileURLToPath(new URL('../../resources', import.meta.url))

/** The lexicon of the product, over the 80 usual classes. */
export const productLexicon = Lexicon.parse(
  JSON.parse(readFileSync(`${resourcesFolder}/lexicon.json`, 'utf8')),
)
