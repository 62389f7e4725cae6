import { join } from 'node:path'
import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { Lexicon } from '#shared/vocabulary/lexicon.ts'

/** The folder that the product reads and nobody writes. */
export const productFolder = fileURLToPath(new URL('../..', import.meta.url))
export const resourcesFolder = join(productFolder, 'resources')

/** The lexicon of the product, over the 80 usual classes. */
export const productLexicon = Lexicon.parse(
  JSON.parse(readFileSync(`${resourcesFolder}/lexicon.json`, 'utf8')),
)
