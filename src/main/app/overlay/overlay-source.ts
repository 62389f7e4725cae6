import { LexmaskError } from '#shared/contract/errors.ts'
import type { OverlayObject } from '#main/pictures/protocol.ts'
import type { Size } from '#shared/geometry/size.ts'

/** One photo that is to be drawn on. */
export interface OverlaySource {
  /** POSIX, relative to the folder of the photos: names the picture that is made. */
  readonly name: string
  /** Of the photo, absolute. */
  readonly file: string
  /**
   * Made when its turn comes: the masks of all photos would not fit into memory.
   * @throws LexmaskError when a mask of it is none
   */
  masks(): { readonly size: Size | null; readonly objects: readonly OverlayObject[] }
}

/** A photo that is not drawn, with the reason in words for the user. */
export interface FailedOverlay {
  readonly name: string
  readonly reason: string
}

/** Photos in the order of their drawing, and those that cannot be drawn. */
export interface OverlayPlan {
  readonly sources: readonly OverlaySource[]
  readonly failed: readonly FailedOverlay[]
  /** Annotations with a box and no mask, which are left out. */
  readonly withoutMask: number
}

/** Which annotations are drawn. */
export interface OverlayFilter {
  /** Names of classes; null draws all. */
  readonly classes: readonly string[] | null
  /** What has no score, as a person drew it, passes. */
  readonly minScore: number
  /** Also photos on which nothing is left to draw. */
  readonly withEmpty: boolean
}

const fold = (name: string): string => name.normalize('NFC').trim().toLowerCase()

/**
 * Whether a class is to be drawn.
 * @throws LexmaskError INVALID_INPUT for a wanted name that no class has
 */
export function classFilter(
  wanted: readonly string[] | null,
  known: readonly string[],
): (name: string) => boolean {
  if (wanted === null) return () => true
  const folded = new Set(wanted.map(fold))
  const names = new Set(known.map(fold))
  const unknown = wanted.filter((name) => !names.has(fold(name)))
  if (unknown.length > 0) {
    throw new LexmaskError(
      'INVALID_INPUT',
      `There is no class ${unknown.join(', ')}. There are: ${known.join(', ')}.`,
      { unknown, known },
    )
  }
  return (name) => folded.has(fold(name))
}

/**
 * Whether a name stays in the folder that it is relative to, on every system. Names come from files
 * of strangers.
 */
export function staysInFolder(name: string): boolean {
  const isAbsolute = /^[\\/]|^[a-z]:/i.test(name)
  return name !== '' && !name.includes('\0') && !isAbsolute && !name.split(/[\\/]/).includes('..')
}

/** Why a name like `../photo.jpg` is not followed. */
export function climbsOut(name: string): FailedOverlay {
  return { name, reason: 'its name leads out of the folder of the photos, and is not followed' }
}
