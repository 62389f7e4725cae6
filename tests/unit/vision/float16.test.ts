import { describe, expect, it } from 'vitest'
import {
  float16Bits,
  float16FromVector,
  float16Value,
  vectorFromFloat16,
} from '#main/vision/float16.ts'

/** The next float32 away from zero. */
function nextFloat32(value: number): number {
  const bits = new Uint32Array(Float32Array.of(value).buffer)
  bits[0]++
  return new Float32Array(bits.buffer)[0]
}

describe('float16', () => {
  it.each([
    [0, 0x0000],
    [-0, 0x8000],
    [1, 0x3c00],
    [-2, 0xc000],
    [0.1, 0x2e66],
    [65504, 0x7bff],
    [65519.996, 0x7bff],
    [65520, 0x7c00],
    [1e9, 0x7c00],
    [-Infinity, 0xfc00],
    [2 ** -14, 0x0400],
    [2 ** -24, 0x0001],
    [2 ** -25, 0x0000],
    [-(2 ** -25) * 1.0001, 0x8001],
    [3 * 2 ** -25, 0x0002],
    [1e-30, 0x0000],
    [NaN, 0x7e00],
  ])('%d has the bits %i', (value, bits) => {
    expect(float16Bits(value)).toBe(bits)
  })

  it('gives every one of the 65,536 bit patterns back', () => {
    for (let bits = 0; bits < 0x10000; bits++) {
      const value = float16Value(bits)
      const isNaN = (bits & 0x7fff) > 0x7c00
      if (Number.isNaN(value) !== isNaN) throw new Error(`${bits} is ${value}`)
      const back = float16Bits(value)
      if (isNaN ? (back & 0x7fff) !== 0x7e00 : back !== bits) {
        throw new Error(`${bits} is ${value}, and that is ${back}`)
      }
    }
  })

  it('rounds to the nearest, and to the even one halfway, between all neighbours', () => {
    for (let bits = 0; bits < 0x7bff; bits++) {
      const low = float16Value(bits)
      const high = float16Value(bits + 1)
      expect(high).toBeGreaterThan(low)
      // Exact in float32, which has 13 more bits.
      const middle = (low + high) / 2
      const above = nextFloat32(middle)
      const below = middle - (above - middle) / 2 > low ? middle - (above - middle) : low
      const even = bits % 2 === 0 ? bits : bits + 1
      for (const [value, expected] of [
        [middle, even],
        [above, bits + 1],
        [below, bits],
        [-middle, even | 0x8000],
        [-above, (bits + 1) | 0x8000],
      ]) {
        if (float16Bits(value) !== expected) {
          throw new Error(`${value} became ${float16Bits(value)}, not ${expected}`)
        }
      }
    }
  })

  it('turns vectors into bits and back', () => {
    const vector = Float32Array.of(0.5, -0.25, 0.1)
    const bits = float16FromVector(vector)
    expect([...bits]).toEqual([0x3800, 0xb400, 0x2e66])
    expect([...vectorFromFloat16(bits)]).toEqual([0.5, -0.25, 0.0999755859375])
  })
})
