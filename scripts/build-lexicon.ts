import { mkdirSync, writeFileSync } from 'node:fs'
import { dirname } from 'node:path'
import { fileURLToPath } from 'node:url'
import { buildLexicon, lexiconText } from './lexicon/build.ts'
import { readSources } from './lexicon/sources.ts'
import { findWordNet, WordNet } from './lexicon/wordnet.ts'

/** Makes resources/lexicon.json of WordNet and scripts/lexicon/*.json: `npm run lexicon`. */

const folder = findWordNet()
if (folder === null) {
  console.error('WordNet is not installed. It comes with the development dependencies: npm ci')
  process.exit(1)
}
const target = fileURLToPath(new URL('../resources/lexicon.json', import.meta.url))
const lexicon = buildLexicon(WordNet.read(folder), readSources())
const text = lexiconText(lexicon)
mkdirSync(dirname(target), { recursive: true })
writeFileSync(target, text)
const kib = Math.round(Buffer.byteLength(text) / 1024)
console.log(`${target}: ${lexicon.nouns.length} nouns, ${kib} KiB`)
