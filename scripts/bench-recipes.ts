import { existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import { InferenceHost } from '#main/inference/host.ts'
import { forkLauncher } from '#main/inference/worker-process.ts'
import { findPacks, type ClipPack, type MaskRcnnPack } from '#main/packs/find-packs.ts'
import { RECIPE_SCHEMAS, type RegionRecipe } from '#shared/contract/recipes.ts'
import { writeColourClip } from '../tests/support/colour-clip/write-colour-clip.ts'
import { writeRandomClip } from '../tests/support/random-clip/write-random-clip.ts'
import { machineInWords, writeSection } from './performance-doc.ts'

/**
 * Measures the recipes that look at a region at a time, with an image tower of CLIP's cost and random
 * weights: what an image takes, how much of it outside of ONNX Runtime, and the inference process's peak of
 * memory. Every measurement has a process of its own.
 *
 *   npm run build && node scripts/bench-recipes.ts [--images 1] [--tower ViT-B/16]
 */
const root = dirname(dirname(fileURLToPath(import.meta.url)))
const shared = resolve(root, '../shared')
const photos = join(shared, 'data/coco-mini/images')
const { values } = parseArgs({
  options: {
    images: { type: 'string', default: '1' },
    /** Only the cases of this one; nothing is written then. */
    tower: { type: 'string', default: 'all' },
  },
})

if (!existsSync(photos)) {
  console.error(`The benchmark needs the development photos in ${photos}, and they are not there.`)
  process.exit(1)
}

/**
 * Time is asked with a tower of CLIP's cost. Memory is asked with one that costs next to nothing: what more
 * regions take is then all the product's own, and 1,000 of them are looked at within seconds.
 */
const CASES = [
  { recipe: 'crop', tower: 'ViT-B/16', proposals: 100 },
  { recipe: 'vild', tower: 'ViT-B/16', proposals: 100 },
  { recipe: 'crop', tower: 'colours', proposals: 100 },
  { recipe: 'crop', tower: 'colours', proposals: 1000 },
  { recipe: 'vild', tower: 'colours', proposals: 100 },
  { recipe: 'vild', tower: 'colours', proposals: 1000 },
] as const
/** Folders of the packs that are written for it. */
const FOLDERS = { 'ViT-B/16': 'random-vit-b-16', colours: 'colour-clip' } as const

type Case = (typeof CASES)[number]

type Measured = Case & {
  /** Means over the images. */
  readonly regions: number
  readonly totalMs: number
  readonly runMs: number
  readonly stageMs: Readonly<Record<string, number>>
  readonly peakBytes: number
}

/** So that as many regions are looked at as are proposed. */
const EVERY_PROPOSAL = { proposalNmsIou: 1, candidateFloor: 0, minSidePx: 0, box: 'proposal' }

async function measure(one: Case, detector: MaskRcnnPack, clip: ClipPack): Promise<Measured> {
  const host = new InferenceHost(forkLauncher(join(root, 'out/main/worker.js')), {
    detector,
    graph: 'regions',
    precision: 'int8',
    clip,
    clipForm: 'whole',
    provider: 'cpu',
    threads: 0,
    maxPixels: 1e8,
  })
  try {
    await host.load()
    const settings = { ...EVERY_PROPOSAL, proposals: one.proposals }
    const recipe = {
      recipe: one.recipe,
      parameters: RECIPE_SCHEMAS[one.recipe].regions.parse(settings),
    } as RegionRecipe
    const files = readdirSync(photos).sort().slice(0, Number(values.images))
    // The first run of a session allocates; a few regions are enough for that.
    const few = { ...recipe, parameters: { ...recipe.parameters, proposals: 16 } } as RegionRecipe
    await host.call('analyse', { path: join(photos, files[0]), recipe: few })
    const sums = { regions: 0, totalMs: 0, runMs: 0, stageMs: {} as Record<string, number> }
    for (const file of files) {
      const startedAt = performance.now()
      const found = await host.call('analyse', { path: join(photos, file), recipe })
      sums.totalMs += performance.now() - startedAt
      sums.runMs += found.runMs
      sums.regions += found.candidates.length
      for (const [stage, ms] of Object.entries(found.stageMs)) {
        sums.stageMs[stage] = (sums.stageMs[stage] ?? 0) + (ms ?? 0) / files.length
      }
    }
    const { peakBytes } = await host.call('memory', null)
    return {
      ...one,
      regions: sums.regions / files.length,
      totalMs: sums.totalMs / files.length,
      runMs: sums.runMs / files.length,
      stageMs: sums.stageMs,
      peakBytes,
    }
  } finally {
    await host.stop()
  }
}

const work = mkdtempSync(join(tmpdir(), 'lexmask-bench-'))
try {
  const tokenizer = join(shared, 'models/clip-tokenizer/tokenizer.json')
  await writeRandomClip(join(work, FOLDERS['ViT-B/16']), 16, tokenizer)
  await writeColourClip(join(work, FOLDERS.colours), tokenizer)
  const { packs } = await findPacks(
    [join(shared, 'models'), work].map((folder) => ({ folder, required: true })),
  )
  const detector = packs.find((pack) => pack.kind === 'mask-rcnn')
  if (detector?.kind !== 'mask-rcnn') throw new Error(`no Mask R-CNN pack in ${shared}/models`)
  const results: Measured[] = []
  for (const one of CASES.filter(({ tower }) => values.tower === 'all' || tower === values.tower)) {
    const clip = packs.find((pack) => pack.kind === 'clip' && pack.name === FOLDERS[one.tower])
    if (clip?.kind !== 'clip') throw new Error('the pack that was written is not found')
    const result = await measure(one, detector, clip)
    results.push(result)
    console.log(JSON.stringify(result))
  }
  if (values.tower !== 'all') process.exit()
  mkdirSync(join(root, 'bench-results'), { recursive: true })
  writeFileSync(join(root, 'bench-results/recipes.json'), `${JSON.stringify(results, null, 2)}\n`)
  writeSection(join(root, 'docs/performance.md'), 'Recipes that ask CLIP', markdown(results))
} finally {
  rmSync(work, { recursive: true, force: true })
}

function markdown(results: readonly Measured[]): string {
  const mib = (bytes: number): string => (bytes / 2 ** 20).toFixed(0)
  const stage = ({ stageMs }: Measured, name: string): string => (stageMs[name] ?? 0).toFixed(0)
  const growth = (['crop', 'vild'] as const).map((recipe) => {
    const peak = (proposals: number): number =>
      results.find(
        (one) => one.recipe === recipe && one.tower === 'colours' && one.proposals === proposals,
      )?.peakBytes ?? NaN
    return `${recipe}: ${mib(peak(1000) - peak(100))} MiB`
  })
  return `Written by \`node scripts/bench-recipes.ts\`. \`ViT-B/16\` is an image tower with the cost of
CLIP's and random weights, fp32; \`colours\` the tests' own, which costs next to nothing. Detector int8; photos of 640 × 480, ${values.images} each, on the CPU; a process each. Every proposal is looked at, none is
suppressed. ${machineInWords()}. Milliseconds an image.

| recipe | tower | regions | whole | in ONNX Runtime | **outside** | decode | crops | paste | peak, MiB |
|---|---|---|---|---|---|---|---|---|---|
${results
  .map((one) =>
    [
      '',
      `\`${one.recipe}\``,
      one.tower,
      one.regions.toFixed(0),
      one.totalMs.toFixed(0),
      one.runMs.toFixed(0),
      `**${((100 * (one.totalMs - one.runMs)) / one.totalMs).toFixed(1)} %**`,
      stage(one, 'decode'),
      stage(one, 'crops'),
      stage(one, 'paste'),
      mib(one.peakBytes),
      '',
    ]
      .join(' | ')
      .trim(),
  )
  .join('\n')}

Peak with 1,000 proposals above that with 100: ${growth.join(', ')}.
`
}
