import { resolve } from 'node:path'
import { Option, type Command } from 'commander'
import {
  evaluateFiles,
  type FileEvaluation,
  type Unmatched,
} from '#main/app/files/evaluate-files.ts'
import { LexmaskError } from '#shared/contract/errors.ts'
import type { Shell } from '../shell.ts'
import { onOneLine } from '../terminal.ts'

interface EvaluateOptions {
  readonly gt: string
  readonly dt: string
  readonly iou: 'bbox' | 'segm' | 'both'
  readonly classAgnostic?: boolean
  readonly perClass?: boolean
  readonly oracle?: boolean
  readonly boxes: 'mask' | 'detector'
  readonly json?: boolean
}

export function addEvaluateCommand(program: Command, shell: Shell): void {
  program
    .command('evaluate')
    .description("COCO's metrics of a file of detections against ground truth")
    .requiredOption('--gt <file>', 'COCO annotations that are right')
    .requiredOption('--dt <file>', 'a file that Lexmask exported, or a COCO results list')
    .addOption(
      new Option('--iou <kind>', 'compare boxes, masks or both')
        .choices(['bbox', 'segm', 'both'])
        .default('both'),
    )
    .addOption(
      new Option('--boxes <kind>', "boxes of the masks, or the detector's own")
        .choices(['mask', 'detector'])
        .default('mask'),
    )
    .option('--class-agnostic', 'compare objects of any class')
    .option('--per-class', 'also a table of the classes')
    .option('--oracle', 'also with the right labels: what localisation alone would reach')
    .option('--json', 'print the numbers as JSON')
    .addHelpText(
      'after',
      '\nExamples:\n  lexmask evaluate --gt instances.json --dt labels.json --per-class\n' +
        '  lexmask evaluate --gt instances.json --dt labels.json --iou segm --oracle\n\n' +
        '--boxes detector compares "lexmask.box" of an exported file, as published numbers do.\n' +
        'Photos are matched by file name and classes by name. To compare models, label with\n' +
        '--as-published: the default threshold is for a person who reviews, and costs recall.',
    )
    .action(async (options: EvaluateOptions) => {
      const { classAgnostic = false, perClass = false, oracle = false } = options
      if (classAgnostic && (perClass || oracle)) {
        const message =
          'Without classes there are no tables of them and no right labels: leave out '
        throw new LexmaskError(
          'INVALID_INPUT',
          `${message}--class-agnostic, or --per-class and --oracle.`,
        )
      }
      const { results, unmatched } = await evaluateFiles(resolve(options.gt), resolve(options.dt), {
        iouTypes: options.iou === 'both' ? ['bbox', 'segm'] : [options.iou],
        useCategories: !classAgnostic,
        withOracle: oracle,
        boxes: options.boxes,
      })
      tellUnmatched(unmatched, shell)
      shell.terminal.result(options.json ? JSON.stringify(results) : tables(results, perClass))
    })
}

/** Names in one sentence, before it says how many more there are. */
const NAMED = 5

function tellUnmatched({ images, classes }: Unmatched, { terminal }: Shell): void {
  const listed = (names: readonly string[]): string =>
    names.slice(0, NAMED).join(', ') +
    (names.length > NAMED ? ` and ${names.length - NAMED} more` : '')
  if (images.length > 0) {
    terminal.say(`not counted, as the ground truth has no such photo: ${onOneLine(listed(images))}`)
  }
  if (classes.length > 0) {
    terminal.say(
      `not counted, as the ground truth has no such class: ${onOneLine(listed(classes))}`,
    )
  }
}

/** COCO's own -1 means that there is nothing to find. */
const cell = (value: number): string => (value < 0 ? '-' : value.toFixed(3))

function tables(results: readonly FileEvaluation[], withClasses: boolean): string {
  const columns = results.flatMap(({ iouType, evaluation, oracleLabels }) => [
    { title: iouType, summary: evaluation.summary },
    ...(oracleLabels
      ? [{ title: `${iouType}, oracle labels`, summary: oracleLabels.summary }]
      : []),
  ])
  const names = Object.keys(columns[0].summary) as (keyof (typeof columns)[0]['summary'])[]
  const summary = table([
    ['', ...columns.map(({ title }) => title)],
    ...names.map((name) => [name, ...columns.map((column) => cell(column.summary[name]))]),
  ])
  if (!withClasses) return summary
  return [summary, ...results.map(classTable)].join('\n\n')
}

function classTable({ iouType, evaluation }: FileEvaluation): string {
  const rows = evaluation.perClass
    .filter(({ groundTruthCount, detectionCount }) => groundTruthCount + detectionCount > 0)
    .map((one) => [
      one.name,
      cell(one.AP),
      cell(one.AP50),
      cell(one.AR100),
      String(one.groundTruthCount),
      String(one.detectionCount),
    ])
  return table([[iouType, 'AP', 'AP50', 'AR100', 'objects', 'found'], ...rows])
}

function table(rows: readonly (readonly string[])[]): string {
  const widths = rows[0].map((_, column) => Math.max(...rows.map((row) => row[column].length)))
  return rows
    .map((row) =>
      row
        .map((text, column) =>
          column === 0 ? text.padEnd(widths[0]) : text.padStart(widths[column]),
        )
        .join('  ')
        .trimEnd(),
    )
    .join('\n')
}
