/**
 * Cholesky's decomposition A = L·Lᵀ of a symmetric positive definite matrix, in its own place; what
 * stands above the diagonal is neither read nor written.
 *
 * @param matrix Float64Array // [n, n] row-major; its lower triangle becomes L
 * @throws RangeError when the matrix is not positive definite
 */
export function decomposeCholesky(matrix: Float64Array, n: number): void {
  for (let row = 0; row < n; row++) {
    const at = row * n
    for (let column = 0; column <= row; column++) {
      const other = column * n
      let sum = matrix[at + column]
      for (let k = 0; k < column; k++) sum -= matrix[at + k] * matrix[other + k]
      if (column < row) {
        matrix[at + column] = sum / matrix[other + column]
      } else {
        if (!(sum > 0)) throw new RangeError(`The matrix is not positive definite in row ${row}.`)
        matrix[at + row] = Math.sqrt(sum)
      }
    }
  }
}

/**
 * Solves A·x = b for the A that was decomposed.
 *
 * @param lower Float64Array // [n, n], of `decomposeCholesky`
 * @param vector Float64Array // [n]; b becomes x
 */
export function solveCholesky(lower: Float64Array, n: number, vector: Float64Array): void {
  for (let row = 0; row < n; row++) {
    let sum = vector[row]
    for (let k = 0; k < row; k++) sum -= lower[row * n + k] * vector[k]
    vector[row] = sum / lower[row * n + row]
  }
  // Lᵀ by columns, which are the rows of L: memory is read in its order.
  for (let row = n - 1; row >= 0; row--) {
    vector[row] /= lower[row * n + row]
    for (let k = 0; k < row; k++) vector[k] -= lower[row * n + k] * vector[row]
  }
}
