import type { ChildProcess } from 'node:child_process'

const START_LIMIT_MS = 60_000

/** The address in what `lexmask serve` prints once it serves, or null before that. */
export function findServedUrl(output: string): string | null {
  return /^Lexmask: (http:\/\/\S+)\r?\n/m.exec(output)?.[1] ?? null
}

/**
 * Waits until a server has said where it serves.
 * @throws Error with all that it said, when it ends before or takes too long
 */
export function readServedUrl(server: ChildProcess, log: () => string): Promise<string> {
  return new Promise((resolve, reject) => {
    const fail = (what: string): void => reject(new Error(`lexmask serve ${what}:\n${log()}`))
    const limit = setTimeout(() => fail(`named no address in ${START_LIMIT_MS} ms`), START_LIMIT_MS)
    let output = ''
    server.stdout?.on('data', (bytes: Buffer) => {
      output += bytes.toString()
      const url = findServedUrl(output)
      if (url === null) return
      clearTimeout(limit)
      resolve(url)
    })
    server.once('error', reject)
    server.once('exit', (code) => {
      clearTimeout(limit)
      fail(`ended with ${code} before it served`)
    })
  })
}
