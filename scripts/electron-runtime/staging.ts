import { mkdir, mkdtemp, readdir, rename, rm, statfs } from 'node:fs/promises'
import { existsSync } from 'node:fs'
import { dirname, join } from 'node:path'

const PREFIX = '.part-'

/** @throws Error when the file system of the folder has less room than that */
export async function requireFreeSpace(folder: string, bytes: number): Promise<void> {
  const { bavail, bsize } = await statfs(folder)
  const free = bavail * bsize
  if (free >= bytes) return
  const mib = (count: number): string => `${Math.ceil(count / 2 ** 20)} MiB`
  throw new Error(
    `${folder} has ${mib(free)} free, and ${mib(bytes)} are needed. ` +
      'Make room, or name a folder on another disk in LEXMASK_CACHE.',
  )
}

/** @throws Error when it cannot be written to */
export async function openCache(cache: string): Promise<void> {
  try {
    await mkdir(cache, { recursive: true })
    await rm(await mkdtemp(join(cache, PREFIX)), { recursive: true })
  } catch (error) {
    throw new Error(
      `The cache folder ${cache} cannot be written to: ${(error as Error).message}. ` +
        'Name another one in LEXMASK_CACHE.',
      { cause: error },
    )
  }
}

function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return true
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM'
  }
}

/** Removes what a killed run left behind; a folder of a process that runs is left alone. */
export async function removeAbandoned(cache: string): Promise<void> {
  for (const name of await readdir(cache)) {
    const pid = new RegExp(`^\\${PREFIX}(\\d+)-`).exec(name)?.[1]
    if (pid !== undefined && !isRunning(Number(pid)))
      await rm(join(cache, name), { recursive: true, force: true })
  }
}

/** Work in a folder of its own in the cache, gone afterwards. */
export async function withStaging<T>(
  cache: string,
  work: (folder: string) => Promise<T>,
): Promise<T> {
  const folder = await mkdtemp(join(cache, `${PREFIX}${process.pid}-`))
  try {
    return await work(folder)
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}

/**
 * Gives a finished folder its name, in one step. What is in the way is moved beside it, to go with the
 * staging, unless by then it is whole: another process was quicker, and the two are alike.
 */
export async function publish(
  folder: string,
  target: string,
  isWhole: (folder: string) => boolean,
): Promise<void> {
  if (existsSync(target)) {
    if (isWhole(target)) return
    await rename(target, join(dirname(folder), 'broken'))
  }
  try {
    await rename(folder, target)
  } catch (error) {
    if (!isWhole(target)) throw error
  }
}
