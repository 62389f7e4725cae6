import { createHash } from 'node:crypto'
import { maskFromPolygons } from '#shared/geometry/contours.ts'
import type { Ring } from '#shared/geometry/contours.ts'
import { rleArea, rleBbox } from '#shared/geometry/rle-algebra.ts'
import { rleToCocoString } from '#shared/geometry/rle.ts'
import type { Rle } from '#shared/geometry/rle.ts'
import type { Size } from '#shared/geometry/size.ts'
import type { AnnotationState, MaskRecord } from '#shared/contract/records.ts'
import type { SeededRandom } from './random.ts'

/** An annotation as the canvas is given it, made of plain values. */
export interface SceneAnnotation {
  readonly id: number
  readonly classId: number
  readonly colour: string
  readonly name: string
  readonly score: number
  readonly state: AnnotationState
  readonly isHidden: boolean
  readonly mask: MaskRecord
  readonly bbox: MaskRecord['bbox']
}

export interface Scene extends Size {
  readonly url: string
  readonly thumbnailUrl: string | null
  readonly annotations: readonly SceneAnnotation[]
  readonly ghosts: readonly SceneAnnotation[]
}

const CLASSES = [
  ['person', '#ff6040'],
  ['car', '#40a0ff'],
  ['dog', '#e0c000'],
  ['chair', '#60e060'],
  ['bottle', '#e060ff'],
  ['bus', '#40e0c0'],
] as const

export function maskRecord(rle: Rle): MaskRecord {
  const counts = rleToCocoString(rle)
  const { width, height } = rle
  const hash = createHash('sha256').update(`${width} ${height} ${counts}`).digest('hex')
  return { hash, width, height, counts, bbox: rleBbox(rle), area: rleArea(rle) }
}

/** Blobs of many sizes, some with holes, all over an image. */
export function randomAnnotations(
  random: SeededRandom,
  image: Size,
  count: number,
): SceneAnnotation[] {
  return Array.from({ length: count }, (_, i) => {
    const mask = maskRecord(randomBlob(random, image))
    const classId = random.integer(1, CLASSES.length)
    const [name, colour] = CLASSES[classId - 1]
    return {
      id: i + 1,
      classId,
      colour,
      name,
      score: random.between(0.05, 1),
      state: random.next() < 0.7 ? 'proposed' : 'accepted',
      isHidden: false,
      mask,
      bbox: mask.bbox,
    }
  })
}

function randomBlob(random: SeededRandom, image: Size): Rle {
  const side = Math.min(image.width, image.height)
  const radius = side * 0.008 * 8 ** random.next()
  const x = random.between(radius, image.width - radius)
  const y = random.between(radius, image.height - radius)
  const outer = wobblyRing(random, x, y, radius)
  const holes = random.next() < 0.1 ? [wobblyRing(random, x, y, radius * 0.4)] : []
  return maskFromPolygons([{ outer, holes }], image)
}

function wobblyRing(random: SeededRandom, x: number, y: number, radius: number): Ring {
  const lobes = random.integer(2, 6)
  const depth = random.between(0.05, 0.3)
  const phase = random.between(0, 2 * Math.PI)
  return Array.from({ length: 72 }, (_, i) => (i / 72) * 2 * Math.PI).flatMap((angle) => {
    const reach = radius * (1 - depth + depth * Math.sin(lobes * angle + phase))
    return [x + reach * Math.cos(angle), y + reach * Math.sin(angle)]
  })
}
