import { coverageOf, type Coverage, type Shape } from '../fill-shape.ts'
import { capHeight, labelGlyph, type Glyph } from './label-font.ts'
import { systemText } from './system-text.ts'

/** A line of text, ready to be painted. */
export interface TextLine {
  /** In pixels, of the advance of all its letters. */
  readonly width: number
  /** Of its capitals, which stand on the base line. */
  readonly capHeight: number
  /** Coverages relative to the left end of the base line. */
  readonly parts: readonly Coverage[]
}

/** Letters of one kind: of the font that comes with Lexmask, or of the computer's. */
interface Run {
  readonly text: string
  readonly glyphs: readonly Glyph[] | null
}

/**
 * Lay a text out on one line. The letters of Latin, Greek and Cyrillic are drawn from outlines that
 * come with Lexmask, the same on every computer; others by the computer's fonts.
 *
 * @param size of the font, in pixels an em
 * @returns null when a letter is in no font here
 */
export async function layOutText(text: string, size: number): Promise<TextLine | null> {
  const cap = capHeight() * size
  const parts: Coverage[] = []
  let x = 0
  for (const run of runsOf(text)) {
    if (run.glyphs) {
      const { shape, advance } = outlinesOf(run.glyphs, size, x)
      parts.push(coverageOf(shape))
      x += advance
    } else {
      const drawn = await systemText(run.text, Math.round(size))
      if (!drawn) return null
      // Its base line is not told; letters of these scripts stand about the middle of capitals.
      const y = Math.round(-cap / 2 - drawn.height / 2)
      const gap = size * 0.08
      parts.push({ ...drawn, x: Math.round(x + gap), y })
      x += drawn.width + 2 * gap
    }
  }
  return { width: x, capHeight: cap, parts }
}

function runsOf(text: string): Run[] {
  const runs: { text: string; glyphs: Glyph[] | null }[] = []
  for (const character of text) {
    const glyph = labelGlyph(character)
    const last = runs.at(-1)
    if (last && (glyph === null) === (last.glyphs === null)) {
      last.text += character
      if (glyph) last.glyphs?.push(glyph)
    } else {
      runs.push({ text: character, glyphs: glyph && [glyph] })
    }
  }
  return runs
}

function outlinesOf(
  glyphs: readonly Glyph[],
  size: number,
  left: number,
): { shape: Shape; advance: number } {
  const shape: number[][] = []
  let x = 0
  for (const { font, index } of glyphs) {
    const scale = size / font.unitsPerEm
    for (const ring of font.outlineOf(index)) {
      // Fonts count upwards.
      shape.push(ring.map((value, i) => (i % 2 === 0 ? left + x + value * scale : -value * scale)))
    }
    x += font.advanceOf(index) * scale
  }
  return { shape, advance: x }
}
