import type { ColumnRuns } from '../column-runs.ts'
import { DisjointSets } from '../disjoint-sets.ts'

/** By sides alone, as the set pixels of a part; or also by corners, as what is not set. */
export type Connectivity = 'sides' | 'sides-and-corners'

/** @returns Int32Array // [runs] the connected part of each column run, named by its first run */
export function labelRuns(
  { width, firstRun, ends }: ColumnRuns,
  connectivity: Connectivity,
): Int32Array {
  const runs = ends.length / 2
  const parts = new DisjointSets(runs)
  const slack = connectivity === 'sides' ? 0 : 1
  for (let column = 1; column < width; column++) {
    let a = firstRun[column - 1]
    let b = firstRun[column]
    const endA = firstRun[column]
    const endB = firstRun[column + 1]
    while (a < endA && b < endB) {
      const shared =
        Math.min(ends[2 * a + 1], ends[2 * b + 1]) - Math.max(ends[2 * a], ends[2 * b]) + slack
      if (shared > 0) parts.unite(a, b)
      if (ends[2 * a + 1] < ends[2 * b + 1]) a++
      else b++
    }
  }
  return Int32Array.from({ length: runs }, (_, run) => parts.find(run))
}
