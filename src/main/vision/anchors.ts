/** What a pack says of its region proposal network's anchors. */
export interface AnchorDescription {
  /** Pixels of the model's input from one feature cell to the next. */
  readonly stride: number
  /** [a, 4] xyxy of the cell at the origin, in pixels of the model's input. */
  readonly boxes: readonly (readonly number[])[]
}

/**
 * All anchors of a feature map, cell by cell (row-major), anchor shape by anchor shape.
 *
 * @returns Float32Array // [height * width * a, 4] xyxy, pixels of the model's input
 */
export function placeAnchors(
  anchors: AnchorDescription,
  featureHeight: number,
  featureWidth: number,
): Float32Array {
  const shapes = anchors.boxes.length
  const placed = new Float32Array(featureHeight * featureWidth * shapes * 4)
  let at = 0
  for (let row = 0; row < featureHeight; row++) {
    const dy = row * anchors.stride
    for (let column = 0; column < featureWidth; column++) {
      const dx = column * anchors.stride
      for (const [x1, y1, x2, y2] of anchors.boxes) {
        placed[at++] = x1 + dx
        placed[at++] = y1 + dy
        placed[at++] = x2 + dx
        placed[at++] = y2 + dy
      }
    }
  }
  return placed
}
