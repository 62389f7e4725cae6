import { resolve } from 'node:path'
import { Option, type Command } from 'commander'
import type { App } from '#main/app/create-app.ts'
import type { ExportSummary } from '#shared/contract/commands.ts'
import { parsePixels } from '../parse-options.ts'
import { request, type Shell } from '../shell.ts'

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
    .option('--tolerance <pixels>', 'how far polygons may stray from the mask', parsePixels, 0)
    .option('--categories-from <file>', 'COCO file whose category ids are taken over')
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
  return summary
}
