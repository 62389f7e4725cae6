export interface Line {
  readonly name: string
  readonly colour: string
  readonly isDashed: boolean
  readonly points: readonly (readonly [x: number, y: number])[]
}

export interface Panel {
  readonly title: string
  readonly lines: readonly Line[]
}

const WIDTH = 360
const HEIGHT = 230
const MARGIN = { left: 46, top: 30, right: 12, bottom: 34 }
const STEPS = [1, 2, 5, 10]

/** Panels of lines over the number of answers, two in a row, with one legend. */
export function drawPlot(panels: readonly Panel[]): string {
  const rows = Math.ceil(panels.length / 2)
  const size = `${2 * WIDTH} ${rows * HEIGHT + 28}`
  const legend = panels[0].lines.map(({ name, colour, isDashed }, i) => {
    const x = MARGIN.left + i * 220
    const y = rows * HEIGHT + 10
    return (
      `<path d="M${x} ${y}h24" stroke="${colour}" stroke-width="2"${dash(isDashed)}/>` +
      `<text x="${x + 30}" y="${y + 4}">${name}</text>`
    )
  })
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${size}" font-family="sans-serif" font-size="11" fill="#333">`,
    `<rect width="100%" height="100%" fill="#fff"/>`,
    ...panels.map((panel, i) => {
      const at = `${(i % 2) * WIDTH} ${Math.floor(i / 2) * HEIGHT}`
      return `<g transform="translate(${at})">${drawPanel(panel)}</g>`
    }),
    ...legend,
    '</svg>',
    '',
  ].join('\n')
}

const dash = (isDashed: boolean): string => (isDashed ? ' stroke-dasharray="4 3"' : '')

function drawPanel({ title, lines }: Panel): string {
  const all = lines.flatMap(({ points }) => points)
  const right = niceStep(Math.max(...all.map(([x]) => x)))
  const values = all.map(([, y]) => y)
  const bottom = Math.min(...values) / Math.max(...values) < 0.5 ? 0 : Math.min(...values)
  const unit = niceStep(Math.max(...values) - bottom)
  const low = Math.floor(bottom / unit) * unit
  const high = Math.ceil(Math.max(...values) / unit) * unit
  const last = Math.max(...all.map(([x]) => x))
  const toX = (x: number): number => MARGIN.left + (x / last) * (WIDTH - MARGIN.left - MARGIN.right)
  const toY = (y: number): number =>
    HEIGHT - MARGIN.bottom - ((y - low) / (high - low)) * (HEIGHT - MARGIN.top - MARGIN.bottom)
  const parts = [`<text x="${MARGIN.left}" y="18" font-weight="bold">${title}</text>`]
  for (let y = low; y <= high + unit / 2; y += unit) {
    const text = Number(y.toPrecision(6))
    parts.push(
      `<path d="M${MARGIN.left} ${toY(y).toFixed(1)}H${WIDTH - MARGIN.right}" stroke="#ddd"/>`,
      `<text x="${MARGIN.left - 6}" y="${(toY(y) + 4).toFixed(1)}" text-anchor="end">${text}</text>`,
    )
  }
  for (let x = 0; x <= last; x += right) {
    const y = HEIGHT - MARGIN.bottom + 16
    parts.push(`<text x="${toX(x).toFixed(1)}" y="${y}" text-anchor="middle">${x}</text>`)
  }
  for (const { points, colour, isDashed } of lines) {
    const path = points.map(([x, y]) => `${toX(x).toFixed(1)} ${toY(y).toFixed(1)}`).join('L')
    parts.push(
      `<path d="M${path}" fill="none" stroke="${colour}" stroke-width="2"${dash(isDashed)}/>`,
    )
  }
  return parts.join('\n')
}

/** About five steps to the range. */
function niceStep(range: number): number {
  const power = 10 ** Math.floor(Math.log10(range / 5))
  return power * (STEPS.find((step) => step * power >= range / 5) ?? 10)
}
