/** Where or how large the one that is meant is, among others of its kind. */
export const SPATIAL_KINDS = [
  'left',
  'right',
  'top',
  'bottom',
  'middle',
  'largest',
  'smallest',
] as const
export type SpatialKind = (typeof SPATIAL_KINDS)[number]

export interface SpatialWord {
  readonly kind: SpatialKind
  /** 1 for the very one, 2 for "second from the left" and "second largest". */
  readonly rank: number
}

/** A phrase that is to pick one region: "the man on the left in blue". */
export interface ReferringPhrase {
  /** What is looked for, the longest first: "red car", "car". Never empty. */
  readonly things: readonly [string, ...string[]]
  /** What else is said of it: "in blue"; empty when nothing is. */
  readonly attributes: string
  /** The phrase without its places, for whoever compares texts with regions. */
  readonly described: string
  readonly spatial: readonly SpatialWord[]
  /** What it is near to; null when nothing is said. */
  readonly near: string | null
}

/**
 * Takes a referring phrase apart, in English or Chinese. No grammar: places, sizes and "next to" are
 * found by patterns of closed lists; of what is left, the part before the first preposition or -ing
 * word is the thing (in Chinese what stands after the last 的), and the rest is said of it.
 *
 * @returns null when nothing is left that could be looked for
 */
export function parseReferring(text: string): ReferringPhrase | null {
  const clean = text
    .normalize('NFKC')
    .replace(/[.。!！?？"“”]+/gu, ' ')
    .replace(/\s+/gu, ' ')
    .trim()
  return /\p{Script=Han}/u.test(clean) ? parseChinese(clean) : parseEnglish(clean.toLowerCase())
}

/** Whether a text says more than which kind of thing: then one region is meant. */
export function isReferring(text: string): boolean {
  if (/[,，;；\n]/u.test(text)) return false
  const parsed = parseReferring(text)
  return parsed !== null && (parsed.spatial.length > 0 || parsed.near !== null)
}

/** A text from which patterns are taken out as they are understood. */
class Rest {
  text: string

  constructor(text: string) {
    this.text = text
  }

  /** The groups of each place where the pattern matched; these are cut out. */
  take(pattern: RegExp): Record<string, string | undefined>[] {
    const found: Record<string, string | undefined>[] = []
    this.text = this.text.replace(pattern, (...args: unknown[]) => {
      found.push((args.at(-1) ?? {}) as Record<string, string | undefined>)
      return ' '
    })
    this.text = this.text.replace(/\s+/gu, ' ').trim()
    return found
  }
}

const ORDINALS = ['first', 'second', 'third', 'fourth', 'fifth', 'sixth']
const ORDINAL = `(?<ordinal>${ORDINALS.join('|')}|[1-9](?:st|nd|rd|th))`
const rankOf = (ordinal: string | undefined): number =>
  ordinal === undefined ? 1 : ORDINALS.indexOf(ordinal) + 1 || Number.parseInt(ordinal, 10)

const PICTURE = '(?:\\s+(?:of|in)\\s+(?:the\\s+)?(?:image|picture|photo|photograph|scene|frame))?'
const SIDE = 'top|upper|bottom|lower|left|right'
const ENGLISH_KIND: Readonly<Record<string, SpatialKind>> = {
  ...{ top: 'top', upper: 'top', highest: 'top', bottom: 'bottom', lower: 'bottom' },
  ...{ lowest: 'bottom', left: 'left', right: 'right', middle: 'middle', centre: 'middle' },
  ...{ center: 'middle', central: 'middle', biggest: 'largest', largest: 'largest' },
  ...{ smallest: 'smallest', tiniest: 'smallest', littlest: 'smallest' },
}
const ENGLISH = {
  fromSide: new RegExp(`\\b(?:counted\\s+)?from\\s+(?:the\\s+)?(?<side>${SIDE})\\b`, 'gu'),
  ordinal: new RegExp(`\\b${ORDINAL}\\b`, 'u'),
  size: new RegExp(`\\b(?:${ORDINAL}[\\s-]+)?(?<size>(?:bigg|larg|small|tini|littl)est)\\b`, 'gu'),
  most: new RegExp(`\\b(?:${ORDINAL}[\\s-]+)?(?<side>${SIDE}|high|low)[\\s-]?(?:er)?most\\b`, 'gu'),
  extreme: new RegExp(`\\b(?:${ORDINAL}[\\s-]+)?(?<side>highest|lowest)\\b`, 'gu'),
  side: new RegExp(
    `\\b(?:(?:standing|sitting|lying|parked)\\s+)?(?:(?:on|at|in|to|towards)\\s+)?(?:the\\s+)?` +
      `(?:(?:far|very|furthest|farthest)\\s+)?(?<side>${SIDE})(?:[\\s-]+(?<other>${SIDE}))?` +
      `(?:[\\s-]?hand)?(?:\\s+(?:side|corner|edge|half|part|end))?${PICTURE}(?=\\s|$)`,
    'gu',
  ),
  middle: new RegExp(
    `\\b(?:(?:in|at)\\s+)?(?:the\\s+)?(?<middle>middle|cent(?:re|er)|central)${PICTURE}(?=\\s|$)`,
    'gu',
  ),
  near: /\b(?:(?:that|which|who)\s+is\s+)?(?:(?:standing|sitting|lying|parked)\s+)?(?:nearest|closest|next|close)\s+to\s+(?<near>.+)$|\b(?:(?:standing|sitting|lying|parked)\s+)?(?:near|beside)\s+(?<beside>.+)$/u,
  article: /^(?:(?:the|a|an|this|that|find|show|select|my|only)\s+)+/u,
  attribute:
    /\s+(?:in|with|without|on|at|of|that|who|whose|which|under|behind|above|below|from|by|and|holding|wearing|carrying|riding|\p{L}{3,}ing)(?=\s|$).*$/u,
}

function parseEnglish(text: string): ReferringPhrase | null {
  const rest = new Rest(text)
  const [beside] = rest.take(ENGLISH.near)
  const near = beside ? thingIn(beside.near ?? beside.beside ?? '') : null
  const spatial: SpatialWord[] = []
  const add = (word: string | undefined, rank: number): void => {
    if (word === undefined) return
    const kind = ENGLISH_KIND[word] ?? ENGLISH_KIND[`${word}est`]
    if (!spatial.some((one) => one.kind === kind)) spatial.push({ kind, rank })
  }
  for (const { side } of rest.take(ENGLISH.fromSide)) {
    add(side, rankOf(rest.take(ENGLISH.ordinal)[0]?.ordinal))
  }
  for (const { size, ordinal } of rest.take(ENGLISH.size)) add(size, rankOf(ordinal))
  for (const pattern of [ENGLISH.most, ENGLISH.extreme]) {
    for (const { side, ordinal } of rest.take(pattern)) add(side, rankOf(ordinal))
  }
  for (const { side, other } of rest.take(ENGLISH.side)) {
    add(side, 1)
    add(other, 1)
  }
  for (const { middle } of rest.take(ENGLISH.middle)) add(middle, 1)
  const described = rest.text.replace(ENGLISH.article, '').replace(/\s+(?:is|one|that)$/u, '')
  const thing = thingIn(described)
  if (thing === null) return null
  const attributes = described.slice(thing.length).trim()
  return { things: suffixesOf(thing), attributes, described, spatial, near: near || null }
}

/** Without articles, and without what is said of it. */
function thingIn(text: string): string | null {
  const thing = text.trim().replace(ENGLISH.article, '').replace(ENGLISH.attribute, '').trim()
  return thing === '' ? null : thing
}

/** "big red car", "red car", "car". */
function suffixesOf(thing: string): [string, ...string[]] {
  const words = thing.split(' ')
  return [thing, ...words.slice(1).map((_, i) => words.slice(i + 1).join(' '))]
}

const CHINESE_KIND: Readonly<Record<string, SpatialKind>> = {
  ...{ 左: 'left', 右: 'right', 上: 'top', 下: 'bottom', 顶: 'top', 底: 'bottom' },
  ...{ 高: 'top', 低: 'bottom', 大: 'largest', 小: 'smallest' },
}
const CHINESE_NUMBERS = '一二三四五六七八九'
const numberOf = (digit: string | undefined): number => {
  if (digit === undefined) return 1
  return digit === '两' ? 2 : CHINESE_NUMBERS.indexOf(digit) + 1 || Number(digit)
}
const NUMBER = `[${CHINESE_NUMBERS}两1-9]`
const MEASURES = '个只辆条位名台把匹头棵朵块片座栋间件副双对根支枝瓶杯碗盘本架艘扇面颗粒'
const CHINESE = {
  near: /(?:离|距离?)(?<near>.+?)最近的?|(?:靠近|挨着|紧挨)(?<beside>.+?)的|(?:在)?(?<next>[^的]+?)旁边?的/u,
  fromSide: new RegExp(
    `(?:从|自)?(?<side>[左右上下])(?:边|面|侧)?(?:往[左右上下])?(?:数|起|开始)(?:的)?第?(?<rank>${NUMBER})[${MEASURES}]?的?`,
    'gu',
  ),
  nthMost: new RegExp(`第(?<rank>${NUMBER})(?<size>[大小])的?`, 'gu'),
  most: /最(?<kind>[左右上下大小高低顶底])(?:边|面|侧|方|端|部)?的?/gu,
  corner:
    /(?:在|位于)?(?:图片|照片|画面|图)?(?:的|中|里)?(?<side>[左右])(?<other>[上下])(?:角|方|边|侧)的?/gu,
  side: /(?:在|位于|站在|坐在|停在)?(?:图片|照片|画面|图)?(?:的|中|里)?(?<side>[左右上下顶底])(?:边|侧|面|方|端|部|手边|半边|半部分)的?/gu,
  middle:
    /(?:在|位于|站在|坐在|停在)?(?:图片|照片|画面|图)?(?:的)?(?:正?中间|正?中央|中心|正中)的?/gu,
  determiner: new RegExp(
    `^(?:请)?(?:找出|找到|找|选择|选中|选)?(?:(?:那|这|某|${NUMBER})+[${MEASURES}]?)?(?=.)`,
    'u',
  ),
}

function parseChinese(text: string): ReferringPhrase | null {
  const rest = new Rest(text)
  const spatial: SpatialWord[] = []
  const add = (sign: string | undefined, rank: number): void => {
    if (sign === undefined) return
    const kind = CHINESE_KIND[sign]
    if (!spatial.some((one) => one.kind === kind)) spatial.push({ kind, rank })
  }
  for (const { side, rank } of rest.take(CHINESE.fromSide)) add(side, numberOf(rank))
  for (const { size, rank } of rest.take(CHINESE.nthMost)) add(size, numberOf(rank))
  const [beside] = rest.take(CHINESE.near)
  const near = beside ? bareChinese(beside.near ?? beside.beside ?? beside.next ?? '') : ''
  for (const { kind } of rest.take(CHINESE.most)) add(kind, 1)
  for (const { side, other } of rest.take(CHINESE.corner)) {
    add(side, 1)
    add(other, 1)
  }
  for (const { side } of rest.take(CHINESE.side)) add(side, 1)
  if (rest.take(CHINESE.middle).length > 0) spatial.push({ kind: 'middle', rank: 1 })
  const described = bareChinese(rest.text)
  const at = described.lastIndexOf('的')
  const thing = bareChinese(described.slice(at + 1))
  if (thing === '') return null
  const attributes = at < 0 ? '' : described.slice(0, at)
  return { things: [thing], attributes, described, spatial, near: near || null }
}

const bareChinese = (text: string): string =>
  text
    .replaceAll(' ', '')
    .replace(CHINESE.determiner, '')
    .replace(/^的|的$/gu, '')
