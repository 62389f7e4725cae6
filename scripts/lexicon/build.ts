import { writeNode, type LexiconFile, type LexiconNode } from '#shared/vocabulary/lexicon-file.ts'
import { normaliseName } from '#shared/vocabulary/names.ts'
import { NounPlaces } from './noun-places.ts'
import { PictureSenses } from './picture-senses.ts'
import type { LexiconSources } from './sources.ts'
import type { WordNet } from './wordnet.ts'

/** What has to go with anything made of WordNet; its text is WordNet's own. */
const WORDNET_NOTICE = [
  'Nouns and their relations are from WordNet 3.1 (Princeton University), reviewed and extended by the Lexmask project; made by scripts/build-lexicon.ts.',
  'This software and database is being provided to you, the LICENSEE, by Princeton University under the following license. By obtaining, using and/or copying this software and database, you agree that you have read, understood, and will comply with these terms and conditions.:',
  'Permission to use, copy, modify and distribute this software and database and its documentation for any purpose and without fee or royalty is hereby granted, provided that you agree to comply with the following copyright notice and statements, including the disclaimer, and that the same appear on ALL copies of the software, database and documentation, including modifications that you make for internal use or for distribution.',
  'WordNet 3.1 Copyright 2011 by Princeton University. All rights reserved.',
  'THIS SOFTWARE AND DATABASE IS PROVIDED "AS IS" AND PRINCETON UNIVERSITY MAKES NO REPRESENTATIONS OR WARRANTIES, EXPRESS OR IMPLIED. BY WAY OF EXAMPLE, BUT NOT LIMITATION, PRINCETON UNIVERSITY MAKES NO REPRESENTATIONS OR WARRANTIES OF MERCHANT- ABILITY OR FITNESS FOR ANY PARTICULAR PURPOSE OR THAT THE USE OF THE LICENSED SOFTWARE, DATABASE OR DOCUMENTATION WILL NOT INFRINGE ANY THIRD PARTY PATENTS, COPYRIGHTS, TRADEMARKS OR OTHER RIGHTS.',
  'The name of Princeton University or Princeton may not be used in advertising or publicity pertaining to distribution of the software and/or database. Title to copyright in this software, database and any associated documentation shall at all times remain with Princeton University and LICENSEE agrees to preserve same.',
]

/** The lexicon as WordNet and the reviewed sources give it; the same for the same input. */
export function buildLexicon(wordNet: WordNet, sources: LexiconSources): LexiconFile {
  const senses = new PictureSenses(wordNet, sources)
  const places = new NounPlaces(wordNet, sources)
  const nodes = placeWords(places, senses, sources)
  const wordNodes = indexWords(nodes)
  const ids = nameNodes(nodes, wordNodes)
  const idOf = (key: string): string => ids.get(key) ?? ''
  const kept = contract(nodes, places, sources)

  return {
    format: 1,
    notice: WORDNET_NOTICE,
    classes: Object.fromEntries(
      sources.classes.map(({ name }) => [name, places.keysOfClass(name).map(idOf).join('|')]),
    ),
    tableNames: tableNames(sources, places, wordNodes, idOf),
    wider: Object.fromEntries(
      sources.widerNouns.map(({ words, covers }) => [
        words.map(normaliseName).join('|'),
        covers.join('|'),
      ]),
    ),
    chinese: chineseNames(sources),
    otherNouns: sources.senses.otherNouns.map(normaliseName).sort(),
    nouns: kept
      .map(({ key, words, wider }): LexiconNode => ({
        id: idOf(key),
        words,
        wider: wider.map(idOf),
      }))
      .sort((a, b) => (a.id < b.id ? -1 : 1))
      .map(writeNode),
  }
}

/** The file's text; one noun a line, so that a change can be reviewed. */
export function lexiconText(lexicon: LexiconFile): string {
  return `${JSON.stringify(lexicon, null, 2)}\n`
}

/** A node while it is being built; its key is a synset's offset, or a reviewed word. */
interface DraftNode {
  readonly key: string
  /** What it is called when it has no word of its own. */
  readonly label: string
  readonly words: readonly string[]
  readonly wider: readonly string[]
}

function placeWords(
  places: NounPlaces,
  senses: PictureSenses,
  sources: LexiconSources,
): DraftNode[] {
  const reviewed = new Map<string, string[]>()
  for (const { name, words = [] } of sources.classes) {
    const [key] = places.keysOfClass(name)
    reviewed.set(key, [...(reviewed.get(key) ?? []), ...[name, ...words].map(normaliseName)])
  }
  const decided = new Set([...reviewed.values(), ...places.ownWords()].flat())
  return [...places.all()].map(({ key, synset, wider }): DraftNode => {
    const own = reviewed.get(key) ?? []
    if (!synset) return { key, label: key, words: own.length > 0 ? own : [key], wider }
    const isTooWide = places.isTooWide(key)
    const ofWordNet = synset.lemmas
      .map(normaliseName)
      .filter((word) => !decided.has(word) && !isTooWide && senses.means(word, synset))
    return {
      key,
      label: normaliseName(synset.lemmas[0]),
      words: [...new Set([...own, ...ofWordNet])],
      wider,
    }
  })
}

function indexWords(nodes: readonly DraftNode[]): Map<string, string[]> {
  const keysOf = new Map<string, string[]>()
  for (const { key, words } of nodes) {
    for (const word of words) keysOf.set(word, [...(keysOf.get(word) ?? []), key])
  }
  return keysOf
}

/** A node is called by its first word; with a number after "#" when that is not its own alone. */
function nameNodes(
  nodes: readonly DraftNode[],
  wordNodes: ReadonlyMap<string, readonly string[]>,
): Map<string, string> {
  const used = new Map<string, number>()
  return new Map(
    nodes.map(({ key, label, words }) => {
      const name = words[0] ?? label
      if (wordNodes.get(name)?.length === 1 && words.length > 0) return [key, name]
      const count = (used.get(name) ?? 0) + 1
      used.set(name, count)
      return [key, `${name}#${count}`]
    }),
  )
}

/** Without the nodes that no word leads to: what is under them hangs on what is above them. */
function contract(
  nodes: readonly DraftNode[],
  places: NounPlaces,
  sources: LexiconSources,
): DraftNode[] {
  const byKey = new Map(nodes.map((node) => [node.key, node]))
  const needed = new Set(sources.classes.flatMap(({ name }) => places.keysOfClass(name)))
  for (const name of Object.keys(sources.tableNames)) needed.add(places.keyOfTableName(name))
  const isKept = ({ key, words }: DraftNode): boolean => words.length > 0 || needed.has(key)
  const widerOf = ({ wider }: DraftNode): string[] =>
    wider.flatMap((key) => {
      const node = byKey.get(key)
      if (!node) return []
      return isKept(node) ? [key] : widerOf(node)
    })
  return nodes.filter(isKept).map((node) => ({ ...node, wider: [...new Set(widerOf(node))] }))
}

/** Names of the text table that words alone would lead elsewhere. */
function tableNames(
  sources: LexiconSources,
  places: NounPlaces,
  wordNodes: ReadonlyMap<string, readonly string[]>,
  idOf: (key: string) => string,
): Record<string, string> {
  const classNames = new Set(sources.classes.map(({ name }) => name))
  const entries = Object.keys(sources.tableNames).flatMap((name): [string, string][] => {
    const key = places.keyOfTableName(name)
    const found = wordNodes.get(normaliseName(name.replace(/\s*\([^)]*\)\s*$/, ''))) ?? []
    const isClear = classNames.has(name) || (found.length === 1 && found[0] === key)
    return isClear ? [] : [[name, idOf(key)]]
  })
  return Object.fromEntries(entries.sort(([a], [b]) => (a < b ? -1 : 1)))
}

function chineseNames({ chinese }: LexiconSources): Record<string, string> {
  const entries = Object.entries(chinese).flatMap(([english, names]) =>
    names.map((name): [string, string] => [normaliseName(name), english]),
  )
  const twice = entries.find(([name], i) => entries.findIndex(([other]) => other === name) < i)
  if (twice) throw new Error(`The Chinese name ${twice[0]} is there twice`)
  return Object.fromEntries(entries.sort(([a], [b]) => (a < b ? -1 : 1)))
}
