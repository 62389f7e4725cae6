import type { Size } from '#shared/geometry/size.ts'

/**
 * The guided filter with a colour guide (He, Sun and Tang, ECCV 2010, equations 14 to 16): in every
 * square window the input is fitted as a linear function of the guide's colour, and what the fits of
 * all windows around a pixel say of it is averaged. The time does not depend on the radius.
 *
 * @param guide [3 planes of height * width], in 0..1
 * @param input [height * width], in 0..1
 * @param radius of the windows, in whole pixels
 * @param epsilon variances of colour below it are not fitted
 * @returns Float64Array // [height * width], about 0..1
 */
export function guidedFilter(
  guide: readonly [Float64Array, Float64Array, Float64Array],
  input: Float64Array,
  size: Size,
  radius: number,
  epsilon: number,
): Float64Array {
  const pixels = size.height * size.width
  const share = boxSums(new Float64Array(pixels).fill(1), size, radius).map((count) => 1 / count)
  const mean = (plane: Float64Array) => {
    const sums = boxSums(plane, size, radius)
    for (let i = 0; i < pixels; i++) sums[i] *= share[i]
    return sums
  }
  const meanOfProduct = (a: Float64Array, b: Float64Array) =>
    mean(a.map((value, i) => value * b[i]))
  const [red, green, blue] = guide
  const [r, g, b] = guide.map(mean)
  const p = mean(input)
  const [rp, gp, bp] = guide.map((plane) => meanOfProduct(plane, input))
  const [rr, rg, rb] = guide.map((plane) => meanOfProduct(red, plane))
  const [gg, gb] = [meanOfProduct(green, green), meanOfProduct(green, blue)]
  const bb = meanOfProduct(blue, blue)
  // The planes of products with the input, and its mean, become those of the fits.
  for (let i = 0; i < pixels; i++) {
    const crr = rr[i] - r[i] * r[i] + epsilon
    const crg = rg[i] - r[i] * g[i]
    const crb = rb[i] - r[i] * b[i]
    const cgg = gg[i] - g[i] * g[i] + epsilon
    const cgb = gb[i] - g[i] * b[i]
    const cbb = bb[i] - b[i] * b[i] + epsilon
    const vr = rp[i] - r[i] * p[i]
    const vg = gp[i] - g[i] * p[i]
    const vb = bp[i] - b[i] * p[i]
    // The inverse of the symmetric covariance by its cofactors.
    const irr = cgg * cbb - cgb * cgb
    const irg = crb * cgb - crg * cbb
    const irb = crg * cgb - crb * cgg
    const igg = crr * cbb - crb * crb
    const igb = crg * crb - crr * cgb
    const ibb = crr * cgg - crg * crg
    const determinant = crr * irr + crg * irg + crb * irb
    rp[i] = (irr * vr + irg * vg + irb * vb) / determinant
    gp[i] = (irg * vr + igg * vg + igb * vb) / determinant
    bp[i] = (irb * vr + igb * vg + ibb * vb) / determinant
    p[i] -= rp[i] * r[i] + gp[i] * g[i] + bp[i] * b[i]
  }
  const [ofRed, ofGreen, ofBlue, offset] = [rp, gp, bp, p].map(mean)
  for (let i = 0; i < pixels; i++) {
    offset[i] += ofRed[i] * red[i] + ofGreen[i] * green[i] + ofBlue[i] * blue[i]
  }
  return offset
}

/** Of the square of `radius` around every pixel, as far as the image goes. */
export function boxSums(
  plane: Float64Array,
  { height, width }: Size,
  radius: number,
): Float64Array {
  const ofRows = new Float64Array(height * width)
  for (let y = 0; y < height; y++) {
    const row = y * width
    let sum = 0
    for (let x = 0; x < Math.min(radius, width); x++) sum += plane[row + x]
    for (let x = 0; x < width; x++) {
      if (x + radius < width) sum += plane[row + x + radius]
      if (x > radius) sum -= plane[row + x - radius - 1]
      ofRows[row + x] = sum
    }
  }
  const sums = new Float64Array(height * width)
  const column = new Float64Array(width)
  const addRow = (y: number, sign: number) => {
    for (let x = 0; x < width; x++) column[x] += sign * ofRows[y * width + x]
  }
  for (let y = 0; y < Math.min(radius, height); y++) addRow(y, 1)
  for (let y = 0; y < height; y++) {
    if (y + radius < height) addRow(y + radius, 1)
    if (y > radius) addRow(y - radius - 1, -1)
    sums.set(column, y * width)
  }
  return sums
}
