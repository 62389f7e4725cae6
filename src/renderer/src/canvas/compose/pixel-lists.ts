import type { XywhBox } from '#shared/geometry/box.ts'
import type { LayerFrame } from './layer-frame.ts'
import { overWhole } from './pixels.ts'
import type { Rgba } from './pixels.ts'

/**
 * What one mask adds to a layer, as lists instead of shapes. Drawn shapes are collected once; while
 * the place of the layer stays, painting them again is only copying.
 */

/** Stretches of rows: pairs of the first pixel and the one after the last. */
export type Spans = Int32Array

/** Single pixels: pairs of a position and a colour. */
export type Dots = Int32Array

/** Columns and rows of a layer, the far ones excluded. */
interface Area {
  readonly x1: number
  readonly y1: number
  readonly x2: number
  readonly y2: number
}

/** The part of a layer in which a box and a line around it lie. */
export function areaOf([x, y, width, height]: XywhBox, frame: LayerFrame, linePx: number): Area {
  const { scale, left, top } = frame
  const column = (at: number) => Math.min(Math.max(at - left, 0), frame.width)
  const row = (at: number) => Math.min(Math.max(at - top, 0), frame.height)
  return {
    x1: column(Math.floor(x * scale - linePx)),
    y1: row(Math.floor(y * scale - linePx)),
    x2: column(Math.ceil((x + width) * scale + linePx)),
    y2: row(Math.ceil((y + height) * scale + linePx)),
  }
}

/** Takes the set pixels out of a layer as spans, and leaves it empty there. */
export function takeSpans(pixels: Int32Array, width: number, { x1, y1, x2, y2 }: Area): Spans {
  const spans = new GrowingList()
  for (let y = y1; y < y2; y++) {
    const end = y * width + x2
    for (let at = y * width + x1; at < end; at++) {
      if (pixels[at] === 0) continue
      const start = at
      while (at < end && pixels[at] !== 0) at++
      spans.push(start, at)
      pixels.fill(0, start, at)
    }
  }
  return spans.take()
}

/** Takes the pixels that have a colour out of a layer, and leaves it empty there. */
export function takeDots(pixels: Int32Array, width: number, { x1, y1, x2, y2 }: Area): Dots {
  const dots = new GrowingList()
  for (let y = y1; y < y2; y++) {
    const end = y * width + x2
    for (let at = y * width + x1; at < end; at++) {
      if (pixels[at] === 0) continue
      dots.push(at, pixels[at])
      pixels[at] = 0
    }
  }
  return dots.take()
}

/** Replaces what was there. */
export function paintSpans(pixels: Int32Array, spans: Spans, colour: Rgba): void {
  for (let i = 0; i < spans.length; i += 2) {
    const end = spans[i + 1]
    // A call of `fill` costs more than a few pixels do.
    if (end - spans[i] > 16) pixels.fill(colour, spans[i], end)
    else for (let at = spans[i]; at < end; at++) pixels[at] = colour
  }
}

/** Lays the pixels over what was there. */
export function paintDots(pixels: Int32Array, dots: Dots): void {
  for (let i = 0; i < dots.length; i += 2) {
    const at = dots[i]
    pixels[at] = overWhole(dots[i + 1], pixels[at])
  }
}

/** Numbers, two by two, whose count is not known before. */
class GrowingList {
  #numbers = new Int32Array(256)
  #length = 0

  push(first: number, second: number): void {
    if (this.#length === this.#numbers.length) {
      const longer = new Int32Array(2 * this.#length)
      longer.set(this.#numbers)
      this.#numbers = longer
    }
    this.#numbers[this.#length++] = first
    this.#numbers[this.#length++] = second
  }

  take(): Int32Array {
    return this.#numbers.slice(0, this.#length)
  }
}
