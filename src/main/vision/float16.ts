// IEEE 754 binary16: 1 sign bit, 5 exponent bits (bias 15), 10 fraction bits. Own arithmetic, since
// `Float16Array` is missing in the oldest Electron that the product runs on.

const word = new ArrayBuffer(4)
const asFloat = new Float32Array(word)
const asBits = new Uint32Array(word)

/**
 * The float16 bits of a number, which is first rounded to float32. Rounds to nearest, ties to even;
 * beyond 65504 gives infinity, below 2^-25 zero, NaN stays NaN.
 */
export function float16Bits(value: number): number {
  asFloat[0] = value
  const bits = asBits[0]
  const sign = (bits >>> 16) & 0x8000
  const magnitude = bits & 0x7fffffff
  if (magnitude > 0x7f800000) return sign | 0x7e00
  // 65520 lies halfway between the largest float16 and 65536, and rounds up to it.
  if (magnitude >= 0x477ff000) return sign | 0x7c00
  if (magnitude < 0x38800000) {
    // Below 2^-14 the unit is 2^-24: scaled by 2^24 the value is the fraction itself. The scaling is
    // exact, so rounding happens once.
    asBits[0] = magnitude
    return sign | roundHalfToEven(asFloat[0] * 0x1000000)
  }
  // Exponent bias 127 becomes 15; 13 fraction bits go. A carry out of the fraction is right as it is.
  const rebased = magnitude - 0x38000000
  const oddBit = (rebased >>> 13) & 1
  return sign | ((rebased + 0xfff + oddBit) >>> 13)
}

function roundHalfToEven(value: number): number {
  const below = Math.floor(value)
  const rest = value - below
  if (rest > 0.5 || (rest === 0.5 && below % 2 === 1)) return below + 1
  return below
}

/** The number that float16 bits stand for. */
export function float16Value(bits: number): number {
  const sign = bits & 0x8000 ? -1 : 1
  const exponent = (bits >>> 10) & 0x1f
  const fraction = bits & 0x3ff
  if (exponent === 0) return sign * fraction * 2 ** -24
  if (exponent === 0x1f) return fraction === 0 ? sign * Infinity : NaN
  return sign * (1 + fraction / 1024) * 2 ** (exponent - 15)
}

/** @returns Uint16Array // [n] float16 bits of a vector [n] */
export function float16FromVector(vector: Float32Array): Uint16Array<ArrayBuffer> {
  const bits = new Uint16Array(vector.length)
  for (let i = 0; i < vector.length; i++) bits[i] = float16Bits(vector[i])
  return bits
}

/** @returns Float32Array // [n] values of float16 bits [n] */
export function vectorFromFloat16(bits: Uint16Array): Float32Array<ArrayBuffer> {
  const vector = new Float32Array(bits.length)
  for (let i = 0; i < bits.length; i++) vector[i] = float16Value(bits[i])
  return vector
}

let values: Float32Array | null = null

/** All 65,536 of them, by their bits: a table is twenty times as fast as the arithmetic. */
export function float16Values(): Float32Array {
  return (values ??= Float32Array.from({ length: 0x10000 }, (_, bits) => float16Value(bits)))
}
