import { resolve } from 'node:path'
import type { Command } from 'commander'
import { NO_MODELS, openApp, type Shell } from '../shell.ts'
import { counted } from '../terminal.ts'
import {
  assertExportable,
  exportCoco,
  withExportOptions,
  type ExportCommandOptions,
} from './export-options.ts'

interface ExportOptions extends ExportCommandOptions {
  readonly project: string
  readonly json?: boolean
}

export function addExportCommand(program: Command, shell: Shell): void {
  const command = program
    .command('export')
    .description("write a project's annotations as COCO")
    .requiredOption('--project <file>', 'project file')
    .requiredOption('--out <file>', 'COCO file to write')
    .option('--json', 'print the summary as JSON')
    .addHelpText(
      'after',
      '\nExample:\n  lexmask export --project site.lexmask --out labels.json --segmentation rle',
    )
  withExportOptions(command).action(async (options: ExportOptions) => {
    const projectFile = resolve(options.project)
    await assertExportable(options, projectFile)
    // Beside a window that has the project open: exporting changes nothing in it.
    const app = openApp(shell, projectFile, { readOnly: true }, NO_MODELS)
    try {
      const summary = await exportCoco(app, shell, options)
      const { annotations, images, path } = summary
      shell.terminal.result(
        options.json
          ? JSON.stringify(summary)
          : `${counted(annotations, 'annotation')} in ${counted(images, 'image')}: ${path}`,
      )
    } finally {
      await app.close()
    }
  })
}
