import type { FontTables } from './woff.ts'

/** One closed line of a glyph: points in font units, y up; between two off the curve lies one on it. */
type Contour = readonly CurvePoint[]

interface CurvePoint {
  readonly x: number
  readonly y: number
  readonly isOnCurve: boolean
}

const CURVE_STEPS = 6

/** The flags of the tables `glyf`, by the OpenType specification. */
const POINT = { onCurve: 1, shortX: 2, shortY: 4, repeat: 8, sameX: 16, sameY: 32 } as const
const PART = { words: 1, isOffset: 2, scale: 8, more: 32, twoScales: 64, matrix: 128 } as const

/** The outlines of a TrueType font: what a label needs, without hints, kerning and ligatures. */
export class TrueTypeFont {
  readonly unitsPerEm: number
  /** Of capitals, in font units. */
  readonly capHeight: number
  readonly #glyphs: Buffer
  readonly #metrics: Buffer
  readonly #metricCount: number
  readonly #offsets: readonly number[]
  readonly #glyphOfCode: ReadonlyMap<number, number>

  constructor(tables: FontTables) {
    const table = (tag: string): Buffer => {
      const found = tables.get(tag)
      if (found) return found
      throw new Error(`The font has no table ${tag}.`)
    }
    const head = table('head')
    this.unitsPerEm = head.readUInt16BE(18)
    this.capHeight = table('OS/2').readInt16BE(88)
    this.#glyphs = table('glyf')
    this.#metrics = table('hmtx')
    this.#metricCount = table('hhea').readUInt16BE(34)
    const glyphCount = table('maxp').readUInt16BE(4)
    const isLong = head.readInt16BE(50) === 1
    const loca = table('loca')
    this.#offsets = Array.from({ length: glyphCount + 1 }, (_, i) =>
      isLong ? loca.readUInt32BE(i * 4) : loca.readUInt16BE(i * 2) * 2,
    )
    this.#glyphOfCode = readCharacterMap(table('cmap'))
  }

  /** null when the font does not have the character. */
  glyphOf(codePoint: number): number | null {
    return this.#glyphOfCode.get(codePoint) ?? null
  }

  /** In font units. */
  advanceOf(glyph: number): number {
    return this.#metrics.readUInt16BE(Math.min(glyph, this.#metricCount - 1) * 4)
  }

  /** Rings [x, y, ...] in font units, y up; curves are broken into short lines. */
  outlineOf(glyph: number): number[][] {
    return this.#contoursOf(glyph).map(flatten)
  }

  #contoursOf(glyph: number): Contour[] {
    const start = this.#offsets[glyph]
    if (start === this.#offsets[glyph + 1]) return []
    const contourCount = this.#glyphs.readInt16BE(start)
    const body = start + 10
    return contourCount >= 0 ? this.#simple(body, contourCount) : this.#composite(body)
  }

  #simple(body: number, contourCount: number): Contour[] {
    const glyphs = this.#glyphs
    const ends = Array.from({ length: contourCount }, (_, i) => glyphs.readUInt16BE(body + i * 2))
    const pointCount = (ends.at(-1) ?? -1) + 1
    const hintBytes = glyphs.readUInt16BE(body + contourCount * 2)
    let at = body + contourCount * 2 + 2 + hintBytes
    const flags: number[] = []
    while (flags.length < pointCount) {
      const flag = glyphs[at++]
      const times = flag & POINT.repeat ? glyphs[at++] + 1 : 1
      for (let i = 0; i < times; i++) flags.push(flag)
    }
    const coordinates = (short: number, same: number): number[] => {
      let value = 0
      return flags.map((flag) => {
        if (flag & short) value += flag & same ? glyphs[at++] : -glyphs[at++]
        else if (!(flag & same)) {
          value += glyphs.readInt16BE(at)
          at += 2
        }
        return value
      })
    }
    const xs = coordinates(POINT.shortX, POINT.sameX)
    const ys = coordinates(POINT.shortY, POINT.sameY)
    return ends.map((end, i) => {
      const first = i === 0 ? 0 : ends[i - 1] + 1
      return flags.slice(first, end + 1).map((flag, j) => ({
        x: xs[first + j],
        y: ys[first + j],
        isOnCurve: (flag & POINT.onCurve) !== 0,
      }))
    })
  }

  /** A letter with its accent, each a glyph of its own. */
  #composite(body: number): Contour[] {
    const glyphs = this.#glyphs
    const contours: Contour[] = []
    let at = body
    let flags: number
    const fraction = (): number => glyphs.readInt16BE((at += 2) - 2) / 16384
    do {
      flags = glyphs.readUInt16BE(at)
      const part = glyphs.readUInt16BE(at + 2)
      at += 4
      if (!(flags & PART.isOffset)) throw new Error('A glyph is put together by points.')
      const isWide = (flags & PART.words) !== 0
      const dx = isWide ? glyphs.readInt16BE(at) : glyphs.readInt8(at)
      const dy = isWide ? glyphs.readInt16BE(at + 2) : glyphs.readInt8(at + 1)
      at += isWide ? 4 : 2
      let [xx, xy, yx, yy] = [1, 0, 0, 1]
      if (flags & PART.scale) xx = yy = fraction()
      else if (flags & PART.twoScales) [xx, yy] = [fraction(), fraction()]
      else if (flags & PART.matrix)
        [xx, xy, yx, yy] = [fraction(), fraction(), fraction(), fraction()]
      for (const contour of this.#contoursOf(part)) {
        contours.push(
          contour.map(({ x, y, isOnCurve }) => ({
            x: xx * x + yx * y + dx,
            y: xy * x + yy * y + dy,
            isOnCurve,
          })),
        )
      }
    } while (flags & PART.more)
    return contours
  }
}

/** The Unicode map of segments (format 4), which holds all that a label's scripts need. */
function readCharacterMap(cmap: Buffer): Map<number, number> {
  const glyphOfCode = new Map<number, number>()
  const tableCount = cmap.readUInt16BE(2)
  for (let i = 0; i < tableCount; i++) {
    const start = cmap.readUInt32BE(4 + i * 8 + 4)
    if (cmap.readUInt16BE(start) === 4) readSegments(cmap, start, glyphOfCode)
  }
  return glyphOfCode
}

function readSegments(cmap: Buffer, start: number, glyphOfCode: Map<number, number>): void {
  const bytes = cmap.readUInt16BE(start + 6)
  const ends = start + 14
  const starts = ends + bytes + 2
  for (let segment = 0; segment < bytes; segment += 2) {
    const last = cmap.readUInt16BE(ends + segment)
    const first = cmap.readUInt16BE(starts + segment)
    const delta = cmap.readUInt16BE(starts + bytes + segment)
    const rangeAt = starts + 2 * bytes + segment
    const range = cmap.readUInt16BE(rangeAt)
    for (let code = first; code <= last && code < 0xffff; code++) {
      const listed = range === 0 ? code : cmap.readUInt16BE(rangeAt + range + (code - first) * 2)
      const glyph = range !== 0 && listed === 0 ? 0 : (listed + delta) & 0xffff
      if (glyph !== 0) glyphOfCode.set(code, glyph)
    }
  }
}

/** Quadratic curves as short lines. */
function flatten(contour: Contour): number[] {
  const points = withPointsOnCurve(contour)
  const ring: number[] = []
  points.forEach(({ x, y, isOnCurve }, i) => {
    if (isOnCurve) {
      ring.push(x, y)
      return
    }
    const from = points.at(i - 1) as CurvePoint
    const to = points[(i + 1) % points.length]
    for (let step = 1; step < CURVE_STEPS; step++) {
      const t = step / CURVE_STEPS
      const [a, b, c] = [(1 - t) ** 2, 2 * t * (1 - t), t ** 2]
      ring.push(a * from.x + b * x + c * to.x, a * from.y + b * y + c * to.y)
    }
  })
  return ring
}

/** With the points that TrueType leaves out: midway between two that are off the curve. */
function withPointsOnCurve(contour: Contour): CurvePoint[] {
  return contour.flatMap((point, i) => {
    const next = contour[(i + 1) % contour.length]
    if (point.isOnCurve || next.isOnCurve) return [point]
    return [point, { x: (point.x + next.x) / 2, y: (point.y + next.y) / 2, isOnCurve: true }]
  })
}
