import type { PackCheckReport } from '#shared/contract/commands.ts'
import { failureOfError } from '#shared/contract/errors.ts'
import { describedFiles, type Pack } from './find-packs.ts'
import { inspectGraphs } from './inspect/inspect-graphs.ts'
import { readInstalledRecord } from './installed-record.ts'
import type { PackFiles } from './pack-files.ts'
import { verifyFile } from './verify.ts'

/** A pack, or the folder of one that cannot be described any more. */
type Checkable = Pack | { readonly name: string; readonly folder: string; readonly kind: null }

/**
 * Holds the files of a pack against what was recorded when it was installed, or else against what it
 * says of itself, and looks through its graphs. Nothing is changed or deleted, whatever is found.
 */
export async function verifyPack(pack: Checkable): Promise<PackCheckReport> {
  const { name, folder } = pack
  const expected = await expectedFiles(pack)
  const faults: string[] = []
  for (const [file, digests] of Object.entries(expected)) {
    try {
      await verifyFile(folder, file, digests)
    } catch (error) {
      faults.push(failureOfError(error).message)
    }
  }
  // The graphs of a damaged file say nothing more.
  if (faults.length === 0 && pack.kind !== null) {
    for (const { file, fault } of await inspectGraphs(pack)) faults.push(`${file}: ${fault}`)
  }
  const checked = Object.keys(expected).length
  return { name, folder, isWhole: faults.length === 0, checked, faults }
}

async function expectedFiles(pack: Checkable): Promise<PackFiles> {
  const record = await readInstalledRecord(pack.folder)
  if (record) return record.files
  return pack.kind === null ? {} : describedFiles(pack)
}
