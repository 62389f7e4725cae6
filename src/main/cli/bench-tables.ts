import type { BenchReport, BenchRow } from '#main/app/bench/report-schema.ts'
import { isMeaningless, metricText, modelsLabel, wordsLabel } from '#main/app/bench/row-labels.ts'
import { tableLines } from './text-table.ts'

type Table = readonly (readonly string[])[]

/** The report in a few tables for a terminal. */
export function benchTables(report: BenchReport): string {
  const { rows, proposals, regions, notRun } = report
  const marked = (row: BenchRow): string => (isMeaningless(row) ? `${row.recipe} *` : row.recipe)
  const parts = [
    table([
      [
        'recipe',
        'models',
        'words',
        'AP',
        'AP50',
        'APs',
        'APm',
        'APl',
        'box',
        'base',
        'novel',
        's/image',
        'MB',
      ],
      ...rows.map((row) => [
        marked(row),
        modelsLabel(row),
        wordsLabel(row),
        metricText(row.masks.AP),
        metricText(row.masks.AP50),
        metricText(row.masks.APsmall),
        metricText(row.masks.APmedium),
        metricText(row.masks.APlarge),
        metricText(row.boxes.AP),
        metricText(row.split?.base.AP),
        metricText(row.split?.novel.AP),
        (row.time.msAnImage / 1000).toFixed(3),
        String(Math.round(row.peakBytes / 1e6)),
      ]),
    ]),
    table([
      ['recipe', 'models', 'words', 'true boxes: top-1', 'AP', 'right labels: AP', 'AP50'],
      ...rows.map((row) => [
        marked(row),
        modelsLabel(row),
        wordsLabel(row),
        metricText(row.trueBoxes?.top1),
        metricText(row.trueBoxes?.AP),
        metricText(row.oracleLabels.AP),
        metricText(row.oracleLabels.AP50),
      ]),
    ]),
    table([
      [
        'proposals',
        '',
        '',
        ...(proposals.at(0)?.proposal.flatMap(({ count }) => [`R50@${count}`, `AR@${count}`]) ??
          []),
      ],
      ...proposals.flatMap(({ detector, precision, proposal, refined }) =>
        (
          [
            ['as proposed', proposal],
            ['refined', refined],
          ] as const
        ).map(([kind, recalls]) => [
          detector,
          precision,
          kind,
          ...recalls.flatMap(({ at50, mean }) => [metricText(at50), metricText(mean)]),
        ]),
      ),
    ]),
    table([
      ['regions, right labels', '', 'box', 'mask', 'mask AP', 'AP50', 'box AP', 'AP50'],
      ...regions.map((one) => [
        one.detector,
        one.precision,
        one.box,
        one.mask,
        ...[one.maskAP, one.maskAP50, one.boxAP, one.boxAP50].map(metricText),
      ]),
    ]),
  ]
  if (rows.some(isMeaningless)) {
    parts.push('* a pack that is made for tests: its scores mean nothing, its time and memory do')
  }
  if (notRun.length > 0) {
    parts.push(
      [
        'not run:',
        ...notRun.map(
          ({ recipe, what, reason }) => `  ${recipe ?? 'any recipe'}, ${what}: ${reason}`,
        ),
      ].join('\n'),
    )
  }
  return parts.join('\n\n')
}

const table = (rows: Table): string => tableLines(rows).join('\n')
