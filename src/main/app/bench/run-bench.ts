import { LexmaskError } from '#shared/contract/errors.ts'
import type { LoadedNetworks } from '#main/inference/protocol.ts'
import type { App } from '../create-app.ts'
import { factsOf } from '../models/model-facts.ts'
import type { RunParameters } from '../models/run-parameters.ts'
import type { ImageScorer } from '../scoring/scoring.ts'
import type { BenchData, BenchImage } from './bench-data.ts'
import { passesOf, type BenchPass, type PassRow } from './bench-passes.ts'
import type { BenchDetector, BenchPlan, BenchTurn } from './bench-plan.ts'
import {
  useWords,
  whyNoWords,
  withoutNovel,
  WORDS_OF_RECIPE,
  type NarrowedDetector,
} from './bench-words.ts'
import { lookAtBoxes } from './look-at-boxes.ts'
import { RecallTally, REGION_VARIANTS, regionParameters, RegionTally } from './region-variants.ts'
import type { BenchReport, BenchRow, NotRun } from './report-schema.ts'
import { RowTally, type WorstImage } from './row-tally.ts'
import { givenObjects, nameObjects, TrueBoxTally } from './true-boxes.ts'

export interface BenchListener {
  /** Before the images of a part of the work. */
  begins(what: string): void
  /** After each image of it. */
  progress(done: number, total: number): void
}

export interface BenchWork {
  readonly app: App
  readonly data: BenchData
  readonly plan: BenchPlan
  /** Worst images of each row of which the result is kept. */
  readonly keptWorst: number
  readonly listener: BenchListener
  /** Ends after the image in work. */
  readonly signal: AbortSignal
}

export interface BenchResults extends Pick<
  BenchReport,
  'rows' | 'proposals' | 'regions' | 'notRun'
> {
  /** Of each row, the worst first. */
  readonly worst: readonly (readonly WorstImage[])[]
}

/**
 * Measures every recipe of a plan on the images, with the inference process, scoring and suppression that
 * a run has; nothing is stored. Images go one after the other, so that times are an image's own.
 *
 * @throws LexmaskError CANCELLED; IMAGE_… for a photo that cannot be read; as `InferenceService.load`
 */
export async function runBench(work: BenchWork): Promise<BenchResults> {
  const rows: BenchRow[] = []
  const worst: (readonly WorstImage[])[] = []
  const notRun: NotRun[] = [...work.plan.notRun]
  for (const turn of work.plan.turns) {
    const { words, missing } = await wordsOf(work, turn)
    notRun.push(...missing)
    const published = await work.app.inference.publishedParameters(
      turn.recipe,
      turn.models.detector,
    )
    for (const pass of passesOf(turn.recipe, published, words)) {
      for (const { row, kept, unlooked } of await runPass(work, turn, pass)) {
        rows.push(row)
        worst.push(kept)
        if (unlooked !== null) notRun.push(unlooked)
      }
    }
  }
  const proposals: BenchReport['proposals'] = []
  const regions: BenchReport['regions'] = []
  for (const detector of work.plan.detectors) {
    const { name } = detector.detector
    const { graph, precision } = detector.models
    if (graph === 'detections') {
      const reason = 'this pack is one graph, which tells no proposals'
      notRun.push({ recipe: null, what: `proposals of ${name} ${precision}`, reason })
      continue
    }
    proposals.push(await measureProposals(work, detector))
    // Parameters of the recipes that ask CLIP, which run on the proposals of this one.
    if (detector === work.plan.detectors[0]) regions.push(...(await measureRegions(work, detector)))
  }
  return { rows, worst, proposals, regions, notRun }
}

async function wordsOf(
  { app, data }: BenchWork,
  { recipe, detector, models, isFirst }: BenchTurn,
): Promise<{ words: (typeof WORDS_OF_RECIPE)[typeof recipe][number][]; missing: NotRun[] }> {
  const hasTextTable = (await app.words.table()) !== null
  const missing: NotRun[] = []
  const words = WORDS_OF_RECIPE[recipe].filter((one) => {
    // By far the slowest, for a number that precision hardly changes.
    const isOther = one === 'novel-by-text' && !isFirst
    const reason = isOther
      ? 'measured in the first precision of the pack'
      : whyNoWords(one, data.categories, { hasTextTable })
    if (reason !== null) {
      missing.push({ recipe, what: `${one}, ${detector.name} ${models.precision}`, reason })
    }
    return reason === null
  })
  return { words, missing }
}

/** A row with what it is scored by. */
interface ScoredRow {
  readonly row: PassRow
  readonly parameters: RunParameters
  readonly scorer: ImageScorer
  /** null for a detector with all that it knows. */
  readonly narrowed: NarrowedDetector | null
  readonly tally: RowTally
}

interface PassResult {
  readonly row: BenchRow
  readonly kept: readonly WorstImage[]
  /** Why the true boxes of it were not looked at. */
  readonly unlooked: NotRun | null
}

async function runPass(work: BenchWork, turn: BenchTurn, pass: BenchPass): Promise<PassResult[]> {
  const { app, data, listener } = work
  const { inference } = app
  const networks = await loadAnew(app, turn)
  const rows: ScoredRow[] = []
  for (const row of pass.rows) rows.push(await scoredRow(work, turn, pass, row, networks))
  listener.begins(`${describe(turn)}: ${pass.rows.map(({ words }) => words).join(', ')}`)

  // The first run of a session allocates.
  await inference.analyse(data.images[0].path, pass.regions, [])
  const sums = { wallMs: 0, runMs: 0, stageMs: new Map<string, number>() }
  const scoringMs = rows.map(() => 0)
  await eachImage(work, async (image) => {
    const startedAt = performance.now()
    const { candidates, stageMs, runMs, ...size } = await inference.analyse(
      image.path,
      pass.regions,
      [],
    )
    sums.wallMs += performance.now() - startedAt
    sums.runMs += runMs
    for (const [stage, ms] of Object.entries(stageMs)) {
      sums.stageMs.set(stage, (sums.stageMs.get(stage) ?? 0) + (ms ?? 0))
    }
    requireSize(image, size)
    rows.forEach(({ scorer, narrowed, tally }, i) => {
      const seen = narrowed ? narrowed.narrow(candidates) : candidates
      const scoringFrom = performance.now()
      const { detections } = scorer.score(seen)
      scoringMs[i] += performance.now() - scoringFrom
      const { threshold } = scorer.parameters.scoring
      tally.add(
        image,
        seen,
        detections.filter(({ score }) => score >= threshold),
      )
    })
  })
  const { peakBytes } = await inference.workerMemory()
  const looked = await lookAtTrueBoxes(work, turn, pass, rows)
  const mean = (sum: number): number => sum / data.images.length
  return rows.map(({ row, scorer, tally }, i) => ({
    kept: tally.worst(),
    unlooked: looked.unlooked,
    row: {
      recipe: turn.recipe,
      models: {
        detector: turn.detector.name,
        precision: turn.models.precision,
        clip: turn.clip && {
          name: turn.clip.name,
          title: turn.clip.title,
          isForTests: turn.clip.isForTests,
        },
        provider: networks.provider.used,
      },
      words: row.words,
      unservedWords: [...scorer.unservedWords],
      parameters: { ...row.parameters },
      ...tally.measured(),
      trueBoxes: looked.results[i],
      time: {
        msAnImage: mean(sums.wallMs + scoringMs[i]),
        stageMs: Object.fromEntries(
          Array.from(sums.stageMs, ([stage, ms]) => [stage, mean(ms)] as const),
        ),
        runMs: mean(sums.runMs),
        scoringMs: mean(scoringMs[i]),
      },
      peakBytes,
      worst: tally.worst().map(({ image, right, wrong, missed }) => ({
        file: image.file_name,
        right,
        wrong,
        missed,
      })),
    },
  }))
}

/** A process of its own, so that its memory is that of this work alone. */
async function loadAnew(app: App, { models }: Pick<BenchTurn, 'models'>): Promise<LoadedNetworks> {
  await app.inference.stop()
  return app.inference.load(models)
}

async function scoredRow(
  { app, data, keptWorst }: BenchWork,
  { recipe, models }: BenchTurn,
  { regions }: BenchPass,
  row: PassRow,
  networks: LoadedNetworks,
): Promise<ScoredRow> {
  await useWords(app, data.categories, row.words)
  const narrowed = row.words === 'novel-by-text' ? withoutNovel(networks.detectorClasses) : null
  const known = narrowed ? { ...networks, detectorClasses: narrowed.detectorClasses } : networks
  const parameters = {
    recipe,
    models,
    regions: regions.parameters,
    scoring: row.scoring,
    facts: await factsOf(app.project, app.inference, models, known),
    replaceTouched: false,
    scoredRevision: null,
  } as RunParameters
  const scorer = await app.scorers.forPrompts(parameters)
  const tally = new RowTally(data.categories, keptWorst)
  return { row, parameters, scorer, narrowed, tally }
}

/** What each row says of the true boxes; null for a detector that takes none. */
async function lookAtTrueBoxes(
  work: BenchWork,
  turn: BenchTurn,
  { regions }: BenchPass,
  rows: readonly ScoredRow[],
): Promise<{ results: BenchRow['trueBoxes'][]; unlooked: NotRun | null }> {
  if (turn.models.graph === 'detections') {
    const what = `true boxes, ${turn.detector.name} ${turn.models.precision}`
    const reason = 'this pack is one graph, which takes no boxes'
    return { results: rows.map(() => null), unlooked: { recipe: turn.recipe, what, reason } }
  }
  const { app, data, listener } = work
  listener.begins(`${describe(turn)}: true boxes`)
  const tallies = rows.map(() => new TrueBoxTally(data.categories))
  const scorers: ImageScorer[] = []
  for (const { row, parameters } of rows) {
    await useWords(app, data.categories, row.words)
    const scoring = { ...parameters.scoring, scoreFloor: 0 }
    scorers.push(await app.scorers.forPrompts({ ...parameters, scoring } as RunParameters))
  }
  await eachImage(work, async (image) => {
    const objects = givenObjects(image)
    const candidates = await lookAtBoxes(app.inference, image, objects, regions)
    rows.forEach(({ narrowed }, i) => {
      const seen = narrowed ? candidates.map((ofBox) => narrowed.narrow(ofBox)) : candidates
      tallies[i].add(image, nameObjects(objects, seen, scorers[i]))
    })
  })
  return { results: tallies.map((tally) => tally.result()), unlooked: null }
}

async function measureProposals(
  work: BenchWork,
  { detector, models }: BenchDetector,
): Promise<BenchReport['proposals'][number]> {
  const { app, listener } = work
  await loadAnew(app, { models })
  listener.begins(`proposals, ${detector.name} ${models.precision}`)
  const tally = new RecallTally()
  await eachImage(work, async (image) => {
    const order = { path: image.path, atMost: RecallTally.atMost, nmsIou: PROPOSAL_NMS_IOU }
    tally.add(image, await app.inference.propose(order))
  })
  return { detector: detector.name, precision: models.precision, ...tally.recalls() }
}

/** The default of every recipe. */
const PROPOSAL_NMS_IOU = 0.7

async function measureRegions(
  work: BenchWork,
  { detector, models }: BenchDetector,
): Promise<BenchReport['regions']> {
  const { app, data, listener } = work
  const results: BenchReport['regions'] = []
  for (const variant of REGION_VARIANTS) {
    listener.begins(
      `regions, ${detector.name} ${models.precision}, box ${variant.box}, mask ${variant.mask}`,
    )
    const tally = new RegionTally(data.categories)
    await eachImage(work, async (image) => {
      const { candidates } = await app.inference.findRegions(image.path, regionParameters(variant))
      tally.add(image, candidates)
    })
    results.push({
      detector: detector.name,
      precision: models.precision,
      ...variant,
      ...tally.result(),
    })
  }
  return results
}

async function eachImage(
  { data, listener, signal }: BenchWork,
  look: (image: BenchImage) => Promise<void>,
): Promise<void> {
  let done = 0
  for (const image of data.images) {
    if (signal.aborted) throw new LexmaskError('CANCELLED', 'The benchmark was stopped.')
    await look(image)
    listener.progress(++done, data.images.length)
  }
}

function requireSize(
  { file_name, width, height }: BenchImage,
  decoded: { readonly width: number; readonly height: number },
): void {
  if (decoded.width === width && decoded.height === height) return
  throw new LexmaskError(
    'FORMAT_INVALID',
    `${file_name} is ${decoded.width} × ${decoded.height}, and instances.json says ${width} × ${height}. ` +
      'The masks are of another image: give the photos that they were drawn on.',
  )
}

function describe({ recipe, detector, models, clip }: BenchTurn): string {
  return [recipe, detector.name, models.precision, ...(clip ? [clip.name] : [])].join(' ')
}
