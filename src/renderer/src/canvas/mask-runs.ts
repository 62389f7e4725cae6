import type { XywhBox } from '#shared/geometry/box.ts'
import { rleFromCocoString } from '#shared/geometry/rle.ts'
import type { Rle } from '#shared/geometry/rle.ts'
import type { EncodedMask } from '#shared/contract/records.ts'

/** A mask that can be asked for single pixels. */
export interface MaskRuns {
  readonly rle: Rle
  /** Where each run ends, counted column by column. Odd runs are set. */
  readonly ends: Uint32Array
}

/** @throws GeometryError for a mask that is none */
export function decodeMask({ counts, height, width }: EncodedMask): MaskRuns {
  const rle = rleFromCocoString(counts, { height, width })
  const ends = new Uint32Array(rle.counts.length)
  let end = 0
  for (let i = 0; i < ends.length; i++) ends[i] = end += rle.counts[i]
  return { rle, ends }
}

/** The run in which pixel `at` lies. */
export function runAt(ends: Uint32Array, at: number): number {
  let low = 0
  let high = ends.length - 1
  while (low < high) {
    const middle = (low + high) >> 1
    if (ends[middle] > at) high = middle
    else low = middle + 1
  }
  return low
}

/** Whether the pixel that a point lies in is set; holes and all outside are not. */
export function isSetAt({ rle, ends }: MaskRuns, x: number, y: number): boolean {
  const column = Math.floor(x)
  const row = Math.floor(y)
  if (column < 0 || row < 0 || column >= rle.width || row >= rle.height) return false
  return (runAt(ends, column * rle.height + row) & 1) === 1
}

/** The mask of the pixels in a box of whole numbers, at the size of the box. */
export function cropMask({ rle, ends }: MaskRuns, [x, y, width, height]: XywhBox): Rle {
  const counts: number[] = []
  let value = 0
  let length = 0
  let run = runAt(ends, x * rle.height + y)
  for (let column = x; column < x + width; column++) {
    let from = column * rle.height + y
    const foot = from + height
    while (ends[run] <= from) run++
    while (from < foot) {
      const to = Math.min(ends[run], foot)
      if ((run & 1) === value) {
        length += to - from
      } else {
        counts.push(length)
        value = run & 1
        length = to - from
      }
      from = to
      if (from === ends[run] && from < foot) run++
    }
  }
  counts.push(length)
  return { width, height, counts: Uint32Array.from(counts) }
}

/** Decoded masks by content. A mask that cannot be decoded counts as empty, and is not asked again. */
export class MaskCache {
  readonly #runs = new Map<string, MaskRuns | null>()

  get(mask: EncodedMask & { readonly hash: string }): MaskRuns | null {
    let runs = this.#runs.get(mask.hash)
    if (runs === undefined) {
      runs = decodedOrNull(mask)
      this.#runs.set(mask.hash, runs)
    }
    return runs
  }

  keepOnly(hashes: ReadonlySet<string>): void {
    for (const hash of this.#runs.keys()) if (!hashes.has(hash)) this.#runs.delete(hash)
  }
}

function decodedOrNull(mask: EncodedMask): MaskRuns | null {
  try {
    return decodeMask(mask)
  } catch {
    return null
  }
}
