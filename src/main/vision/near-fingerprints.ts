/** A 64-bit fingerprint as 16 hexadecimal digits, and what it is of. */
export interface Fingerprint {
  readonly id: number
  readonly hash: string
}

/** Bits in which two fingerprints differ. */
export function hammingDistance(a: string, b: string): number {
  return ones(high(a) ^ high(b)) + ones(low(a) ^ low(b))
}

/**
 * Groups in which each differs from another one in at most `distance` bits; those of one are left
 * out. Two that differ in so few bits share one of `distance + 1` parts, so that only those with a part
 * in common are compared (Manku, Jain & Das Sarma 2007).
 *
 * @param distance 0..15
 * @returns ids, in ascending order; the groups by their first
 */
export function* nearGroups(
  fingerprints: readonly Fingerprint[],
  distance: number,
): Generator<undefined, number[][], undefined> {
  const parents = fingerprints.map((_, i) => i)
  const rootOf = (i: number): number => {
    while (parents[i] !== i) {
      parents[i] = parents[parents[i]]
      i = parents[i]
    }
    return i
  }
  const words = fingerprints.map(({ hash }) => [high(hash), low(hash)] as const)
  const value = fingerprints.map(({ hash }) => BigInt(`0x${hash}`))
  const parts = distance + 1
  for (let part = 0; part < parts; part++) {
    const from = BigInt(Math.floor((64 * part) / parts))
    const mask = (1n << (BigInt(Math.floor((64 * (part + 1)) / parts)) - from)) - 1n
    const byPart = new Map<bigint, number[]>()
    for (let i = 0; i < value.length; i++) {
      const key = (value[i] >> from) & mask
      const others = byPart.get(key)
      if (!others) {
        byPart.set(key, [i])
        continue
      }
      for (const other of others) {
        const bits = ones(words[i][0] ^ words[other][0]) + ones(words[i][1] ^ words[other][1])
        if (bits <= distance) parents[rootOf(i)] = rootOf(other)
      }
      others.push(i)
      if (i % 256 === 0) yield
    }
  }
  const groups = new Map<number, number[]>()
  fingerprints.forEach(({ id }, i) => {
    const root = rootOf(i)
    groups.set(root, [...(groups.get(root) ?? []), id])
  })
  return [...groups.values()]
    .filter((ids) => ids.length > 1)
    .map((ids) => ids.sort((a, b) => a - b))
    .sort((a, b) => a[0] - b[0])
}

const high = (hash: string): number => Number.parseInt(hash.slice(0, 8), 16) | 0
const low = (hash: string): number => Number.parseInt(hash.slice(8), 16) | 0

/** Set bits of 32. */
function ones(bits: number): number {
  bits -= (bits >>> 1) & 0x55555555
  bits = (bits & 0x33333333) + ((bits >>> 2) & 0x33333333)
  return (((bits + (bits >>> 4)) & 0x0f0f0f0f) * 0x01010101) >>> 24
}
