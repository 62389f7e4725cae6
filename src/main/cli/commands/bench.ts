import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { InvalidArgumentError, Option, type Command } from 'commander'
import { readBenchData } from '#main/app/bench/bench-data.ts'
import { planBench } from '#main/app/bench/bench-plan.ts'
import { reportOf } from '#main/app/bench/bench-report.ts'
import { writeReport } from '#main/app/bench/write-report.ts'
import { reportPage } from '#main/app/bench/html/report-page.ts'
import { drawWorst } from '#main/app/bench/worst-pictures.ts'
import { PictureService } from '#main/app/pictures/picture-service.ts'
import { pictureLauncher } from '#main/pictures/host.ts'
import { runBench, type BenchListener } from '#main/app/bench/run-bench.ts'
import { PROVIDER_CHOICES, type ProviderChoice } from '#shared/contract/providers.ts'
import { RECIPE_NAMES, type RecipeName } from '#shared/contract/recipes.ts'
import { version } from '../../../../package.json'
import { benchTables } from '../bench-tables.ts'
import { EXIT } from '../exit-codes.ts'
import { interruptible } from '../interruption.ts'
import { parseCount } from '../parse-options.ts'
import { NO_MODELS, openApp, type Shell } from '../shell.ts'
import { formatDuration } from '../terminal.ts'

interface BenchOptions {
  readonly data: string
  readonly out: string
  readonly recipes?: readonly RecipeName[]
  readonly packs?: readonly string[]
  readonly precision?: readonly string[]
  readonly models?: string
  readonly provider: ProviderChoice
  readonly threads: number
  readonly pictures: number
  readonly json?: boolean
}

const EXAMPLES = `
Examples:
  lexmask bench recipes --data coco-mini
  lexmask bench recipes --data coco-mini --recipes detector,region-text --precision int8
  lexmask bench recipes --data coco-mini --packs maskrcnn2go-coco,clip-vit-b16 --out report

The folder has images/ and instances.json (COCO, with masks). Every recipe runs with every pack
and precision that serves it; those that ask CLIP, on the proposals of the first detector. What
cannot run is named with the reason. Measured are AP of masks and boxes, of COCO's 48 base and
17 novel classes and of each class, classification on the true boxes, localisation with the right
labels, recall of proposals, and an image's time and memory. Into --out go bench.html, to be read,
and bench.json, for a program. Photos and projects are not changed.

Exit codes: 0 done, 1 failed, 2 wrong command line, 130 interrupted; then nothing is written.`

export function addBenchCommand(program: Command, shell: Shell): void {
  const bench = program
    .command('bench')
    .description('measure how well the recipes do, and how fast')
    .addHelpText('after', '\nExample:\n  lexmask bench recipes -h')
  bench
    .command('recipes')
    .description('measure every recipe with every pack on photos with ground truth')
    .requiredOption('--data <folder>', 'folder with images/ and instances.json')
    .option('--out <folder>', 'folder for bench.html and bench.json', 'lexmask-bench')
    .option('--recipes <names>', `only these: ${RECIPE_NAMES.join(',')}`, parseRecipes)
    .option('--packs <names>', 'only these detectors and CLIP packs, by name', parseNames)
    .option('--precision <names>', 'only these precisions, such as int8,fp32', parseNames)
    .option('--models <folder>', 'folder of the model packs (also: LEXMASK_MODELS)')
    .addOption(
      new Option('--provider <name>', 'what runs the models')
        .choices(PROVIDER_CHOICES)
        .default('auto'),
    )
    .option('--threads <n>', 'threads of the models; 0 lets them choose', parseCount, 0)
    .option('--pictures <n>', 'worst photos of each recipe and pack in the report', parseCount, 4)
    .option('--json', 'print bench.json instead of the tables')
    .addHelpText('after', EXAMPLES)
    .action(async (options: BenchOptions) => {
      process.exitCode = await benchRecipes(options, shell)
    })
}

async function benchRecipes(options: BenchOptions, shell: Shell): Promise<number> {
  const { terminal } = shell
  const data = await readBenchData(options.data)
  const folder = mkdtempSync(join(tmpdir(), 'lexmask-bench-'))
  const app = openApp(
    shell,
    join(folder, 'bench.lexmask'),
    { create: true },
    {
      ...NO_MODELS,
      ...(options.models === undefined ? {} : { models: options.models }),
      provider: options.provider,
      threads: options.threads,
    },
  )
  const pictures = new PictureService({
    launch: pictureLauncher(shell.picturesFile),
    thumbnailCache: null,
  })
  const interruption = interruptible(shell, 'the image in work')
  const startedAt = performance.now()
  try {
    const plan = planBench(await app.findPacks(), {
      recipes: options.recipes ?? null,
      packs: options.packs ?? null,
      precisions: options.precision ?? null,
    })
    const results = await runBench({
      app,
      data,
      plan,
      keptWorst: options.pictures,
      listener: listenerOf(shell),
      signal: interruption.signal,
    })
    const report = reportOf({
      data,
      results,
      version,
      command: commandOf(options),
      createdAt: new Date(),
    })
    const out = resolve(options.out)
    // Other words and thresholds fail on the same photos: their pictures would only make the file large.
    const drawn = results.worst.map((worst, i) => (report.rows[i].words === 'names' ? worst : []))
    const worst = await drawWorst(drawn, data.categories, pictures)
    await writeReport(out, report, reportPage(report, worst))
    terminal.result(options.json ? JSON.stringify(report) : benchTables(report))
    terminal.say(`Measured in ${formatDuration(performance.now() - startedAt)}: ${out}`)
    return EXIT.done
  } catch (error) {
    if (!interruption.signal.aborted) throw error
    terminal.say('Stopped; nothing was written.')
    return EXIT.interrupted
  } finally {
    interruption.end()
    await pictures.stop()
    await app.close()
    rmSync(folder, { recursive: true, force: true })
  }
}

/** The command as it could be given again, without folders of this computer. */
function commandOf({ recipes, packs, precision, provider, threads }: BenchOptions): string {
  return [
    'lexmask bench recipes --data DIR',
    ...(recipes ? [`--recipes ${recipes.join(',')}`] : []),
    ...(packs ? [`--packs ${packs.join(',')}`] : []),
    ...(precision ? [`--precision ${precision.join(',')}`] : []),
    ...(provider === 'auto' ? [] : [`--provider ${provider}`]),
    ...(threads === 0 ? [] : [`--threads ${threads}`]),
  ].join(' ')
}

function listenerOf({ terminal }: Shell): BenchListener {
  let what = ''
  return {
    begins: (next) => {
      what = next
      if (!terminal.isInteractive) terminal.say(what)
    },
    progress: (done, total) => {
      if (terminal.isInteractive) terminal.redraw(`${what}: ${done} of ${total}`)
    },
  }
}

function parseNames(text: string): string[] {
  const names = text
    .split(',')
    .map((name) => name.trim())
    .filter((name) => name !== '')
  if (names.length > 0) return [...new Set(names)]
  throw new InvalidArgumentError('It has to be names with commas between them.')
}

function parseRecipes(text: string): RecipeName[] {
  const names = parseNames(text)
  const isRecipe = (name: string): name is RecipeName =>
    (RECIPE_NAMES as readonly string[]).includes(name)
  const unknown = names.filter((name) => !isRecipe(name))
  if (unknown.length === 0) return names.filter(isRecipe)
  throw new InvalidArgumentError(
    `There is no recipe ${unknown.join(', ')}. There are: ${RECIPE_NAMES.join(', ')}.`,
  )
}
