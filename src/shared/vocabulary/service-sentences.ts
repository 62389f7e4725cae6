import { isClipRecipe, type RecipeName } from '#shared/contract/recipes.ts'
import { normaliseName, pluralForms, singularForms } from './names.ts'
import { isUntrained, type WordService } from './word-server.ts'

/** Something that a class's words stand for and another word gets. */
export interface YieldedLabel {
  /** A class of the detector; in the recipe `region-text` a name with a text vector. */
  readonly thing: string
  /** The class whose label it gets, or the negative that keeps it from getting one. */
  readonly to: string
  readonly isNegative: boolean
  /** Both are kinds of it, so that only their order in the vocabulary decides. */
  readonly isTie: boolean
}

/** All that is told of a class. */
export interface ToldClass {
  readonly name: string
  readonly best: WordService
  readonly words: readonly WordService[]
  /** Classes of the detector that it gets. */
  readonly detectorClasses: readonly string[]
  /** Names whose text vectors it gets. */
  readonly textNames: readonly string[]
  readonly yieldsTo: readonly YieldedLabel[]
  readonly recipe: RecipeName
  readonly hasClip: boolean
}

const SELDOM = 'seldom found'

function certaintyOf({ best }: ToldClass): string {
  const lessCertain = 'less certain than a class of the detector'
  return isUntrained(best) ? `${lessCertain}, and ${SELDOM}` : lessCertain
}

/** What gets the label of a class, as a column of a table. */
export function effectOf(told: ToldClass): string {
  const { best, detectorClasses, textNames, yieldsTo } = told
  if (best.way === 'clip') return 'what CLIP finds alike'
  if (best.way === 'unserved') return 'nothing'
  const isSeldom = told.words.filter(({ way }) => way === 'region-text').every(isUntrained)
  const like = `what is like ${list(textNames, 'or')}${isSeldom ? `, ${SELDOM}` : ''}`
  const things = [
    ...(detectorClasses.length > 0 ? [many(detectorClasses)] : []),
    ...(textNames.length > 0 ? [like] : []),
  ]
  const labelled = things.length > 0 ? things.join(' and ') : 'nothing'
  return [labelled, ...yieldPhrases(told, yieldsTo)].join('; ')
}

/** What will happen to a class, in a line that stands alone. */
export function sentenceOf(told: ToldClass): string {
  const { name, best, hasClip, recipe } = told
  const { word, noun, detectorClasses } = best
  const isSameNoun = noun === null || normaliseName(noun) === normaliseName(word)
  const subject = word === name ? name : `${name} (as ${word})`
  const start = isSameNoun ? subject : `${subject}, that is ${noun}`
  const one = list(detectorClasses, 'or')
  switch (best.way) {
    case 'exact':
      return joined(`${subject}: the class ${one} of the detector`, also(told), told)
    case 'synonym':
      return joined(`${subject}: another word for ${one}`, also(told), told)
    case 'kind':
      return joined(`${start}: kind of ${one}`, labelled(told), told)
    case 'covers': {
      const all = list(detectorClasses, 'and')
      const isAll = told.yieldsTo.length === 0 && isJust(told, best)
      const what = isAll ? ['only these are labelled'] : labelled(told)
      return joined(`${start}: covers ${all}`, what, told)
    }
    case 'region-text':
      return textSentence(told, subject, start)
    case 'clip':
      return `${subject}: by CLIP, which compares each region with the word`
    case 'unserved':
      return hasClip && !isClipRecipe(recipe)
        ? `${subject}: nothing in this recipe knows it; the recipe "crop" does`
        : `${subject}: nothing here knows it; it needs a CLIP pack`
  }
}

function textSentence(told: ToldClass, subject: string, start: string): string {
  const { textNames, textRelation } = told.best
  const vectors = `by the text ${textNames.length > 1 ? 'vectors' : 'vector'} of`
  const end = { ...told, yieldsTo: [] }
  const losses = yieldPhrases(told, told.yieldsTo)
  const what = told.textNames.length > 0 ? `what is labelled are ${many(told.textNames)}` : null
  const phrases = (start: string, label: string | null): string =>
    joined(start, [...(label === null ? [] : [label]), ...losses, certaintyOf(told)], end)
  switch (textRelation) {
    case 'kind':
      return phrases(`${start}: kind of ${list(textNames, 'or')}, ${vectors} that`, what)
    case 'covers': {
      const all = `${start}: covers ${list(textNames, 'and')}, by their text vectors`
      return phrases(all, losses.length > 0 ? what : 'only these are labelled')
    }
    case 'exact':
    case 'synonym':
    case null:
      return phrases(`${subject}: ${vectors} ${list(textNames, 'and')}`, null)
  }
}

function joined(start: string, phrases: readonly string[], told: ToldClass): string {
  const unserved = told.words.filter(({ way }) => way === 'unserved').map(({ word }) => word)
  const lost = unserved.length > 0 ? [`nothing here knows ${list(unserved, 'or')}`] : []
  return [start, ...phrases, ...yieldPhrases(told, told.yieldsTo), ...lost].join('; ')
}

/** Whether a class gets what its best word stands for, and nothing by its other words. */
const isJust = ({ detectorClasses, textNames }: ToldClass, best: WordService): boolean =>
  textNames.length === 0 && detectorClasses.every((name) => best.detectorClasses.includes(name))

function labelled({ detectorClasses, textNames }: ToldClass): string[] {
  return [
    ...(detectorClasses.length > 0 ? [`what is labelled are ${many(detectorClasses)}`] : []),
    ...byTexts(textNames),
  ]
}

/** What a class gets by its other words. */
function also({ best, detectorClasses, textNames }: ToldClass): string[] {
  const others = detectorClasses.filter((name) => !best.detectorClasses.includes(name))
  return [
    ...(others.length > 0 ? [`also labelled are ${many(others)}`] : []),
    ...byTexts(textNames),
  ]
}

const byTexts = (textNames: readonly string[]): string[] =>
  textNames.length > 0 ? [`and what is like ${list(textNames, 'or')}, by text vectors`] : []

/** Who gets what a class does not get, one phrase for each. */
function yieldPhrases({ name, recipe }: ToldClass, yieldsTo: readonly YieldedLabel[]): string[] {
  const groups = new Map<string, YieldedLabel[]>()
  for (const one of yieldsTo) {
    const key = JSON.stringify([one.to, one.isNegative, one.isTie])
    groups.set(key, [...(groups.get(key) ?? []), one])
  }
  return Array.from(groups.values(), (group) => {
    const [{ to, isNegative, isTie }] = group
    const things = many(group.map(({ thing }) => thing))
    if (isNegative) return `${things} are not labelled, by the negative ${to}`
    if (!isTie) return `${things} are labelled ${to} already, by the class ${to}`
    const who = recipe === 'detector' ? 'the detector' : 'these text vectors'
    return (
      `${name} and ${to} cannot be told apart by ${who}: all ${things} are labelled ${to}; ` +
      'a CLIP pack and the recipe "crop" would tell them apart'
    )
  })
}

/** What a negative takes away. */
export interface ToldNegative {
  readonly service: WordService
  /** The class against which it stands; null for all. */
  readonly of: string | null
  readonly detectorClasses: readonly string[]
  readonly textNames: readonly string[]
  readonly recipe: RecipeName
}

/** What a negative does, in a line that stands alone. */
export function negativeSentence(told: ToldNegative): string {
  const { service, of, detectorClasses, textNames, recipe } = told
  const { word, way, detectorRelation } = service
  const subject = of === null ? `-${word}` : `-${word} (of ${of})`
  const label = of === null ? 'not labelled' : `not labelled ${of}`
  if (way === 'clip') return `${subject}: competes for each region, by CLIP`
  if (detectorClasses.length > 0) return `${subject}: ${many(detectorClasses)} are ${label}`
  const isMere = recipe === 'detector' && (detectorRelation === 'kind' || way === 'covers')
  const stands = detectorRelation === 'kind' ? 'it is only a kind of' : 'it is wider than'
  const why = isMere ? `; ${stands} ${list(service.detectorClasses, 'or')}` : ''
  if (textNames.length > 0) {
    const what = `what is more like ${list(textNames, 'or')} is ${label}`
    const among = recipe === 'detector' ? ', of what is found by text vectors' : ''
    return `${subject}: ${what}${among}${why}`
  }
  const nothing = `${subject}: takes nothing away`
  if (isMere) return nothing + why
  if (way === 'unserved') return `${nothing}; nothing here knows it`
  if (recipe === 'region-text' && service.textRelation !== 'exact') {
    return `${nothing}; it has no text vector of its own`
  }
  return `${nothing}; a class has a closer word`
}

/** One form for any number, where the rules of names would make another. */
const SAME_IN_PLURAL = new Set(['sheep', 'broccoli'])

/** "bow (weapon)" are bows. */
const QUALIFIER = /\s*\([^)]*\)\s*$/

function plural(name: string): string {
  const bare = name.replace(QUALIFIER, '')
  if (SAME_IN_PLURAL.has(bare) || singularForms(bare).length > 0) return bare
  return pluralForms(bare)[0] ?? bare
}

const many = (names: readonly string[]): string => list(names.map(plural), 'and')

/** Names in one sentence, before it says how many more there are. */
const NAMED = 12

function list(names: readonly string[], conjunction: 'and' | 'or'): string {
  if (names.length < 2) return names.join('')
  if (names.length > NAMED) {
    return `${names.slice(0, NAMED).join(', ')} ${conjunction} ${names.length - NAMED} more`
  }
  return `${names.slice(0, -1).join(', ')} ${conjunction} ${names[names.length - 1]}`
}
