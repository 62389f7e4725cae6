import { StrokeBuilder } from '#shared/geometry/edit/brush.ts'
import type { Brush } from '#shared/geometry/edit/brush.ts'
import type { Rle } from '#shared/geometry/rle.ts'
import type { Size } from '#shared/geometry/size.ts'
import type { Line } from '../canvas/tools/gesture.ts'

/** What a stroke is drawn with and on. */
interface StrokePlace {
  readonly brush: Brush
  readonly size: Size
}

/**
 * The mask of the stroke under way, which grows with it: when the brush is lifted, only the last
 * stretch has to be added.
 */
export class StrokeMemory {
  #builder: StrokeBuilder | null = null
  #place: StrokePlace | null = null
  #line: number[] = []

  /** Of a line that grows; of another one it begins anew. */
  follow(line: Line, place: StrokePlace): void {
    const builder = this.#isFollowed(line, place) ? this.#builder : null
    const growing = builder ?? this.#begin(place)
    for (let i = this.#line.length; i < line.length; i += 2) {
      growing.add({ x: line[i], y: line[i + 1] })
      this.#line.push(line[i], line[i + 1])
    }
  }

  /** What the brush paints along the line; the same, whatever was followed before. */
  maskOf(line: Line, place: StrokePlace): Rle {
    this.follow(line, place)
    const mask = (this.#builder ?? this.#begin(place)).mask()
    this.#builder = null
    return mask
  }

  #begin(place: StrokePlace): StrokeBuilder {
    this.#builder = new StrokeBuilder(place.brush, place.size)
    this.#place = place
    this.#line = []
    return this.#builder
  }

  #isFollowed(line: Line, { brush, size }: StrokePlace): boolean {
    const place = this.#place
    return (
      place !== null &&
      place.brush.shape === brush.shape &&
      place.brush.diameterPx === brush.diameterPx &&
      place.size.width === size.width &&
      place.size.height === size.height &&
      this.#line.length <= line.length &&
      this.#line.every((ordinate, i) => ordinate === line[i])
    )
  }
}
