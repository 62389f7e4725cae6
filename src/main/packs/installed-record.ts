import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { z } from 'zod'
import { writeFailure } from './install/file-failure.ts'
import { packFilesSchema } from './pack-files.ts'
import { readTextOf } from './regular-file.ts'

/** In the folder of an installed pack: what it was made of, to be held against later. */
export const RECORD_FILE = 'installed.json'
const RECORD_BYTES = 2 ** 24

const recordSchema = z.object({
  name: z.string(),
  /** ISO 8601 */
  installedAt: z.string(),
  /** All files of the pack, by their path in its folder. */
  files: packFilesSchema,
  /** Where they, or what they were converted from, came from. */
  sources: z.array(
    z.object({
      path: z.string(),
      url: z.string(),
      bytes: z.number().int().nonnegative(),
      sha256: z.string(),
      /** Who said what the file is to be: the list of packs, the host, or the person who gave it. */
      digestFrom: z.enum(['manifest', 'host', 'folder']),
    }),
  ),
})
export type InstalledRecord = z.infer<typeof recordSchema>

/** null when the folder has none that can be read: the pack was put there by hand. */
export async function readInstalledRecord(folder: string): Promise<InstalledRecord | null> {
  const text = await readTextOf(join(folder, RECORD_FILE), RECORD_BYTES).catch(() => null)
  if (text === null) return null
  try {
    return recordSchema.parse(JSON.parse(text))
  } catch {
    return null
  }
}

/** @throws LexmaskError FILE_UNWRITABLE, DISK_FULL */
export async function writeInstalledRecord(folder: string, record: InstalledRecord): Promise<void> {
  const file = join(folder, RECORD_FILE)
  await writeFile(file, `${JSON.stringify(record, null, 2)}\n`).catch((error: unknown) => {
    throw writeFailure(file, error)
  })
}
