import { readdir, stat, statfs } from 'node:fs/promises'
import { join } from 'node:path'
import { LexmaskError } from '#shared/contract/errors.ts'

const mib = (bytes: number): string => `${Math.ceil(bytes / 2 ** 20)} MiB`

/** @throws LexmaskError DISK_FULL before anything is written */
export async function assertFits(neededBytes: number, root: string): Promise<void> {
  const { bavail, bsize } = await statfs(root)
  const free = bavail * bsize
  if (neededBytes < free) return
  throw new LexmaskError(
    'DISK_FULL',
    `The pack needs ${mib(neededBytes)}, and ${root} has ${mib(free)} left. Make room and try again.`,
    { needed: neededBytes, free, path: root },
  )
}

/** Of all files in a folder and the folders in it. */
export async function bytesIn(folder: string): Promise<number> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true })
  const files = entries.filter((entry) => !entry.isDirectory())
  const sizes = files.map(async ({ parentPath, name }) => (await stat(join(parentPath, name))).size)
  return (await Promise.all(sizes)).reduce((sum, size) => sum + size, 0)
}
