import { randomBytes } from 'node:crypto'
import { open, readdir, realpath, rename, rm, stat, type FileHandle } from 'node:fs/promises'
import { dirname, join, resolve } from 'node:path'
import { writeFailure } from './file-errors.ts'

/** Written at once; small enough to stay out of the way, large enough that calls do not count. */
const BUFFER_CHARACTERS = 2 ** 18

/** Text that goes to a file piece by piece. */
class BufferedText {
  readonly handle: FileHandle
  #pieces: string[] = []
  #characters = 0

  constructor(handle: FileHandle) {
    this.handle = handle
  }

  async write(text: string): Promise<void> {
    this.#pieces.push(text)
    this.#characters += text.length
    if (this.#characters >= BUFFER_CHARACTERS) await this.flush()
  }

  async flush(): Promise<void> {
    const text = this.#pieces.join('')
    this.#pieces = []
    this.#characters = 0
    if (text !== '') await this.handle.appendFile(text)
  }
}

/** A process that was killed leaves them behind; one that is at work writes to them all the time. */
const LEFT_OVER = /^\.lexmask-[0-9a-f]{12}\.(part|spool)$/
const LEFT_OVER_AFTER_MS = 24 * 3_600_000

/** What `writeAtomically` gives to its caller. */
export interface TextSink {
  write(text: string): Promise<void>
  /**
   * Text for later in the file than what is not known yet: kept in a file beside, not in memory,
   * until `unspool` puts it in.
   */
  spool(text: string): Promise<void>
  unspool(): Promise<void>
}

/**
 * Writes a file as a whole or not at all: the text goes into a file beside it, which takes its place
 * once it lies on the disk. Whatever fails, in here or in `produce`, leaves what was there before
 * and nothing else. A link is followed, so that its target is replaced and not the link.
 *
 * @throws LexmaskError FILE_UNWRITABLE, DISK_FULL; and whatever `produce` throws
 */
export async function writeAtomically<T>(
  file: string,
  produce: (sink: TextSink) => Promise<T>,
): Promise<T> {
  const target = await realpath(file).catch(() => resolve(file))
  // Short and plain, as the target's own name may be as long as the system allows.
  const beside = join(dirname(target), `.lexmask-${randomBytes(6).toString('hex')}`)
  const partPath = `${beside}.part`
  const spoolPath = `${beside}.spool`
  const opened: FileHandle[] = []
  const openNew = async (path: string) => {
    const handle = await open(path, 'wx+')
    opened.push(handle)
    return new BufferedText(handle)
  }
  /** Errors of `produce` are its own; those of the disk are told in terms of the target. */
  const onDisk = async <R>(work: () => Promise<R>): Promise<R> => {
    try {
      return await work()
    } catch (error) {
      throw writeFailure(file, error)
    }
  }

  try {
    await onDisk(() => refuseUnlessFile(target))
    await removeLeftOvers(dirname(target))
    const part = await onDisk(() => openNew(partPath))
    let spooled: BufferedText | null = null
    const result = await produce({
      write: (text) => onDisk(() => part.write(text)),
      spool: (text) =>
        onDisk(async () => {
          spooled ??= await openNew(spoolPath)
          await spooled.write(text)
        }),
      unspool: () =>
        onDisk(async () => {
          if (spooled === null) return
          await spooled.flush()
          await part.flush()
          await copyFromStart(spooled.handle, part.handle)
          await spooled.handle.truncate(0)
        }),
    })
    await onDisk(async () => {
      await part.flush()
      await part.handle.sync()
      for (const handle of opened) await handle.close()
      await rename(partPath, target)
      await syncFolder(dirname(target))
    })
    return result
  } finally {
    for (const handle of opened) await handle.close().catch(() => {})
    await rm(partPath, { force: true }).catch(() => {})
    await rm(spoolPath, { force: true }).catch(() => {})
  }
}

/**
 * A folder cannot be replaced, and a pipe or a device must not be: `/dev/null` would be a file then.
 *
 * @throws Error of the system's kind, for `writeFailure`
 */
export async function refuseUnlessFile(path: string): Promise<void> {
  const found = await stat(path).catch(() => null)
  if (found === null || found.isFile()) return
  const [code, what] = found.isDirectory() ? ['EISDIR', 'a folder'] : ['ENXIO', 'no file']
  throw Object.assign(new Error(what), { code })
}

async function removeLeftOvers(folder: string): Promise<void> {
  const names = await readdir(folder).catch(() => [])
  for (const name of names.filter((one) => LEFT_OVER.test(one))) {
    const path = join(folder, name)
    const facts = await stat(path).catch(() => null)
    if (facts !== null && Date.now() - facts.mtimeMs > LEFT_OVER_AFTER_MS)
      await rm(path, { force: true }).catch(() => undefined)
  }
}

async function copyFromStart(from: FileHandle, to: FileHandle): Promise<void> {
  const buffer = Buffer.allocUnsafe(2 ** 20)
  let position = 0
  for (;;) {
    const { bytesRead } = await from.read(buffer, 0, buffer.length, position)
    if (bytesRead === 0) return
    await to.appendFile(buffer.subarray(0, bytesRead))
    position += bytesRead
  }
}

/** Without it a power failure may forget the new name. Windows has no such call, and no need. */
async function syncFolder(folder: string): Promise<void> {
  try {
    const handle = await open(folder, 'r')
    await handle.sync().finally(() => handle.close())
  } catch {
    // The file itself is safe; only which of the two names it has is left to the system.
  }
}
