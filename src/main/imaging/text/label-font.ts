import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { TrueTypeFont } from './true-type.ts'
import { readWoff } from './woff.ts'

/** Inter (OFL-1.1), semibold, in the subsets of its scripts; the first that has a character draws it. */
const SUBSETS = [
  'latin',
  'latin-ext',
  'vietnamese',
  'cyrillic',
  'cyrillic-ext',
  'greek',
  'greek-ext',
]

export interface Glyph {
  readonly font: TrueTypeFont
  readonly index: number
}

const { resolve } = createRequire(import.meta.url)
const opened = new Map<string, TrueTypeFont>()

function fontOf(subset: string): TrueTypeFont {
  const known = opened.get(subset)
  if (known) return known
  const file = resolve(`@fontsource/inter/files/inter-${subset}-600-normal.woff`)
  const font = new TrueTypeFont(readWoff(readFileSync(file)))
  opened.set(subset, font)
  return font
}

/** The glyph of the font that comes with Lexmask; null for other scripts. */
export function labelGlyph(character: string): Glyph | null {
  const code = character.codePointAt(0) ?? 0
  for (const subset of SUBSETS) {
    const font = fontOf(subset)
    const index = font.glyphOf(code)
    if (index !== null) return { font, index }
  }
  return null
}

/** Of capitals and digits, as a share of the font's size. */
export function capHeight(): number {
  const { capHeight, unitsPerEm } = fontOf('latin')
  return capHeight / unitsPerEm
}
