/** Union-find with halved paths; the smallest number of a set is its root. */
export class DisjointSets {
  readonly #parent: Int32Array

  constructor(count: number) {
    this.#parent = Int32Array.from({ length: count }, (_, i) => i)
  }

  find(item: number): number {
    const parent = this.#parent
    while (parent[item] !== item) {
      parent[item] = parent[parent[item]]
      item = parent[item]
    }
    return item
  }

  unite(a: number, b: number): void {
    const rootA = this.find(a)
    const rootB = this.find(b)
    this.#parent[Math.max(rootA, rootB)] = Math.min(rootA, rootB)
  }
}
