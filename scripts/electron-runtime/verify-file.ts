import { createHash } from 'node:crypto'
import { createReadStream } from 'node:fs'
import { pipeline } from 'node:stream/promises'

async function digest(
  file: string,
  algorithm: string,
  encoding: 'hex' | 'base64',
): Promise<string> {
  const hash = createHash(algorithm)
  await pipeline(createReadStream(file), hash)
  return hash.digest(encoding)
}

/** @throws Error naming both, when the file is not the one that was pinned */
export async function verifySha256(file: string, sha256: string, name: string): Promise<void> {
  refuseOther(name, sha256, await digest(file, 'sha256', 'hex'))
}

/**
 * @param integrity one `algorithm-base64`, as in a lock file
 * @throws Error naming both, when the file is not the one that was pinned
 */
export async function verifyIntegrity(
  file: string,
  integrity: string,
  name: string,
): Promise<void> {
  const algorithm = integrity.slice(0, integrity.indexOf('-'))
  refuseOther(name, integrity, `${algorithm}-${await digest(file, algorithm, 'base64')}`)
}

function refuseOther(name: string, expected: string, actual: string): void {
  if (actual === expected) return
  throw new Error(
    `${name} is not the file that is pinned in scripts/electron-runtime/pin.ts, and is not used.\n` +
      `expected: ${expected}\n  actual: ${actual}\n` +
      'Start again; if it stays so, ask whoever runs the registry what it serves.',
  )
}
