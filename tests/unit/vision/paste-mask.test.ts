import { describe, expect, it } from 'vitest'
import type { Box } from '#shared/geometry/box.ts'
import { rleFromBitmap, rleToBitmap } from '#shared/geometry/rle-bitmap.ts'
import { rleFromRuns } from '#shared/geometry/rle.ts'
import { pasteMask } from '#main/vision/paste-mask.ts'
import { property, type SeededRandom } from '../../support/random.ts'

interface Paste {
  readonly patch: {
    readonly probabilities: Float32Array
    readonly offset: number
    readonly size: number
  }
  readonly box: Box
  readonly image: { readonly width: number; readonly height: number }
  readonly options: { readonly threshold: number; readonly padCells: number }
}

/**
 * The probability at the centre of every pixel, [height, width] row by row: the patch with its
 * border of zeros laid over the grown box, sampled bilinearly, zero outside.
 */
function samples({ patch, box, image, options: { padCells } }: Paste): Float64Array {
  const { size, offset, probabilities } = patch
  const cells = size + 2 * padCells
  const cellAt = (column: number, row: number): number => {
    const [x, y] = [column - padCells, row - padCells]
    return x < 0 || y < 0 || x >= size || y >= size ? 0 : probabilities[offset + y * size + x]
  }
  const [x1, y1, x2, y2] = box
  const grownWidth = ((x2 - x1) * cells) / size
  const grownHeight = ((y2 - y1) * cells) / size
  const left = (x1 + x2) / 2 - grownWidth / 2
  const top = (y1 + y2) / 2 - grownHeight / 2
  const found = new Float64Array(image.width * image.height)
  for (let y = 0; y < image.height; y++) {
    for (let x = 0; x < image.width; x++) {
      const u = ((x + 0.5 - left) / grownWidth) * cells - 0.5
      const v = ((y + 0.5 - top) / grownHeight) * cells - 0.5
      const [column, row] = [Math.floor(u), Math.floor(v)]
      const [du, dv] = [u - column, v - row]
      found[y * image.width + x] =
        (cellAt(column, row) * (1 - du) + cellAt(column + 1, row) * du) * (1 - dv) +
        (cellAt(column, row + 1) * (1 - du) + cellAt(column + 1, row + 1) * du) * dv
    }
  }
  return found
}

/** Pixels at which the pasted mask is not what the samples say; those that rounding decides are let be. */
function wrongPixels(
  paste: Paste,
  tolerance: number,
): { wrong: string[]; decidedByRounding: number } {
  const { image, options } = paste
  const mask = pasteMask(paste.patch, paste.box, image, options)
  expect({ width: mask.width, height: mask.height }).toEqual(image)
  expect(mask.counts.reduce((a, b) => a + b)).toBe(image.width * image.height)
  expect(Array.from(rleFromRuns(mask.counts.slice(), image).counts), 'canonical runs').toEqual(
    Array.from(mask.counts),
  )
  const bitmap = rleToBitmap(mask)
  const wrong: string[] = []
  let decidedByRounding = 0
  samples(paste).forEach((value, i) => {
    if (Math.abs(value - options.threshold) < tolerance) decidedByRounding++
    else if (value >= options.threshold !== (bitmap[i] === 1)) {
      const [x, y] = [i % image.width, Math.floor(i / image.width)]
      wrong.push(`${x},${y}: sample ${value}, mask ${bitmap[i]}`)
    }
  })
  return { wrong, decidedByRounding }
}

function randomPatch(random: SeededRandom, size: number): Float32Array {
  const kind = random.pick(['noise', 'disc', 'levels', 'full', 'empty', 'stripes'] as const)
  const centre = random.between(0, size)
  const radius = random.between(0.5, size)
  return Float32Array.from({ length: size * size }, (_, i) => {
    const [x, y] = [i % size, Math.floor(i / size)]
    if (kind === 'noise') return random.next()
    if (kind === 'disc') return 1 / (1 + Math.exp(Math.hypot(x - centre, y - centre) - radius))
    if (kind === 'levels') return random.integer(0, 4) / 4
    if (kind === 'stripes') return y % 2
    return kind === 'full' ? 1 : 0
  })
}

/** Around the image, over it, in it, beside it, and hardly there at all. */
function randomBox(random: SeededRandom, width: number, height: number): Box {
  const scale = random.pick([0.02, 0.5, 1.5, 4])
  const boxWidth = random.between(0.01, scale * width + 0.02)
  const boxHeight = random.between(0.01, scale * height + 0.02)
  const x = random.between(-boxWidth * 1.1, width * 1.1)
  const y = random.between(-boxHeight * 1.1, height * 1.1)
  return [x, y, x + boxWidth, y + boxHeight]
}

describe('pasting a mask', () => {
  it('gives every pixel what bilinear sampling at its centre gives', () => {
    let pixels = 0
    let decidedByRounding = 0
    let set = 0
    property(
      (random) => {
        const size = random.pick([1, 2, 3, 7, 14, 24, 28])
        const image = { width: random.integer(1, 60), height: random.integer(1, 60) }
        const paste: Paste = {
          patch: { probabilities: randomPatch(random, size), offset: 0, size },
          box: randomBox(random, image.width, image.height),
          image,
          options: {
            threshold: random.pick([0.5, 0.5, 0.05, 0.3, 0.97]),
            padCells: random.pick([1, 1, 0, 2]),
          },
        }
        const found = wrongPixels(paste, 1e-6)
        expect(found.wrong, JSON.stringify({ box: paste.box, ...image, ...paste.options })).toEqual(
          [],
        )
        pixels += image.width * image.height
        decidedByRounding += found.decidedByRounding
        set += rleToBitmap(pasteMask(paste.patch, paste.box, image, paste.options)).reduce(
          (a, b) => a + b,
        )
      },
      { cases: 3000 },
    )
    // Else the comparison above would say little.
    expect(decidedByRounding / pixels).toBeLessThan(0.001)
    expect(set / pixels).toBeGreaterThan(0.05)
  })

  it('sets the pixels whose sample is exactly the threshold', () => {
    let atThreshold = 0
    property(
      (random) => {
        // Powers of two all the way, so that every sample is exact.
        const size = 2
        const padCells = random.pick([0, 1])
        const image = { width: random.integer(1, 24), height: random.integer(1, 24) }
        const side = () => random.pick([1, 2, 4, 8, 16])
        const [x, y] = [random.integer(-8, 20), random.integer(-8, 20)]
        const threshold = random.pick([0.25, 0.5, 0.75])
        const paste: Paste = {
          patch: {
            probabilities: Float32Array.from({ length: 4 }, () =>
              random.pick([0, threshold, threshold, 1]),
            ),
            offset: 0,
            size,
          },
          box: [x, y, x + side(), y + side()],
          image,
          options: { threshold, padCells },
        }
        expect(wrongPixels(paste, 0).wrong).toEqual([])
        atThreshold += samples(paste).filter((value) => value === threshold).length
      },
      { cases: 3000 },
    )
    expect(atThreshold).toBeGreaterThan(500)
  })

  it('fills a patch of certainty to half a cell beyond the box, as Detectron does', () => {
    // 24 cells on 48 pixels: 2 pixels a cell; between the last cell and the zeros beside it the
    // probability comes down to 0.5 half a cell outside, which is the border of the box itself.
    const patch = { probabilities: new Float32Array(24 * 24).fill(1), offset: 0, size: 24 }
    const image = { width: 100, height: 90 }
    const options = { threshold: 0.5, padCells: 1 }
    const bitmap = new Uint8Array(100 * 90)
    for (let y = 20; y < 68; y++) bitmap.fill(1, y * 100 + 30, y * 100 + 78)
    const expected = rleFromBitmap(bitmap, image)
    expect(Array.from(pasteMask(patch, [30, 20, 78, 68], image, options).counts)).toEqual(
      Array.from(expected.counts),
    )
  })

  it('reads the patch of its own region among those of others', () => {
    const probabilities = new Float32Array(3 * 4)
    probabilities.fill(1, 4, 8)
    const paste = (offset: number): Uint32Array =>
      pasteMask(
        { probabilities, offset, size: 2 },
        [2, 2, 6, 6],
        { width: 8, height: 8 },
        {
          threshold: 0.5,
          padCells: 1,
        },
      ).counts
    expect(Array.from(paste(0))).toEqual([64])
    expect(paste(4).length).toBeGreaterThan(1)
    expect(Array.from(paste(8))).toEqual([64])
  })

  it.each<[string, Box]>([
    ['left of', [-50, 2, -10, 6]],
    ['right of', [30, 2, 60, 6]],
    ['above', [2, -60, 6, -20]],
    ['below', [2, 40, 6, 90]],
  ])('is empty for a box %s the image', (_, box) => {
    const patch = { probabilities: new Float32Array(49).fill(1), offset: 0, size: 7 }
    const image = { width: 10, height: 10 }
    const options = { threshold: 0.5, padCells: 1 }
    expect(Array.from(pasteMask(patch, box, image, options).counts)).toEqual([100])
  })

  it.each<[string, Box]>([
    ['without width', [3, 3, 3, 8]],
    ['without height', [3, 3, 8, 3]],
    ['turned over', [8, 8, 3, 3]],
    ['that is no number', [NaN, 0, 5, 5]],
  ])('is empty for a box %s', (_, box) => {
    const patch = { probabilities: new Float32Array(49).fill(1), offset: 0, size: 7 }
    const image = { width: 10, height: 10 }
    const options = { threshold: 0.5, padCells: 1 }
    expect(Array.from(pasteMask(patch, box, image, options).counts)).toEqual([100])
  })

  it('covers a photo of one pixel, or misses it', () => {
    const patch = { probabilities: new Float32Array(9).fill(1), offset: 0, size: 3 }
    const image = { width: 1, height: 1 }
    const options = { threshold: 0.5, padCells: 1 }
    expect(Array.from(pasteMask(patch, [-4, -4, 5, 5], image, options).counts)).toEqual([0, 1])
    expect(Array.from(pasteMask(patch, [0.6, 0, 1, 1], image, options).counts)).toEqual([1])
  })

  it('joins the runs of neighbouring columns that fill the height', () => {
    const patch = { probabilities: new Float32Array(9).fill(1), offset: 0, size: 3 }
    const found = pasteMask(
      patch,
      [-90, -90, 100, 100],
      { width: 6, height: 4 },
      {
        threshold: 0.5,
        padCells: 1,
      },
    )
    expect(Array.from(found.counts)).toEqual([0, 24])
  })
})
