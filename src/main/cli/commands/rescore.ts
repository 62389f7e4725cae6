import { resolve } from 'node:path'
import type { Command } from 'commander'
import { EXIT } from '../exit-codes.ts'
import { collectSetting, parseScore } from '../parse-options.ts'
import { NO_MODELS, openApp, request, type Shell } from '../shell.ts'
import { readVocabulary, vocabularyChange } from '../vocabulary-source.ts'
import { briefReport } from '../words-report.ts'
import { counted } from '../terminal.ts'
import {
  assertExportable,
  exportCoco,
  withExportOptions,
  type ExportCommandOptions,
} from './export-options.ts'

interface RescoreOptions extends Omit<ExportCommandOptions, 'out'> {
  readonly project: string
  readonly vocabulary?: string
  readonly threshold?: number
  readonly set?: Readonly<Record<string, unknown>>
  readonly models?: string
  readonly out?: string
  readonly json?: boolean
}

export function addRescoreCommand(program: Command, shell: Shell): void {
  const command = program
    .command('rescore')
    .description('score what is stored with other words or thresholds; no model runs')
    .requiredOption('--project <file>', 'project file')
    .option('--vocabulary <file or words>', 'a file, or the words: "a, b"')
    .option(
      '--threshold <score>',
      'propose from this score on, where a class has no threshold of its own',
      parseScore,
    )
    .option('--set <name=value>', 'a scoring parameter; may be repeated', collectSetting)
    .option(
      '--models <folder>',
      'folder of the model packs, for the text table (also: LEXMASK_MODELS)',
    )
    .option('--out <file>', 'also write COCO to this file')
    .option('--json', 'print the summary as JSON')
    .addHelpText(
      'after',
      '\nExamples:\n  lexmask rescore --project site.lexmask --threshold 0.35\n' +
        '  lexmask rescore --project site.lexmask --vocabulary words.txt --out labels.json',
    )
  withExportOptions(command).action(async (options: RescoreOptions) => {
    const { terminal } = shell
    const { out } = options
    const projectFile = resolve(options.project)
    const vocabulary =
      options.vocabulary === undefined ? null : await readVocabulary(options.vocabulary)
    if (out !== undefined) await assertExportable({ ...options, out }, projectFile)
    const models =
      options.models === undefined ? NO_MODELS : { ...NO_MODELS, models: options.models }
    const scoring = {
      ...options.set,
      ...(options.threshold === undefined ? {} : { threshold: options.threshold }),
    }
    const app = openApp(shell, projectFile, {}, models)
    try {
      // Before the words are changed: nothing is done by halves.
      app.rescoring.assertScoring(scoring)
      const stored = app.project.vocabulary.get()
      const change = vocabulary && vocabularyChange(stored, vocabulary)
      if (change) await request(app, 'vocabulary.replace', change)
      const words = await app.rescoring.reports(scoring)
      for (const line of words.flatMap(briefReport)) terminal.say(line)
      const startedAt = performance.now()
      const summary = await request(app, 'rescore.all', {
        vocabularyRevision: app.project.meta.vocabularyRevision(),
        scoring,
      })
      const ms = Math.round(performance.now() - startedAt)
      const exported = out ? await exportCoco(app, shell, { ...options, out }) : null
      if (options.json) {
        terminal.result(JSON.stringify({ ...summary, words, ms, export: exported }))
      } else {
        if (app.project.candidates.listRunIds().length === 0) {
          terminal.say('Nothing is stored to score: label images first, with lexmask prelabel.')
        }
        terminal.result(
          `${counted(summary.images, 'image')} in ${ms} ms: ` +
            `${counted(summary.added, 'annotation')} added, ` +
            `${summary.updated} changed, ${summary.removed} removed`,
        )
        if (exported) {
          terminal.result(`${counted(exported.annotations, 'annotation')}: ${exported.path}`)
        }
      }
      process.exitCode = EXIT.done
    } finally {
      await app.close()
    }
  })
}
