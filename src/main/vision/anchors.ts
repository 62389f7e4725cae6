import type { Size } from '#shared/geometry/size.ts'

/** What a pack says of the anchors of its region proposal network, on one level of the features. */
export interface AnchorDescription {
  /**
   * Pixels of the model's input from one feature cell to the next. `fit` is as many as the side of the
   * input holds by the number of its cells, rounded down: torchvision's `AnchorGenerator`, whose
   * coarsest level has a cell more than its stride fills.
   */
  readonly stride: number | 'fit'
  /** [a, 4] xyxy of the cell at the origin, in pixels of the model's input. */
  readonly boxes: readonly (readonly number[])[]
}

/**
 * All anchors of a feature map, cell by cell (row-major), anchor shape by anchor shape.
 *
 * @param cells of the feature map
 * @param input the model's input with its padding, in pixels
 * @returns Float32Array // [height * width * a, 4] xyxy, pixels of the model's input
 */
export function placeAnchors(anchors: AnchorDescription, cells: Size, input: Size): Float32Array {
  const { stride, boxes } = anchors
  const across = stride === 'fit' ? Math.floor(input.width / cells.width) : stride
  const down = stride === 'fit' ? Math.floor(input.height / cells.height) : stride
  const placed = new Float32Array(cells.height * cells.width * boxes.length * 4)
  let at = 0
  for (let row = 0; row < cells.height; row++) {
    const dy = row * down
    for (let column = 0; column < cells.width; column++) {
      const dx = column * across
      for (const [x1, y1, x2, y2] of boxes) {
        placed[at++] = x1 + dx
        placed[at++] = y1 + dy
        placed[at++] = x2 + dx
        placed[at++] = y2 + dy
      }
    }
  }
  return placed
}
