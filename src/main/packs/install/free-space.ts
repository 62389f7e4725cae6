import { statfs } from 'node:fs/promises'
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
