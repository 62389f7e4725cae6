/** The account that owns nothing, on Debian and most other systems. */
const NOBODY = 65_534

/**
 * Run something as a user to whom permissions apply: root may read everything. What it is to reach
 * must be open to anyone.
 */
export async function asOrdinaryUser<T>(work: () => Promise<T>): Promise<T> {
  if (process.geteuid?.() !== 0 || !process.seteuid) return work()
  process.seteuid(NOBODY)
  try {
    return await work()
  } finally {
    process.seteuid(0)
  }
}
