import type { BenchReport, BenchRow } from '../report-schema.ts'
import { isMeaningless, modelsLabel, wordsLabel } from '../row-labels.ts'
import type { WorstPicture } from '../worst-pictures.ts'
import { cell, scoreCell, table } from './cells.ts'
import { html, Markup } from './markup.ts'
import { stepsPlot } from './plots.ts'
import { details } from './row-details.ts'
import { STYLE } from './style.ts'

/**
 * The report to be read: one file without scripts and without anything from elsewhere, which its own
 * policy holds.
 *
 * @param pictures of each row, in its order
 */
export function reportPage(
  report: BenchReport,
  pictures: readonly (readonly WorstPicture[])[],
): string {
  const title = `Recipes on ${report.data.name}`
  return html`<!doctype html>
    <html lang="en">
      <head>
        <meta charset="utf-8" />
        <meta
          http-equiv="Content-Security-Policy"
          content="default-src 'none'; img-src data:; style-src 'unsafe-inline'"
        />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <title>${title}</title>
        <style>
          ${new Markup(STYLE)}
        </style>
      </head>
      <body>
        <main>
          <h1>${title}</h1>
          <p class="quiet">
            What each recipe finds, where it loses, and what it costs. Lexmask
            ${report.product.version}.
          </p>
          ${facts(report)} ${overview(report)} ${oracles(report)} ${proposals(report)}
          ${regions(report)} ${details(report, pictures)} ${notRun(report)}
          <footer>
            Written by <code>${report.command}</code>. The same numbers for a program are in
            <code>bench.json</code> beside this file.
          </footer>
        </main>
      </body>
    </html>`.text
}

function facts({ data, machine, createdAt }: BenchReport): Markup {
  const list: readonly (readonly [string, string])[] = [
    ['Photos', `${data.images}`],
    [
      'Objects',
      `${data.objects}${data.crowds > 0 ? ` and ${data.crowds} crowd${data.crowds === 1 ? '' : 's'}` : ''}`,
    ],
    ['Classes with objects', `${data.classesWithObjects} of ${data.classes}`],
    ['Measured', `${createdAt.slice(0, 16).replace('T', ' ')} UTC`],
    [
      'Computer',
      `${machine.cpu}, ${machine.cores} cores, ${Math.round(machine.memoryBytes / 2 ** 30)} GiB`,
    ],
    ['System', `${machine.system}, Node ${machine.node}`],
  ]
  return html`<dl class="facts">
    ${list.map(
      ([name, value]) =>
        html`<div>
          <dt>${name}</dt>
          <dd>${value}</dd>
        </div>`,
    )}
  </dl>`
}

const MEANINGLESS = html`<span
  class="badge"
  title="A pack that is made for tests: its scores mean nothing, its time and memory do."
  >scores mean nothing</span
>`

const rowStart = (row: BenchRow): Markup =>
  html`<td class="text name">${row.recipe}${isMeaningless(row) ? MEANINGLESS : null}</td>
    <td class="text">${modelsLabel(row)}</td>
    <td class="text">${wordsLabel(row)}</td>`

const START = html`<th class="text">recipe</th>
  <th class="text">models</th>
  <th class="text">words</th>`

function overview({ rows }: BenchReport): Markup {
  const best = Math.max(...rows.filter((row) => !isMeaningless(row)).map(({ masks }) => masks.AP))
  return html`<section>
    <h2>Overview</h2>
    <p class="quiet">
      AP is the mean average precision of COCO over the mask IoUs 0.5 to 0.95, s, m and l that of
      small, medium and large objects; base and novel are COCO's 48 and 17 classes of the
      open-vocabulary split. Time is that of one image after the other, without loading; memory is
      the peak of the inference process.
    </p>
    ${table(
      html`${START}
        <th>AP</th>
        <th>AP50</th>
        <th>AP s</th>
        <th>AP m</th>
        <th>AP l</th>
        <th>box AP</th>
        <th>base</th>
        <th>novel</th>
        <th>novel AP50</th>
        <th>s / image</th>
        <th>MB</th>`,
      rows.map(
        (row) =>
          html`<tr class="${rowClass(row, best)}">
            ${rowStart(row)} ${scoreCell(row.masks.AP)} ${cell(row.masks.AP50)}
            ${cell(row.masks.APsmall)} ${cell(row.masks.APmedium)} ${cell(row.masks.APlarge)}
            ${cell(row.boxes.AP)} ${cell(row.split?.base.AP)} ${cell(row.split?.novel.AP)}
            ${cell(row.split?.novel.AP50)}
            <td>${(row.time.msAnImage / 1000).toFixed(3)}</td>
            <td>${Math.round(row.peakBytes / 1e6)}</td>
          </tr>`,
      ),
    )}
  </section>`
}

function rowClass(row: BenchRow, best: number): string {
  if (isMeaningless(row)) return 'meaningless'
  return row.masks.AP === best ? 'best' : ''
}

function oracles({ rows }: BenchReport): Markup {
  return html`<section>
    <h2>Where it loses</h2>
    <p class="quiet">
      Classification alone: the recipe is given the true boxes, and what it calls them is set on the
      true masks. Localisation alone: its own detections, each with the class of the object that it
      overlaps best.
    </p>
    ${table(
      html`${START}
        <th>AP</th>
        <th>true boxes: top-1</th>
        <th>AP</th>
        <th>base</th>
        <th>novel</th>
        <th>right labels: AP</th>
        <th>AP50</th>`,
      rows.map(
        (row) =>
          html`<tr class="${rowClass(row, Infinity)}">
            ${rowStart(row)} ${scoreCell(row.masks.AP)} ${cell(row.trueBoxes?.top1)}
            ${cell(row.trueBoxes?.AP)} ${cell(row.trueBoxes?.split?.base.AP)}
            ${cell(row.trueBoxes?.split?.novel.AP)} ${cell(row.oracleLabels.AP)}
            ${cell(row.oracleLabels.AP50)}
          </tr>`,
      ),
    )}
  </section>`
}

function proposals({ proposals: all }: BenchReport): Markup | null {
  if (all.length === 0) return null
  const counts = all[0].proposal.map(({ count }) => String(count))
  return html`<section>
    <h2>Proposals</h2>
    <p class="quiet">
      The part of the objects that have a proposal of their own: from IoU 0.5 on, and as the mean
      over 0.5 to 0.95. “Refined” are the same boxes after the deltas of the detector's best class.
    </p>
    <div class="plots">
      ${all.map(
        ({ detector, precision, proposal, refined }) =>
          html`<div>
            <h3>${detector} ${precision}</h3>
            ${stepsPlot(
              `Recall of the proposals of ${detector} ${precision}`,
              { x: 'proposals an image', y: 'recall' },
              counts,
              [
                { name: 'IoU 0.5', values: proposal.map(({ at50 }) => at50) },
                { name: 'IoU 0.5, refined', values: refined.map(({ at50 }) => at50) },
                { name: 'mean', values: proposal.map(({ mean }) => mean) },
                { name: 'mean, refined', values: refined.map(({ mean }) => mean) },
              ],
            )}
          </div>`,
      )}
    </div>
    ${table(
      html`<th class="text">detector</th>
        <th class="text">boxes</th>
        ${counts.map(
          (count) =>
            html`<th>IoU 0.5, ${count}</th>
              <th>mean, ${count}</th>`,
        )}`,
      all.flatMap(({ detector, precision, proposal, refined }) =>
        [
          { kind: 'as proposed', recalls: proposal },
          { kind: 'refined', recalls: refined },
        ].map(
          ({ kind, recalls }) =>
            html`<tr>
              <td class="text name">${detector} ${precision}</td>
              <td class="text">${kind}</td>
              ${recalls.map(({ at50, mean }) => html`${cell(at50)}${cell(mean)}`)}
            </tr>`,
        ),
      ),
    )}
  </section>`
}

function regions({ regions: all }: BenchReport): Markup | null {
  if (all.length === 0) return null
  return html`<section>
    <h2>Boxes and masks of regions</h2>
    <p class="quiet">
      How well class-agnostic regions fit, by the parameters <code>box</code> and
      <code>mask</code> of the recipes that ask CLIP: each with the class of the object that it
      overlaps best, and its objectness as score.
    </p>
    ${table(
      html`<th class="text">detector</th>
        <th class="text">box</th>
        <th class="text">mask</th>
        <th>mask AP</th>
        <th>mask AP50</th>
        <th>box AP</th>
        <th>box AP50</th>`,
      all.map(
        (one) =>
          html`<tr>
            <td class="text name">${one.detector} ${one.precision}</td>
            <td class="text">${one.box}</td>
            <td class="text">${one.mask}</td>
            ${scoreCell(one.maskAP)} ${cell(one.maskAP50)} ${cell(one.boxAP)} ${cell(one.boxAP50)}
          </tr>`,
      ),
    )}
  </section>`
}

function notRun({ notRun: all }: BenchReport): Markup | null {
  if (all.length === 0) return null
  return html`<section>
    <h2>Not run</h2>
    ${table(
      html`<th class="text">recipe</th>
        <th class="text">what</th>
        <th class="text">why</th>`,
      all.map(
        ({ recipe, what, reason }) =>
          html`<tr>
            <td class="text name">${recipe ?? 'any'}</td>
            <td class="text">${what}</td>
            <td class="text">${reason}</td>
          </tr>`,
      ),
    )}
  </section>`
}
