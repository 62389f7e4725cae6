import { metricText } from '../row-labels.ts'
import { html, type Markup } from './markup.ts'

export const cell = (value: number | null | undefined): Markup =>
  html`<td>${metricText(value)}</td>`

/** @param head and rows: cells, and rows of them */
export const table = (head: Markup, rows: readonly Markup[]): Markup =>
  html`<div class="scroll">
    <table>
      <thead>
        <tr>
          ${head}
        </tr>
      </thead>
      <tbody>
        ${rows}
      </tbody>
    </table>
  </div>`

/** With a bar as long as the value. */
export const scoreCell = (value: number): Markup =>
  html`<td class="score" style="--part: ${(100 * Math.max(0, value)).toFixed(1)}%">
    ${metricText(value)}
  </td>`
