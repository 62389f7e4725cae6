import sharp from 'sharp'
import type { Coverage } from '../fill-shape.ts'

/** Which characters the fonts of this computer have, as far as was asked. */
const known = new Map<string, Promise<boolean>>()
const PROBE_SIZE = 24

/**
 * Text in the fonts of this computer, shaped by Pango: for scripts that Lexmask brings no font for.
 * @returns cut to its ink, at (0, 0); null when a letter of it is in no font here
 */
export async function systemText(text: string, fontSize: number): Promise<Coverage | null> {
  const characters = [...new Set(text)].filter((character) => /\S/.test(character))
  const written = await Promise.all(characters.map(canWrite))
  if (written.includes(false)) return null
  return render(text, fontSize)
}

function canWrite(character: string): Promise<boolean> {
  const asked = known.get(character)
  if (asked) return asked
  const answer = looksWritten(character)
  known.set(character, answer)
  return answer
}

/**
 * Pango does not tell that it has no glyph: it draws a box with the character's number. A character
 * that no font has, and never will, gives the same box with another number in it.
 */
async function looksWritten(character: string): Promise<boolean> {
  const code = character.codePointAt(0) ?? 0
  const unassigned = code > 0xffff ? '\u{10fffe}' : '\u0378'
  const [asked, box] = await Promise.all([
    render(character, PROBE_SIZE),
    render(unassigned, PROBE_SIZE),
  ])
  // Of invisible characters nothing is drawn, and nothing is missing.
  if (!asked || !box) return asked !== null || /\p{C}|\p{M}/u.test(character)
  return !hasSameFrame(asked, box)
}

/** Whether both have the same size, and the same ink in the outermost pixels. */
function hasSameFrame(a: Coverage, b: Coverage): boolean {
  if (a.width !== b.width || a.height !== b.height) return false
  return a.alpha.every((alpha, at) => {
    const x = at % a.width
    const y = Math.floor(at / a.width)
    const isFrame = Math.min(x, y, a.width - 1 - x, a.height - 1 - y) < 2
    return !isFrame || alpha === b.alpha[at]
  })
}

/** null when nothing can be drawn. */
async function render(text: string, fontSize: number): Promise<Coverage | null> {
  const markup = text.replace(/&/g, '&amp;').replace(/</g, '&lt;').replace(/>/g, '&gt;')
  try {
    const { data, info } = await sharp({
      // At 72 dpi a point is a pixel.
      text: { text: markup, font: `sans ${fontSize}`, dpi: 72 },
    })
      .extractChannel(0)
      .raw()
      .toBuffer({ resolveWithObject: true })
    return { x: 0, y: 0, width: info.width, height: info.height, alpha: data }
  } catch {
    return null
  }
}
