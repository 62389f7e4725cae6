import { describe, expect, it } from 'vitest'
import { html } from '#main/app/bench/html/markup.ts'
import { reportPage } from '#main/app/bench/html/report-page.ts'
import { benchReportSchema, type BenchReport } from '#main/app/bench/report-schema.ts'

const HOSTILE = `"><script>alert('x')</script>&<img src=x onerror=y>`

const summary = {
  AP: 0.5,
  AP50: 0.6,
  AP75: 0.4,
  APsmall: -1,
  APmedium: 0.2,
  APlarge: 0.7,
  AR100: 0.6,
}
const subset = { AP: 0.5, AP50: 0.6, classCount: 1 }

function report(name: string): BenchReport {
  const curve = Array.from({ length: 101 }, (_, i) => 1 - i / 100)
  return benchReportSchema.parse({
    format: 'lexmask-bench-recipes',
    version: 1,
    product: { version: '0.0.0' },
    createdAt: '2024-02-03T04:05:06.000Z',
    command: `lexmask bench recipes --packs ${name}`,
    machine: { cpu: name, cores: 2, memoryBytes: 2 ** 33, system: name, node: 'v24' },
    data: {
      ...{ name, sha256: null, images: 1, objects: 1, crowds: 0 },
      ...{ classes: 1, classesWithObjects: 1 },
    },
    rows: [
      {
        recipe: 'crop',
        models: {
          detector: name,
          precision: name,
          clip: { name, title: name, isForTests: true },
          provider: 'cpu',
        },
        words: 'names',
        unservedWords: [name],
        parameters: { [name]: name },
        masks: summary,
        boxes: summary,
        split: { base: subset, novel: subset },
        perClass: [{ name, maskAP: 0.5, maskAP50: 0.5, boxAP: 0.5, objects: 1, found: 1 }],
        precision: { at50: curve, at75: curve },
        scores: { right: [1, 4], wrong: [0, 0] },
        oracleLabels: { AP: 0.5, AP50: 0.5 },
        trueBoxes: { objects: 1, top1: 1, AP: 1, AP50: 1, split: null },
        time: { msAnImage: 10, stageMs: { [name]: 1, masks: 3 }, runMs: 5, scoringMs: 1 },
        peakBytes: 1e8,
        worst: [{ file: name, right: 0, wrong: 1, missed: 1 }],
      },
    ],
    proposals: [
      {
        detector: name,
        precision: name,
        proposal: [{ count: 100, at50: 0.5, mean: 0.25 }],
        refined: [{ count: 100, at50: 0.75, mean: 0.5 }],
      },
    ],
    regions: [
      {
        ...{ detector: name, precision: name, box: 'refined', mask: 'maximum' },
        ...{ maskAP: 0.5, maskAP50: 0.5, boxAP: 0.5, boxAP50: 0.5 },
      },
    ],
    notRun: [{ recipe: null, what: name, reason: name }],
  })
}

const picture = {
  right: 0,
  wrong: 1,
  missed: 1,
  truth: 'data:image/webp;base64,AA',
  result: 'data:,',
}

describe('the page of a benchmark', () => {
  it('escapes every name that a file, a pack or a folder brings', () => {
    const page = reportPage(report(HOSTILE), [[{ ...picture, file: HOSTILE }]])
    expect(page).not.toMatch(/<script|onerror=y>|<img src=x/)
    const shown = page.split('&quot;&gt;&lt;script&gt;alert(&#39;x&#39;)').length - 1
    expect(shown).toBeGreaterThan(15)
  })

  it('is the same but for the names: a hostile one makes no element', () => {
    const tags = (name: string) =>
      reportPage(report(name), [[{ ...picture, file: name }]]).match(/<\/?[a-z][\w-]*/gi)
    expect(tags(HOSTILE)).toEqual(tags('coco'))
  })

  it('forbids itself everything but its own styles and pictures', () => {
    const page = reportPage(report('coco'), [[]])
    expect(page).toContain(`content="default-src 'none'; img-src data:; style-src 'unsafe-inline'"`)
    expect(page).toContain('prefers-color-scheme: dark')
  })

  it('marks the rows whose scores mean nothing, and writes a dash where nothing is to be found', () => {
    const page = reportPage(report('coco'), [[]])
    expect(page).toContain('scores mean nothing')
    expect(page).toContain('<td>–</td>')
  })

  it('draws precision from the upper left corner of its plot to the lower right', () => {
    const page = reportPage(report('coco'), [[]])
    const curves = page.matchAll(/<polyline\s+class="line series-1"\s+points="([^"]*)"/g)
    const points = Array.from(curves, ([, text]) => text.split(' ')).find(
      (all) => all.length === 101,
    )
    const [left, right] = [points?.at(0), points?.at(-1)].map((point) =>
      point?.split(',').map(Number),
    )
    expect(left?.[0]).toBeLessThan(right?.[0] ?? 0)
    // Pixels count downwards.
    expect(left?.[1]).toBeLessThan(right?.[1] ?? 0)
  })
})

describe('markup', () => {
  it('escapes text, keeps markup, joins lists, and leaves null out', () => {
    const part = html`<b>${'a < b & "c"'}</b>`
    expect(html`<i>${[part, null, 2]}</i>`.text).toBe('<i><b>a &lt; b &amp; &quot;c&quot;</b>2</i>')
  })
})
