import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import { writeAtomically } from '#main/formats/atomic-file.ts'
import { writeFailure } from '#main/formats/file-errors.ts'
import type { BenchReport } from './report-schema.ts'

/**
 * Writes `bench.json` and `bench.html` into a folder, which is made.
 *
 * @param page what `reportPage` gives
 *
 * @throws LexmaskError FILE_UNWRITABLE, DISK_FULL
 */
export async function writeReport(
  folder: string,
  report: BenchReport,
  page: string,
): Promise<void> {
  await mkdir(folder, { recursive: true }).catch((error: unknown) => {
    throw writeFailure(folder, error)
  })
  await writeAtomically(join(folder, 'bench.json'), (sink) =>
    sink.write(`${JSON.stringify(report, null, 2)}\n`),
  )
  await writeAtomically(join(folder, 'bench.html'), (sink) => sink.write(page))
}
