import { displayWidth, padColumns } from './display-width.ts'

/** Lines of a table for a terminal: its columns are as wide as their widest cell. The first row has all. */
export function tableLines(rows: readonly (readonly string[])[]): string[] {
  const widths = rows[0].map((_, column) =>
    Math.max(...rows.map((row) => displayWidth(row[column]))),
  )
  return rows.map((row) =>
    row
      .map((cell, column) => padColumns(cell, widths[column]))
      .join('  ')
      .trimEnd(),
  )
}
