import type { BenchReport, BenchRow } from '../report-schema.ts'
import { isMeaningless, modelsLabel, wordsLabel } from '../row-labels.ts'
import type { WorstPicture } from '../worst-pictures.ts'
import { cell, scoreCell } from './cells.ts'
import { html, Markup } from './markup.ts'
import { curvePlot, histogramPlot, shareBar } from './plots.ts'

/**
 * Each row with its plots, worst photos and classes, to be opened.
 *
 * @param pictures of each row, in its order
 */
export function details(
  { rows }: BenchReport,
  pictures: readonly (readonly WorstPicture[])[],
): Markup {
  return html`<section>
    <h2>Row by row</h2>
    ${rows.map(
      (row, i) => html`<details${i === 0 ? new Markup(' open') : null}>
        <summary>${row.recipe}<span>${modelsLabel(row)}, ${wordsLabel(row)}</span></summary>
        <div>
          ${isMeaningless(row) ? html`<p>A pack that is made for tests: its scores mean nothing, its time and memory do.</p>` : null}
          <div class="plots">${precisionPlot(row)} ${scorePlot(row)} ${timePlot(row)}</div>
          ${settings(row)} ${worst(pictures[i] ?? [])} ${classTable(row)}
        </div>
      </details>`,
    )}
  </section>`
}

function precisionPlot({ precision }: BenchRow): Markup | null {
  if (precision === null) return null
  return html`<div>
    <h3>Precision over recall, mean of the classes</h3>
    ${curvePlot('Precision over recall', { x: 'recall', y: 'precision' }, [
      { name: 'mask IoU 0.5', values: precision.at50 },
      { name: 'mask IoU 0.75', values: precision.at75 },
    ])}
  </div>`
}

function scorePlot({ scores }: BenchRow): Markup {
  return html`<div>
    <h3>Scores of right and wrong detections, at IoU 0.5</h3>
    ${histogramPlot('Scores of right and wrong detections', scores)}
  </div>`
}

function timePlot({ time }: BenchRow): Markup {
  const stages = Object.entries(time.stageMs).map(([name, value]) => ({ name, value }))
  return html`<div>
    <h3>
      ${time.msAnImage.toFixed(0)} ms an image, ${time.runMs.toFixed(0)} ms of these inside ONNX
      Runtime
    </h3>
    ${shareBar([...stages, { name: 'scoring', value: time.scoringMs }])}
  </div>`
}

function settings({ parameters, unservedWords }: BenchRow): Markup {
  const set = Object.entries(parameters).map(([name, value]) => `${name}=${JSON.stringify(value)}`)
  return html`<p class="quiet">
      ${set.length === 0 ? 'All parameters as the product has them.' : html`Not as the product has it: <code>${set.join(' ')}</code>`}
    </p>
    ${unservedWords.length === 0 ? null : html`<p>Nothing serves: ${unservedWords.join(', ')}</p>`}`
}

function worst(pictures: readonly WorstPicture[]): Markup | null {
  if (pictures.length === 0) return null
  return html`<h3>Worst photos: truth on the left, result from score 0.2 on the right</h3>
    <div class="worst">
      ${pictures.map(
        ({ file, right, wrong, missed, truth, result }) =>
          html`<figure>
            <div>
              <img src="${truth}" alt="True objects of ${file}" />
              <img src="${result}" alt="What was found on ${file}" />
            </div>
            <figcaption>${file}: ${right} right, ${wrong} wrong, ${missed} missed</figcaption>
          </figure>`,
      )}
    </div>`
}

function classTable({ perClass }: BenchRow): Markup {
  const seen = perClass.filter(({ objects, found }) => objects + found > 0)
  return html`<h3>Classes</h3>
    <div class="scroll classes">
      <table>
        <thead>
          <tr>
            <th class="text">class</th>
            <th>mask AP</th>
            <th>mask AP50</th>
            <th>box AP</th>
            <th>objects</th>
            <th>found</th>
          </tr>
        </thead>
        <tbody>
          ${seen.map(
            (one) =>
              html`<tr>
                <td class="text name">${one.name}</td>
                ${scoreCell(one.maskAP)} ${cell(one.maskAP50)} ${cell(one.boxAP)}
                <td>${one.objects}</td>
                <td>${one.found}</td>
              </tr>`,
          )}
        </tbody>
      </table>
    </div>`
}
