/** [red, green, blue] of 0..255, sRGB. */
export type Rgb = readonly [red: number, green: number, blue: number]

/** @param colour #rrggbb */
export function rgbOfColour(colour: string): Rgb {
  const value = parseInt(colour.slice(1), 16)
  return [(value >> 16) & 255, (value >> 8) & 255, value & 255]
}

/** Relative luminance, 0..1, by WCAG 2.2. */
export function luminance(colour: Rgb): number {
  const [r, g, b] = colour.map((channel) => {
    const value = channel / 255
    return value <= 0.04045 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4
  })
  return 0.2126 * r + 0.7152 * g + 0.0722 * b
}

/** WCAG's ratio, 1..21. */
export function contrast(a: Rgb, b: Rgb): number {
  const [darker, lighter] = [luminance(a), luminance(b)].sort((p, q) => p - q)
  return (lighter + 0.05) / (darker + 0.05)
}

const INK: Rgb = [16, 18, 22]
const PAPER: Rgb = [255, 255, 255]

/** Near-black or white, whichever is easier to read on the colour. */
export function textColourOn(background: Rgb): Rgb {
  return contrast(background, INK) >= contrast(background, PAPER) ? INK : PAPER
}

/** What sets a line of this colour off from a background of its own colour: dark, or light for a dark line. */
export function edgeColourOf(line: Rgb): Rgb {
  return textColourOn(line)
}
