import { describe, expect, test } from 'vitest'
import {
  boxesOutside,
  coarseFrame,
  frameInImage,
  isFrameCovering,
  sharpFrame,
} from '../../../../src/renderer/src/canvas/compose/layer-frame.ts'
import type { LayerFrame } from '../../../../src/renderer/src/canvas/compose/layer-frame.ts'
import { MaskComposer } from '../../../../src/renderer/src/canvas/compose/mask-composer.ts'
import type {
  LayerContent,
  LayerItem,
} from '../../../../src/renderer/src/canvas/compose/layer-content.ts'
import { over, overWhole, rgbaOf } from '../../../../src/renderer/src/canvas/compose/pixels.ts'
import { strokeRing } from '../../../../src/renderer/src/canvas/compose/stroke-ring.ts'
import { imageInSight } from '../../../../src/renderer/src/canvas/view-transform.ts'
import type { MaskRecord } from '#shared/contract/records.ts'
import { boxArea } from '#shared/geometry/box.ts'
import { property } from '../../../support/random.ts'
import { bitmapOf, randomBitmap } from '../../../support/random-masks.ts'
import { maskFromRows, maskOf } from './canvas-fixture.ts'

const RED = '#ff0000'
const BLUE = '#0000ff'

function item(mask: MaskRecord, changes: Partial<LayerItem> = {}): LayerItem {
  const plain = { colour: RED, look: 'accepted' as const, isSelected: false }
  return { maskHash: mask.hash, bbox: mask.bbox, ...plain, ...changes }
}

const FILL_ONLY = { maskOpacity: 1, hasOutlines: false, hasBoxes: false }

function composed(
  masks: readonly MaskRecord[],
  content: LayerContent,
  frame: LayerFrame,
  composer = new MaskComposer(),
): Int32Array {
  composer.replaceMasks(masks, new Set(masks.map(({ hash }) => hash)))
  const pixels = new Int32Array(frame.width * frame.height).fill(123)
  composer.compose(pixels, frame, content, 1)
  return pixels
}

/** The layer in letters: what colour is where. */
function rowsOf(pixels: Int32Array, { width, height }: LayerFrame): string[] {
  const letters = new Map([
    [0, '.'],
    [rgbaOf(RED, 1), 'r'],
    [rgbaOf(BLUE, 1), 'b'],
  ])
  return Array.from({ length: height }, (_, y) =>
    Array.from(
      pixels.subarray(y * width, (y + 1) * width),
      (pixel) => letters.get(pixel) ?? '?',
    ).join(''),
  )
}

const oneToOne = { scale: 1, left: 0, top: 0 }

describe('a mask of a pixel in a large image', () => {
  test('has a mark that is seen, and none where masks are not shown', () => {
    const mask = maskOf(bitmapOf({ width: 200, height: 200 }, (x, y) => x === 100 && y === 100))
    const frame = { scale: 0.05, left: 0, top: 0, width: 10, height: 10 }
    const items = [{ maskHash: mask.hash, bbox: mask.bbox, colour: '#ff0000', look: 'proposed', isSelected: false } as const] // prettier-ignore
    const seen = (content: object) =>
      composed([mask], { items, ...FILL_ONLY, ...content }, frame).filter((one) => one !== 0).length
    expect(seen({})).toBeGreaterThan(8)
    expect(seen({ maskOpacity: 0 })).toBe(0)
    expect(seen({ maskOpacity: 0, hasOutlines: true })).toBeGreaterThan(8)
  })
})

describe('the fills of a layer', () => {
  test('are the masks: all parts, and no holes', () => {
    const rows = ['####..', '#..#..', '#..#.#', '####..']
    const mask = maskFromRows(...rows)
    const frame = { ...oneToOne, width: 6, height: 4 }
    const pixels = composed([mask], { items: [item(mask)], ...FILL_ONLY }, frame)
    expect(rowsOf(pixels, frame)).toEqual(rows.map((row) => row.replaceAll('#', 'r')))
  })

  test('of smaller masks cover those of larger ones, which are painted before', () => {
    const large = maskFromRows('####', '####')
    const small = maskFromRows('....', '.##.')
    const items = [item(large), item(small, { colour: BLUE })]
    const frame = { ...oneToOne, width: 4, height: 2 }
    const pixels = composed([large, small], { items, ...FILL_ONLY }, frame)
    expect(rowsOf(pixels, frame)).toEqual(['rrrr', 'rbbr'])
  })

  test('are as opaque as was set, by their looks', () => {
    const mask = maskFromRows('#')
    const frame = { ...oneToOne, width: 1, height: 1 }
    const alpha = (look: LayerItem['look'], maskOpacity: number): number => {
      const items = [item(mask, { look })]
      return composed([mask], { items, ...FILL_ONLY, maskOpacity }, frame)[0] >>> 24
    }
    expect(alpha('accepted', 0.5)).toBe(128)
    expect(alpha('ghost', 0.5)).toBeLessThan(alpha('proposed', 0.5) / 2)
    expect(alpha('accepted', 0)).toBe(0)
  })

  test('at any place and scale show the pixel that lies under their centres', () => {
    property(
      (random) => {
        const bitmap = randomBitmap(random)
        const mask = maskOf(bitmap)
        const frame = {
          scale: random.pick([0.3, 0.77, 1, 1.5, 4, 11.3]),
          left: random.integer(0, 12),
          top: random.integer(0, 12),
          width: random.integer(1, 40),
          height: random.integer(1, 40),
        }
        const expected = bitmapOf(frame, (column, row) => {
          const x = Math.floor((column + 0.5 + frame.left) / frame.scale)
          const y = Math.floor((row + 0.5 + frame.top) / frame.scale)
          const isInside = x < bitmap.width && y < bitmap.height
          return isInside && bitmap.pixels[y * bitmap.width + x] === 1
        })
        const pixels = composed([mask], { items: [item(mask)], ...FILL_ONLY }, frame)
        expect(pixels.map((pixel) => (pixel === 0 ? 0 : 1))).toEqual(
          Int32Array.from(expected.pixels),
        )
      },
      { cases: 150 },
    )
  })
})

/** A line of 1.75 pixels lies on two rows; its dark edge shines through a little. */
const isReddish = (pixel: number): boolean => (pixel & 255) > 200 && ((pixel >> 16) & 255) < 50

describe('the lines of a layer', () => {
  const square = maskOf(
    bitmapOf({ width: 20, height: 20 }, (x, y) => x >= 5 && x < 15 && y >= 5 && y < 15),
  )
  const frame = { ...oneToOne, scale: 2, width: 40, height: 40 }
  const lines = { maskOpacity: 0, hasOutlines: true, hasBoxes: false }

  test('run along the edge of the mask and nowhere else', () => {
    const pixels = composed([square], { items: [item(square)], ...lines }, frame)
    const isDrawn = (x: number, y: number): boolean => pixels[y * 40 + x] !== 0
    for (let at = 12; at < 28; at++) {
      for (const edge of [10, 30]) {
        expect(isDrawn(at, edge) && isDrawn(edge, at)).toBe(true)
        expect(isDrawn(at, edge - 4) || isDrawn(at, edge + 4)).toBe(false)
      }
    }
    expect(isDrawn(20, 20)).toBe(false)
  })

  test('keep their width at every scale', () => {
    const drawn = (scale: number): number => {
      const wide = { scale, left: 0, top: 0, width: 20 * scale, height: 20 * scale }
      const pixels = composed([square], { items: [item(square)], ...lines }, wide)
      const middle = Math.round(10 * scale) * wide.width
      return pixels.subarray(middle, middle + 10 * scale).filter((pixel) => pixel !== 0).length
    }
    expect(drawn(32)).toBe(drawn(4))
  })

  test('of proposals are dashed, those of accepted annotations are not', () => {
    const share = (look: LayerItem['look']): number => {
      const pixels = composed([square], { items: [item(square, { look })], ...lines }, frame)
      // Along the upper edge, on the middle of the line.
      return pixels.subarray(10 * 40 + 12, 10 * 40 + 28).filter(isReddish).length
    }
    expect(share('accepted')).toBe(16)
    expect(share('proposed')).toBeGreaterThan(4)
    expect(share('proposed')).toBeLessThan(14)
  })

  test('of a larger mask are not covered by the fill of a smaller one', () => {
    const inner = maskOf(bitmapOf({ width: 20, height: 20 }, (x, y) => x >= 4 && x < 7 && y < 12))
    const items = [item(square), item(inner, { colour: BLUE })]
    const content = { items, maskOpacity: 1, hasOutlines: true, hasBoxes: false }
    const pixels = composed([square, inner], content, frame)
    expect(isReddish(pixels[18 * 40 + 10])).toBe(true)
  })

  test('of a selected annotation are there without outlines, with a light edge', () => {
    const content = { ...lines, hasOutlines: false }
    const plain = composed([square], { items: [item(square)], ...content }, frame)
    expect(plain.every((pixel) => pixel === 0)).toBe(true)
    const items = [item(square, { isSelected: true })]
    const pixels = composed([square], { items, ...content }, frame)
    expect(pixels[20 * 40 + 8] & 0xffffff).toBe(0xffffff)
  })

  test('cover only a share of a pixel that they only touch', () => {
    const pixels = new Int32Array(40 * 40)
    const ring = [5.25, 5.25, 15.25, 5.25, 15.25, 15.25, 5.25, 15.25]
    const stroke = { colour: rgbaOf(RED, 1), width: 1, dash: null, casing: null }
    strokeRing(pixels, { ...frame, scale: 1 }, ring, stroke)
    expect(pixels[4 * 40 + 10] >>> 24).toBe(64)
    expect(pixels[5 * 40 + 10] >>> 24).toBe(191)
    expect(pixels[6 * 40 + 10]).toBe(0)
  })
})

/** Of premultiplied channels: the colour of what is nearly transparent is of no weight. */
function largestDifference(a: Int32Array, b: Int32Array): number {
  const channel = (pixel: number, shift: number): number =>
    shift === 24 ? pixel >>> 24 : (((pixel >> shift) & 255) * (pixel >>> 24)) / 255
  const differences = Array.from(a, (pixel, i) =>
    Math.max(
      ...[0, 8, 16, 24].map((shift) => Math.abs(channel(pixel, shift) - channel(b[i], shift))),
    ),
  )
  return Math.max(...differences)
}

describe('a composer', () => {
  test('paints from what it has collected as it draws', () => {
    property(
      (random) => {
        const masks = Array.from({ length: 5 }, () =>
          maskOf(randomBitmap(random, { width: 24, height: 24 })),
        )
        const looks = ['proposed', 'accepted', 'ghost'] as const
        const items = masks.map((mask) => item(mask, { look: random.pick(looks) }))
        const frame = { scale: 2.5, left: 3, top: 5, width: 40, height: 44 }
        const content = { items, maskOpacity: 0.5, hasOutlines: true, hasBoxes: true }
        const composer = new MaskComposer()
        const drawn = composed(masks, content, frame, composer)
        const scratch = new Int32Array(frame.width * frame.height).fill(7)
        const part = { ...content, items: items.slice(2) }
        // In slices of a mask each.
        while (!composer.collect(scratch.fill(7), frame, part, 1, () => true)) {
          expect(scratch.every((pixel) => pixel === 0)).toBe(true)
          expect(composed(masks, content, frame, composer)).toEqual(drawn)
        }
        expect(scratch.every((pixel) => pixel === 0)).toBe(true)
        // Lines that were mixed before they came here are rounded once more.
        const painted = composed(masks, content, frame, composer)
        expect(largestDifference(drawn, painted)).toBeLessThan(10)
      },
      { cases: 40 },
    )
  })

  test('paints other masks, and other marks, than it has collected', () => {
    const bitmap = (at: number) => bitmapOf({ width: 60, height: 60 }, (x, y) => x === at && y > at)
    const [before, after] = [maskOf(bitmap(10)), maskOf(bitmap(40))]
    const tiny = maskOf(bitmapOf({ width: 60, height: 60 }, (x, y) => x === 30 && y === 30))
    const frame = { scale: 0.5, left: 0, top: 0, width: 30, height: 30 }
    const contentOf = (...masks: MaskRecord[]): LayerContent => ({
      items: masks.map((mask) => item(mask)),
      ...FILL_ONLY,
    })
    const composer = new MaskComposer()
    const first = composed([before, tiny], contentOf(before, tiny), frame, composer)
    const scratch = new Int32Array(900)
    composer.collect(scratch, frame, contentOf(before, tiny), 1, () => false)
    expect(composed([before, tiny], contentOf(before, tiny), frame, composer)).toEqual(first)

    const second = contentOf(after, tiny)
    expect(composed([after, tiny], second, frame, composer)).toEqual(
      composed([after, tiny], second, frame),
    )
    const unseen = composed([after, tiny], { ...second, maskOpacity: 0 }, frame, composer)
    expect(unseen.every((pixel) => pixel === 0)).toBe(true)
  })

  test('leaves out a damaged mask and paints the others', () => {
    const mask = maskFromRows('#')
    const damaged = { ...maskFromRows('#'), hash: 'damaged', counts: '!!' }
    const frame = { ...oneToOne, width: 1, height: 1 }
    const content = { items: [item(damaged), item(mask)], ...FILL_ONLY }
    expect(rowsOf(composed([damaged, mask], content, frame), frame)).toEqual(['r'])
  })
})

describe('colours over each other', () => {
  test('mix over a whole pixel as over a part of one, a channel off by one at most', () => {
    property(
      (random) => {
        const colour = () => rgbaOf(random.pick([RED, BLUE, '#4080c0', '#ffffff']), random.next())
        const [source, below] = [colour(), random.next() < 0.1 ? 0 : colour()]
        const pixels = [over(source, 1, below), overWhole(source, below)]
        const [drawn, painted] = pixels.map((pixel) => Int32Array.of(pixel))
        expect(largestDifference(drawn, painted)).toBeLessThan(1.01)
      },
      { cases: 2000 },
    )
  })

  test('mix by their alpha', () => {
    expect(over(rgbaOf(RED, 1), 1, rgbaOf(BLUE, 1))).toBe(rgbaOf(RED, 1))
    expect(over(rgbaOf(RED, 1), 0, rgbaOf(BLUE, 1))).toBe(rgbaOf(BLUE, 1))
    const half = over(rgbaOf(RED, 0.5), 1, rgbaOf(BLUE, 1))
    expect([half & 255, (half >> 16) & 255, half >>> 24]).toEqual([128, 127, 255])
    expect(over(rgbaOf(RED, 0.5), 1, 0)).toBe(rgbaOf(RED, 0.5))
  })
})

describe('the place of a layer', () => {
  const viewport = { width: 1280, height: 800 }

  test('is the whole image while that is small, at the resolution of the screen', () => {
    const image = { width: 4000, height: 3000 }
    const frame = sharpFrame({ scale: 0.25, x: 100, y: 20 }, image, viewport, 1)
    expect(frame).toEqual({ scale: 0.25, left: 0, top: 0, width: 1000, height: 750 })
  })

  test('is bounded for every image, zoom and screen, and covers what is in sight', () => {
    property(
      (random) => {
        const image = { width: random.integer(1, 30_000), height: random.integer(1, 30_000) }
        const scale = 0.02 * 2000 ** random.next()
        const view = {
          scale,
          x: random.between(-image.width * scale, viewport.width),
          y: random.between(-image.height * scale, viewport.height),
        }
        const ratio = random.pick([1, 1.5, 2])
        const frame = sharpFrame(view, image, viewport, ratio)
        expect(frame.width * frame.height).toBeLessThan(1.7e6 * ratio ** 2)
        const inSight = imageInSight(view, image, viewport)
        if (boxArea(inSight) > 0) expect(isFrameCovering(frame, inSight, image)).toBe(true)
        const coarse = coarseFrame(image)
        expect(coarse.width * coarse.height).toBeLessThan(1.1e6)
        expect(isFrameCovering(coarse, [0, 0, image.width, image.height], image)).toBe(true)
      },
      { cases: 300 },
    )
  })

  test('what it does not cover is cut into boxes that do not overlap', () => {
    property(
      (random) => {
        const box = (): [number, number, number, number] => {
          const x = random.integer(0, 8)
          const y = random.integer(0, 8)
          return [x, y, x + random.integer(0, 6), y + random.integer(0, 6)]
        }
        const outer = box()
        const inner = box()
        const rest = boxesOutside(outer, inner)
        const inside = (b: readonly number[], x: number, y: number): boolean =>
          x >= b[0] && y >= b[1] && x < b[2] && y < b[3]
        for (let y = 0; y < 16; y++) {
          for (let x = 0; x < 16; x++) {
            const expected = inside(outer, x, y) && !inside(inner, x, y) ? 1 : 0
            expect(rest.filter((b) => inside(b, x, y)).length).toBe(expected)
          }
        }
      },
      { cases: 200 },
    )
  })

  test('is known in image pixels', () => {
    const frame = { scale: 2, left: 10, top: 4, width: 20, height: 6 }
    expect(frameInImage(frame)).toEqual([5, 2, 15, 5])
  })
})

test('a map of classes has its grey wherever no mask lies, also when it is painted from lists', () => {
  const shape = maskFromRows('.##.', '.##.')
  const frame = { scale: 1, left: 0, top: 0, width: 4, height: 2 }
  const content = { ...FILL_ONLY, items: [item(shape)], other: BLUE }
  const composer = new MaskComposer()
  expect(rowsOf(composed([shape], content, frame, composer), frame)).toEqual(['brrb', 'brrb'])
  const pixels = new Int32Array(8)
  composer.collect(pixels, frame, content, 1, () => false)
  expect(rowsOf(composed([shape], content, frame, composer), frame)).toEqual(['brrb', 'brrb'])
  expect(rowsOf(composed([shape], { ...content, maskOpacity: 0 }, frame, composer), frame)).toEqual(
    ['....', '....'],
  )
})
