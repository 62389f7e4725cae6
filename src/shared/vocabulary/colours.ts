type Lab = readonly [lightness: number, a: number, b: number]

/** OKLab of a colour, by Björn Ottosson's published matrices (bottosson.github.io/posts/oklab). */
function labOfColour(colour: string): Lab {
  const [r, g, b] = [1, 3, 5].map((at) => {
    const value = parseInt(colour.slice(at, at + 2), 16) / 255
    return value <= 0.04045 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4
  })
  const l = Math.cbrt(0.4122214708 * r + 0.5363325363 * g + 0.0514459929 * b)
  const m = Math.cbrt(0.2119034982 * r + 0.6806995451 * g + 0.1073969566 * b)
  const s = Math.cbrt(0.0883024619 * r + 0.2817188376 * g + 0.6299787005 * b)
  return [
    0.2104542553 * l + 0.793617785 * m - 0.0040720468 * s,
    1.9779984951 * l - 2.428592205 * m + 0.4505937099 * s,
    0.0259040371 * l + 0.7827717662 * m - 0.808675766 * s,
  ]
}

const distance = (p: Lab, q: Lab): number => Math.hypot(p[0] - q[0], p[1] - q[1], p[2] - q[2])

interface Candidate {
  readonly colour: string
  readonly lab: Lab
}

/** Steps of a channel: a grid of 9 x 9 x 9 colours is fine enough that none looks like its neighbour. */
const STEPS = ['00', '20', '40', '60', '80', 'a0', 'c0', 'e0', 'ff']

/** Strong enough to be told from the greys of a photo, light enough to carry dark text. */
const MIN_CHROMA = 0.1
const MIN_LIGHTNESS = 0.5
const MAX_LIGHTNESS = 0.92

let grid: readonly Candidate[] | undefined

function candidates(): readonly Candidate[] {
  grid ??= STEPS.flatMap((r) => STEPS.flatMap((g) => STEPS.map((b) => `#${r}${g}${b}`)))
    .map((colour) => ({ colour, lab: labOfColour(colour) }))
    .filter(
      ({ lab: [lightness, a, b] }) =>
        Math.hypot(a, b) >= MIN_CHROMA && lightness >= MIN_LIGHTNESS && lightness <= MAX_LIGHTNESS,
    )
  return grid
}

/**
 * A colour for each place that has none. Each new one is the candidate that is farthest (in OKLab)
 * from all that are there, so it depends on them alone: a class keeps its colour when others come.
 * When a vocabulary has used every candidate, they are given out once more.
 *
 * @param colours #rrggbb, or null where one is wanted
 */
export function assignColours(colours: readonly (string | null)[]): string[] {
  const choices = candidates()
  let nearest = new Float64Array(choices.length)
  const restart = (): void => {
    // Black and white stay far from every colour: they are the text and the paper of the window.
    nearest = Float64Array.from(choices, ({ lab }) =>
      Math.min(distance(lab, [0, 0, 0]), distance(lab, [1, 0, 0])),
    )
  }
  const keepAway = (from: Lab): void => {
    choices.forEach(({ lab }, i) => (nearest[i] = Math.min(nearest[i], distance(lab, from))))
  }
  restart()
  for (const colour of colours) if (colour !== null) keepAway(labOfColour(colour))
  return colours.map((colour) => {
    if (colour !== null) return colour
    let best = nearest.indexOf(Math.max(...nearest))
    if (nearest[best] === 0) {
      restart()
      best = nearest.indexOf(Math.max(...nearest))
    }
    keepAway(choices[best].lab)
    return choices[best].colour
  })
}

/** The colour of the next class, told apart from those in use. */
export function nextColour(used: readonly string[]): string {
  return assignColours([...used, null])[used.length]
}
