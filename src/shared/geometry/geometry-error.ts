export type GeometryErrorCode =
  | 'MASK_SIZE_INVALID'
  | 'MASK_SIZES_DIFFER'
  | 'BITMAP_INVALID'
  | 'RLE_COUNTS_INVALID'
  | 'RLE_STRING_MALFORMED'
  | 'POLYGON_INVALID'
  | 'POLYGON_TOO_COMPLEX'
  | 'TOLERANCE_INVALID'
  | 'POINT_INVALID'
  | 'BRUSH_INVALID'
  | 'RADIUS_INVALID'
  | 'WINDOW_INVALID'
  | 'VERTEX_INVALID'

/** Thrown by everything in `geometry` for input that describes no shape; `code` names the cause. */
export class GeometryError extends Error {
  readonly code: GeometryErrorCode

  constructor(code: GeometryErrorCode, message: string) {
    super(message)
    this.name = 'GeometryError'
    this.code = code
  }
}
