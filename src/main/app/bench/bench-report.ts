import { cpus, release, totalmem, type } from 'node:os'
import { objectsOf, type BenchData } from './bench-data.ts'
import { BENCH_REPORT_VERSION, benchReportSchema, type BenchReport } from './report-schema.ts'
import type { BenchResults } from './run-bench.ts'

export interface ReportFacts {
  readonly data: BenchData
  readonly results: BenchResults
  /** Of the product. */
  readonly version: string
  /** As it was given. */
  readonly command: string
  readonly createdAt: Date
}

/** The report for a program; `bench.html` shows the same. */
export function reportOf({ data, results, version, command, createdAt }: ReportFacts): BenchReport {
  const { rows, proposals, regions, notRun } = results
  const objects = data.images.flatMap(objectsOf)
  const all = data.images.reduce((sum, { annotations }) => sum + annotations.length, 0)
  return benchReportSchema.parse({
    format: 'lexmask-bench-recipes',
    version: BENCH_REPORT_VERSION,
    product: { version },
    createdAt: createdAt.toISOString(),
    command,
    machine: {
      cpu: cpus()[0]?.model.trim() ?? 'unknown',
      cores: cpus().length,
      memoryBytes: totalmem(),
      system: `${type()} ${release()}`,
      node: process.version,
    },
    data: {
      name: data.name,
      sha256: data.sha256,
      images: data.images.length,
      objects: objects.length,
      crowds: all - objects.length,
      classes: data.categories.length,
      classesWithObjects: new Set(objects.map(({ category_id }) => category_id)).size,
    },
    rows,
    proposals,
    regions,
    notRun,
  } satisfies BenchReport)
}
