import { openImage, type DecodeOptions } from './decode-image.ts'

/** Pixels a side of what a fingerprint is taken of. */
export const FINGERPRINT_SIDE = 32
/** Frequencies a direction: 8 × 8 numbers, of which each is a bit. */
const FREQUENCIES = 8

/**
 * What a photo looks like, in 64 bits: which of its lowest frequencies (8 × 8 of a discrete cosine
 * transform of 32 × 32 greys, "pHash", Zauner 2010) are above their median. Copies of another size or
 * quality differ in few bits, other photos in about half.
 *
 * @param greys Uint8Array // [32, 32] row-major
 * @returns 16 lower-case hexadecimal digits
 */
export function fingerprintOf(greys: Uint8Array): string {
  const side = FINGERPRINT_SIDE
  const cosines = Array.from({ length: FREQUENCIES }, (_, u) =>
    Float64Array.from({ length: side }, (__, x) =>
      Math.cos(((2 * x + 1) * u * Math.PI) / (2 * side)),
    ),
  )
  // By rows, then by columns: the transform is separable.
  const rows = cosines.map((wave) =>
    Float64Array.from({ length: side }, (_, y) => {
      let sum = 0
      for (let x = 0; x < side; x++) sum += greys[y * side + x] * wave[x]
      return sum
    }),
  )
  const numbers = cosines.flatMap((wave) =>
    rows.map((row) => row.reduce((sum, value, y) => sum + value * wave[y], 0)),
  )
  // The first is the mean brightness: it says nothing of what there is to see.
  const sorted = numbers.slice(1).sort((a, b) => a - b)
  const median = sorted[(sorted.length - 1) / 2]
  const bits = numbers.map((value, i) => (i > 0 && value > median ? '1' : '0')).join('')
  return BigInt(`0b${bits}`).toString(16).padStart(16, '0')
}

/** @throws LexmaskError as `openImage` */
export async function fingerprintOfFile(
  path: string,
  options: DecodeOptions = {},
): Promise<string> {
  const image = await openImage(path, options)
  const side = FINGERPRINT_SIDE
  const { rgb } = await image.resized({ width: side, height: side })
  // Rec. 601: JPEG's own luminance.
  const greys = Uint8Array.from(
    { length: side * side },
    (_, i) => 0.299 * rgb[3 * i] + 0.587 * rgb[3 * i + 1] + 0.114 * rgb[3 * i + 2] + 0.5,
  )
  return fingerprintOf(greys)
}
