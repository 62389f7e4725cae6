import { resolve } from 'node:path'
import { Option, type Command } from 'commander'
import type { App } from '#main/app/create-app.ts'
import { readCategories, refuseTarget } from '#main/app/files/export-dataset.ts'
import type { ExportSummary } from '#shared/contract/commands.ts'
import { parsePixels } from '../parse-options.ts'
import { request, type Shell } from '../shell.ts'
import { onOneLine } from '../terminal.ts'

export interface ExportCommandOptions {
  readonly out: string
  readonly segmentation: 'auto' | 'polygon' | 'rle'
  readonly tolerance: number
  readonly categoriesFrom?: string
}

export function withExportOptions(command: Command): Command {
  return command
    .addOption(
      new Option('--segmentation <kind>', 'polygons with RLE for masks with holes, or one of them')
        .choices(['auto', 'polygon', 'rle'])
        .default('auto'),
    )
    .option(
      '--tolerance <pixels>',
      'how far polygons may stray from the mask, for fewer points',
      parsePixels,
      0,
    )
    .option('--categories-from <file>', 'COCO file whose category ids are taken over')
}

/** What an export would fail with in the end, told before the work. */
export async function assertExportable(
  { out, categoriesFrom }: ExportCommandOptions,
  projectFile: string,
): Promise<void> {
  await refuseTarget(resolve(out), projectFile)
  if (categoriesFrom !== undefined) await readCategories(resolve(categoriesFrom))
}

export async function exportCoco(
  app: App,
  { terminal }: Shell,
  { out, segmentation, tolerance, categoriesFrom }: ExportCommandOptions,
): Promise<ExportSummary> {
  const summary = await request(app, 'export.coco', {
    path: resolve(out),
    segmentation,
    tolerancePx: tolerance,
    categoriesFrom: categoriesFrom === undefined ? null : resolve(categoriesFrom),
  })
  for (const { annotationId, reason } of summary.omitted) {
    terminal.say(`not exported: annotation ${annotationId}, ${reason}`)
  }
  for (const name of summary.sharedNames) {
    const told = `more than one photo has the name ${name}: in the file they cannot be told apart`
    terminal.say(onOneLine(told))
  }
  return summary
}
