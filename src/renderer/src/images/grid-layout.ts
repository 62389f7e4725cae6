/** The grid of thumbnails as numbers; all in CSS pixels. */
export interface GridLayout {
  readonly columns: number
  readonly rows: number
  /** Of a cell: the thumbnail grows with it, so that rows fill the width. */
  readonly cellPx: number
  /** From the top of one row to the next. */
  readonly rowPx: number
}

export const GRID_GAP_PX = 6
/** Below each thumbnail, for the name. */
export const CAPTION_PX = 20

/** As many columns as fit with cells of at least `thumbnailPx`. */
export function layOutGrid(count: number, widthPx: number, thumbnailPx: number): GridLayout {
  const columns = Math.max(1, Math.floor((widthPx + GRID_GAP_PX) / (thumbnailPx + GRID_GAP_PX)))
  const cellPx = Math.max(1, Math.floor((widthPx - (columns - 1) * GRID_GAP_PX) / columns))
  return {
    columns,
    rows: Math.ceil(count / columns),
    cellPx,
    rowPx: Math.round(cellPx * 0.75) + CAPTION_PX + GRID_GAP_PX,
  }
}

/**
 * Where a key leads from a position; null for a key that leads nowhere.
 *
 * @param position -1 where nothing is current: every key leads to the first
 * @param rowsShown of a page up or down
 */
export function positionAfterKey(
  key: string,
  position: number,
  count: number,
  { columns }: Pick<GridLayout, 'columns'>,
  rowsShown: number,
): number | null {
  const step = {
    ArrowLeft: -1,
    ArrowRight: 1,
    ArrowUp: -columns,
    ArrowDown: columns,
    PageUp: -columns * rowsShown,
    PageDown: columns * rowsShown,
    Home: -count,
    End: count,
  }[key]
  if (step === undefined || count === 0) return null
  if (position < 0) return 0
  const wanted = position + step
  // Up from the first row and down from the last stay in their column's row.
  if (key === 'ArrowUp' && wanted < 0) return position
  if (key === 'ArrowDown' && wanted >= count) {
    return Math.floor(position / columns) < Math.floor((count - 1) / columns) ? count - 1 : position
  }
  return Math.min(count - 1, Math.max(0, wanted))
}

/** Thumbnails are made in few sizes, so that a drag of the splitter asks for none anew. */
export function thumbnailSidePx(cellPx: number, pixelRatio: number): number {
  const wanted = cellPx * pixelRatio
  return [128, 256, 384, 640].find((side) => side >= wanted) ?? 640
}
