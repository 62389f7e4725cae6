import { html, type Markup } from './markup.ts'

/** Pixels of a plot, and what is left around it for the axes. */
const WIDTH = 360
const HEIGHT = 220
const LEFT = 42
const RIGHT = 12
const TOP = 14
const BOTTOM = 36
const INNER_WIDTH = WIDTH - LEFT - RIGHT
const INNER_HEIGHT = HEIGHT - TOP - BOTTOM

const px = (value: number): string => value.toFixed(1)

interface Axis {
  readonly label: string
  /** Places in 0..1 with what stands there. */
  readonly ticks: readonly { readonly at: number; readonly text: string }[]
}

function plot(title: string, x: Axis, y: Axis, marks: readonly Markup[]): Markup {
  return html`<svg class="plot" viewBox="0 0 ${WIDTH} ${HEIGHT}" role="img" aria-label="${title}">
    ${y.ticks.map(({ at, text }) => {
      const level = px(TOP + INNER_HEIGHT * (1 - at))
      return html`<line
          class="grid"
          x1="${LEFT}"
          x2="${WIDTH - RIGHT}"
          y1="${level}"
          y2="${level}"
        />
        <text class="tick" x="${LEFT - 6}" y="${level}" dy="0.32em" text-anchor="end"
          >${text}</text
        >`
    })}
    ${x.ticks.map(
      ({ at, text }) =>
        html`<text
          class="tick"
          x="${px(LEFT + INNER_WIDTH * at)}"
          y="${HEIGHT - BOTTOM + 14}"
          text-anchor="middle"
        >
          ${text}
        </text>`,
    )}
    <text class="axis" x="${LEFT + INNER_WIDTH / 2}" y="${HEIGHT - 4}" text-anchor="middle">
      ${x.label}
    </text>
    <text class="axis" x="${LEFT}" y="${TOP - 4}">${y.label}</text>
    ${marks}
  </svg>`
}

const TENTHS: Axis['ticks'] = [0, 0.2, 0.4, 0.6, 0.8, 1].map((at) => ({ at, text: at.toFixed(1) }))

/** @param series at most four, each with values at evenly spaced places of 0..1 */
export function curvePlot(
  title: string,
  axes: { readonly x: string; readonly y: string },
  series: readonly { readonly name: string; readonly values: readonly number[] }[],
): Markup {
  const marks = series.map(({ values }, s) => {
    const points = values
      .map((value, i) => {
        const x = LEFT + (INNER_WIDTH * i) / (values.length - 1)
        return `${px(x)},${px(TOP + INNER_HEIGHT * (1 - value))}`
      })
      .join(' ')
    return html`<polyline class="line series-${s + 1}" points="${points}" />`
  })
  return html`${plot(title, { label: axes.x, ticks: TENTHS }, { label: axes.y, ticks: TENTHS }, marks)}
  ${legend(series.map(({ name }) => name))}`
}

/** Lines through a few named places of the x axis. */
export function stepsPlot(
  title: string,
  axes: { readonly x: string; readonly y: string },
  places: readonly string[],
  series: readonly { readonly name: string; readonly values: readonly number[] }[],
): Markup {
  const at = (i: number): number => (i + 0.5) / places.length
  const marks = series.map(({ values }, s) => {
    const points = values.map((value, i) => ({
      x: px(LEFT + INNER_WIDTH * at(i)),
      y: px(TOP + INNER_HEIGHT * (1 - Math.max(0, value))),
    }))
    return html`<polyline
        class="line series-${s + 1}"
        points="${points.map(({ x, y }) => `${x},${y}`).join(' ')}"
      />
      ${points.map(({ x, y }) => html`<circle class="dot series-${s + 1}" cx="${x}" cy="${y}" r="3" />`)}`
  })
  const ticks = places.map((text, i) => ({ at: at(i), text }))
  return html`${plot(title, { label: axes.x, ticks }, { label: axes.y, ticks: TENTHS }, marks)}
  ${legend(series.map(({ name }) => name))}`
}

/**
 * Bars of equal width over 0..1, the right ones on the wrong ones. Heights go with the square root, as the
 * many at low scores would flatten all others.
 */
export function histogramPlot(
  title: string,
  { right, wrong }: { readonly right: readonly number[]; readonly wrong: readonly number[] },
): Markup {
  const totals = right.map((count, i) => count + wrong[i])
  const most = Math.max(1, ...totals)
  const height = (count: number): number => Math.sqrt(count / most)
  const width = INNER_WIDTH / right.length
  const bar = (kind: string, i: number, from: number, to: number): Markup =>
    html`<rect
      class="${kind}"
      x="${px(LEFT + i * width + 0.75)}"
      width="${px(width - 1.5)}"
      y="${px(TOP + INNER_HEIGHT * (1 - to))}"
      height="${px(INNER_HEIGHT * (to - from))}"
    />`
  const marks = totals.map((total, i) => [
    bar('right', i, 0, height(right[i])),
    bar('wrong', i, height(right[i]), height(total)),
  ])
  const ticks = [0, 0.25, 0.5, 0.75, 1].map((at) => ({
    at,
    text: String(Math.round(most * at ** 2)),
  }))
  return html`${plot(
      title,
      { label: 'score', ticks: TENTHS },
      { label: 'detections (square-root scale)', ticks },
      marks.flat(),
    )}
    <p class="legend">${keyed('right', 'found an object')}${keyed('wrong', 'found none')}</p>`
}

/** Parts of a whole in a row, each as wide as its share. */
export function shareBar(
  parts: readonly { readonly name: string; readonly value: number }[],
): Markup {
  const total = parts.reduce((sum, { value }) => sum + value, 0)
  let from = 0
  const marks = parts.map(({ name, value }, i) => {
    const width = total === 0 ? 0 : (100 * value) / total
    const mark = html`<rect
      class="part-${(i % 8) + 1}"
      x="${from.toFixed(2)}%"
      width="${width.toFixed(2)}%"
      height="14"
      ><title>${name}</title></rect
    >`
    from += width
    return mark
  })
  return html`<svg class="shares" height="14" role="img" aria-label="shares of the time">
      ${marks}
    </svg>
    <p class="legend">
      ${parts.map(({ name, value }, i) => keyed(`part-${(i % 8) + 1}`, `${name} ${value.toFixed(1)}`))}
    </p>`
}

const keyed = (kind: string, name: string): Markup =>
  html`<span class="item"><span class="key ${kind}"></span>${name}</span>`

const legend = (names: readonly string[]): Markup =>
  html`<p class="legend">${names.map((name, i) => keyed(`series-${i + 1}`, name))}</p>`
