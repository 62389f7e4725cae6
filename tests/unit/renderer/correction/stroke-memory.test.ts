import { describe, expect, it } from 'vitest'
import { strokeMask } from '#shared/geometry/edit/brush.ts'
import { pointsOf } from '#renderer/correction/gesture-edit.ts'
import { StrokeMemory } from '#renderer/correction/stroke-memory.ts'
import { property } from '../../../support/random.ts'
import type { SeededRandom } from '../../../support/random.ts'

const SIZE = { width: 40, height: 30 }

const randomPlace = (random: SeededRandom) => ({
  brush: {
    shape: random.pick(['round', 'square'] as const),
    diameterPx: random.pick([1, 5, 9.5]),
  },
  size: random.pick([SIZE, { width: 30, height: 30 }]),
})

describe('the mask of a stroke that was followed while it was drawn', () => {
  it('is that of the whole line, whatever was followed before, with whichever brush', () => {
    const strokes = new StrokeMemory()
    property(
      (random) => {
        const place = randomPlace(random)
        let line: number[] = []
        for (let i = random.integer(1, 12); i > 0; i--) {
          line = [...line, random.between(-3, 43), random.between(-3, 33)]
          if (random.next() < 0.7) strokes.follow(line, place)
          if (random.next() < 0.1) strokes.follow(line.slice(0, -2), randomPlace(random))
          if (random.next() < 0.1) strokes.follow([1, 1], place)
        }
        const expected = strokeMask(pointsOf(line), place.brush, place.size)
        expect(strokes.maskOf(line, place)).toEqual(expected)
        // Once more: what was lifted is forgotten.
        expect(strokes.maskOf(line, place)).toEqual(expected)
      },
      { cases: 400 },
    )
  })
})
