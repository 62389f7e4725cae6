/** What decides which of the instances on a pixel gives it its class. */
export interface SemanticInstance {
  /** A person has accepted, edited or drawn it. */
  readonly isDecided: boolean
  /** 0..1; null counts as 1. */
  readonly score: number | null
  /** Of the mask, in pixels. */
  readonly area: number
}

/**
 * Sorts the best first: what a person decided, then by score; of equals the smaller, which would not
 * be seen under the larger. In a semantic map each pixel is of the class of the first that covers it.
 */
export function compareForPixels(a: SemanticInstance, b: SemanticInstance): number {
  return (
    Number(b.isDecided) - Number(a.isDecided) || (b.score ?? 1) - (a.score ?? 1) || a.area - b.area
  )
}

/** Of pixels that no instance covers, as grey as no class is. */
export const OTHER_COLOUR = '#6e6e6e'
