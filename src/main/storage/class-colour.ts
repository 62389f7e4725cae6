/** Fraction of the circle that keeps any number of successive hues apart: the golden angle. */
const GOLDEN_ANGLE = 0.381966

/** A colour for the n-th class, as #rrggbb: strong enough to be seen on any photo. */
export function classColour(n: number): string {
  const hue = (n * GOLDEN_ANGLE) % 1
  const saturation = 0.75
  const value = 0.95
  // HSV to RGB by the distance of the hue to each primary.
  const channel = (primary: number) => {
    const distance = Math.abs(((((hue - primary) % 1) + 1.5) % 1) - 0.5) * 6
    const strength = Math.min(Math.max(2 - distance, 0), 1)
    return value * (1 - saturation * (1 - strength))
  }
  return `#${[0, 1 / 3, 2 / 3].map((primary) => hex(channel(primary))).join('')}`
}

function hex(channel: number): string {
  return Math.round(channel * 255)
    .toString(16)
    .padStart(2, '0')
}
