import { describe, expect, it } from 'vitest'
import {
  clipBox,
  decodeBox,
  MAX_LOG_SCALE,
  type BoxCoder,
  type BoxConvention,
} from '#main/vision/box-coding.ts'
import { property } from '../../support/random.ts'

function decode(coder: BoxCoder, box: number[], deltas: number[]): number[] {
  const out = new Float32Array(4)
  decodeBox(coder, Float32Array.from(box), 0, Float32Array.from(deltas), 0, out, 0)
  return Array.from(out)
}

function coder(
  reference: BoxConvention,
  decoded: BoxConvention,
  weights: BoxCoder['weights'] = [1, 1, 1, 1],
): BoxCoder {
  return { reference, decoded, weights }
}

const CONVENTIONS = ['inclusive', 'exclusive'] as const

/** The deltas that lead from one box to another, by R-CNN's definition. */
function encode(
  { reference, decoded, weights }: BoxCoder,
  from: readonly number[],
  to: readonly number[],
): number[] {
  const measure = ([x1, y1, x2, y2]: readonly number[], convention: BoxConvention) => {
    const extra = convention === 'inclusive' ? 1 : 0
    const width = x2 - x1 + extra
    const height = y2 - y1 + extra
    return { width, height, x: x1 + width / 2, y: y1 + height / 2 }
  }
  const a = measure(from, reference)
  const b = measure(to, decoded)
  return [
    ((b.x - a.x) / a.width) * weights[0],
    ((b.y - a.y) / a.height) * weights[1],
    Math.log(b.width / a.width) * weights[2],
    Math.log(b.height / a.height) * weights[3],
  ]
}

describe('decoding a box', () => {
  const shift = [0.1, -0.2, Math.log(2), 0]

  it('moves the centre and scales the sides of a box with far edges', () => {
    const found = decode(coder('exclusive', 'exclusive'), [10, 20, 30, 60], shift)
    expect(found).toEqual([2, 12, 42, 52].map((value) => expect.closeTo(value, 4) as number))
  })

  it('measures and writes a box by its last pixels', () => {
    const found = decode(coder('inclusive', 'inclusive'), [10, 20, 29, 59], shift)
    expect(found).toEqual([2, 12, 41, 51].map((value) => expect.closeTo(value, 4) as number))
  })

  it('reads one convention and writes the other', () => {
    const still = [0, 0, 0, 0]
    expect(decode(coder('inclusive', 'exclusive'), [10, 20, 29, 59], still)).toEqual([
      10, 20, 30, 60,
    ])
    expect(decode(coder('exclusive', 'inclusive'), [10, 20, 30, 60], still)).toEqual([
      10, 20, 29, 59,
    ])
  })

  it("divides the deltas by the pack's weights", () => {
    const weighted = coder('exclusive', 'exclusive', [10, 10, 5, 5])
    const deltas = [1, -2, 5 * Math.log(2), 0]
    expect(decode(weighted, [10, 20, 30, 60], deltas)).toEqual(
      [2, 12, 42, 52].map((value) => expect.closeTo(value, 4) as number),
    )
  })

  it('lets no delta grow a side more than 62.5 times', () => {
    expect(Math.exp(MAX_LOG_SCALE)).toBeCloseTo(62.5, 10)
    const [x1, y1, x2, y2] = decode(coder('exclusive', 'exclusive'), [0, 0, 8, 4], [0, 0, 99, 1e9])
    expect(x2 - x1).toBeCloseTo(8 * 62.5, 3)
    expect(y2 - y1).toBeCloseTo(4 * 62.5, 3)
  })

  it('shrinks a side as far as the delta says', () => {
    const [x1, , x2] = decode(coder('exclusive', 'exclusive'), [0, 0, 8, 4], [0, 0, -20, 0])
    expect(x2 - x1).toBeCloseTo(0, 5)
  })

  it('reads and writes rows in the middle of arrays, also in place', () => {
    const boxes = Float32Array.of(9, 9, 9, 9, 10, 20, 30, 60)
    const deltas = Float32Array.of(7, 0.5, 0, 0, 0)
    decodeBox(coder('exclusive', 'exclusive'), boxes, 4, deltas, 1, boxes, 4)
    expect(Array.from(boxes)).toEqual([9, 9, 9, 9, 20, 20, 40, 60])
  })

  it('comes back to the box that the deltas were made of', () => {
    property(
      (random) => {
        const box = () => {
          const x = random.between(-50, 600)
          const y = random.between(-50, 600)
          return [x, y, x + random.between(10, 300), y + random.between(10, 300)]
        }
        const one = coder(random.pick(CONVENTIONS), random.pick(CONVENTIONS), [
          random.between(0.5, 10),
          random.between(0.5, 10),
          random.between(0.5, 10),
          random.between(0.5, 10),
        ])
        const [from, to] = [box(), box()]
        const found = decode(one, from, encode(one, from, to))
        found.forEach((value, i) => expect(value).toBeCloseTo(to[i], 2))
      },
      { cases: 300 },
    )
  })
})

describe('clipping a box to the image', () => {
  const clip = (box: number[], convention: BoxConvention): number[] => {
    const boxes = Float32Array.from(box)
    clipBox(boxes, 0, 640, 480, convention)
    return Array.from(boxes)
  }

  it('ends at the last pixel or at the far edge, as the convention is', () => {
    expect(clip([-5, -1, 700, 480], 'inclusive')).toEqual([0, 0, 639, 479])
    expect(clip([-5, -1, 700, 480], 'exclusive')).toEqual([0, 0, 640, 480])
  })

  it('leaves a box inside as it is, and brings one outside to the border', () => {
    expect(clip([1.5, 2, 3, 4], 'exclusive')).toEqual([1.5, 2, 3, 4])
    expect(clip([700, -9, 800, -3], 'inclusive')).toEqual([639, 0, 639, 0])
  })

  it('touches no other row', () => {
    const boxes = Float32Array.of(-1, -1, -1, -1, -1, -1, 999, 999)
    clipBox(boxes, 4, 10, 10, 'exclusive')
    expect(Array.from(boxes)).toEqual([-1, -1, -1, -1, 0, 0, 10, 10])
  })
})
