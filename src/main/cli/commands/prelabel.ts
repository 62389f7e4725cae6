import { existsSync, rmSync } from 'node:fs'
import { basename, dirname, extname, join, resolve } from 'node:path'
import { Option, type Command } from 'commander'
import { isClipRecipe, RECIPE_NAMES, type RecipeName } from '#shared/contract/recipes.ts'
import { prelabelFolder, type FolderOutcome, type FolderPlan } from '#main/app/prelabel-folder.ts'
import type { App } from '#main/app/create-app.ts'
import { LexmaskError } from '#shared/contract/errors.ts'
import { fallbacksOf, refusalWords } from '#shared/contract/providers.ts'
import type { LoadedNetworks } from '#main/inference/protocol.ts'
import { EXIT } from '../exit-codes.ts'
import { interruptible } from '../interruption.ts'
import { collectSetting, parseScore } from '../parse-options.ts'
import { describeParameters, recipeOf } from '../recipe-options.ts'
import { openApp, withModelOptions, type ModelOptions, type Shell } from '../shell.ts'
import { counted, ProgressLine, onOneLine } from '../terminal.ts'
import { readVocabulary, vocabularyChange } from '../vocabulary-source.ts'
import { briefReport } from '../words-report.ts'
import {
  assertExportable,
  exportCoco,
  withExportOptions,
  type ExportCommandOptions,
} from './export-options.ts'

interface PrelabelOptions extends ModelOptions, ExportCommandOptions {
  readonly images: string[]
  readonly vocabulary: string
  readonly project?: string
  readonly recipe: RecipeName
  readonly threshold?: number
  readonly set?: Readonly<Record<string, unknown>>
  readonly asPublished?: boolean
  readonly again?: boolean
  readonly out: string
  readonly json?: boolean
}

const EXAMPLES = `
Examples:
  lexmask prelabel --images photos --vocabulary "forklift, pallet" --out labels.json
  lexmask prelabel --images photos --vocabulary words.txt --project site.lexmask --out labels.json
  lexmask prelabel --images photos --vocabulary words.txt --recipe crop --threshold 0.3 --out labels.json

The project file keeps everything. The same command goes on after an interruption,
and after a change of the vocabulary or of thresholds it only scores again, without
a model. What a person accepted, edited or rejected is kept.

Parameters for --set, with their defaults (null: the model pack's own):
${describeParameters()}

Exit codes: 0 done, 1 failed, 2 wrong command line, 3 done but some images could not
be labelled, 130 interrupted.`

export function addPrelabelCommand(program: Command, shell: Shell): void {
  const command = program
    .command('prelabel')
    .description('propose masks for a folder of photos, and write them as COCO')
    .requiredOption('--images <paths...>', 'folders and files with the photos')
    .requiredOption('--vocabulary <file or words>', 'a file, or the words: "a, b"')
    .requiredOption('--out <file>', 'COCO file to write')
    .option('--project <file>', 'project file; without it, one beside --out with its name')
    .addOption(
      new Option('--recipe <name>', 'how regions are scored')
        .choices(RECIPE_NAMES)
        .default('detector'),
    )
    .option(
      '--threshold <score>',
      'propose from this score on, where a class has no threshold of its own (default: 0.2)',
      parseScore,
    )
    .option('--set <name=value>', 'a parameter of the recipe; may be repeated', collectSetting)
    .option('--as-published', "the pack's own thresholds and suppression, to compare models")
    .option('--again', 'also images that were labelled in this way before')
    .option('--json', 'print the summary as JSON')
    .addHelpText('after', EXAMPLES)
  withExportOptions(withModelOptions(command)).action(async (options: PrelabelOptions) => {
    process.exitCode = await prelabel(options, shell)
  })
}

/** Beside the result and under its name, so that the same command finds it again. */
function projectFileOf({ project, out }: PrelabelOptions): string {
  return resolve(project ?? join(dirname(out), `${basename(out, extname(out))}.lexmask`))
}

async function prelabel(options: PrelabelOptions, shell: Shell): Promise<number> {
  const { terminal } = shell
  // What can be wrong in the words, parameters and files is told before anything is opened.
  const vocabulary = await readVocabulary(options.vocabulary)
  const settings = {
    ...(options.threshold === undefined ? {} : { threshold: options.threshold }),
    ...options.set,
  }
  recipeOf(options.recipe, settings)
  if (options.asPublished && isClipRecipe(options.recipe)) {
    const message = `--as-published is of what packs were measured with: detector and region-text, not ${options.recipe}.`
    throw new LexmaskError('INVALID_INPUT', message)
  }
  const projectFile = projectFileOf(options)
  await assertExportable(options, projectFile)

  const isNew = !existsSync(projectFile)
  const app = openApp(shell, projectFile, { create: true }, options)
  const progress = new ProgressLine(terminal)
  app.events.subscribe('job.progress', (event) => progress.show(event, performance.now()))
  tellFallbacks(app, shell)
  // A second Ctrl-C loses nothing either: what is done is in the project.
  const interruption = interruptible(shell, 'the images in work')
  interruption.signal.addEventListener('abort', () => {
    // What goes wrong in the work is told to whoever waits for it.
    app.prelabelling.pause().catch(() => undefined)
  })
  try {
    const published = options.asPublished
      ? await app.inference.publishedParameters(options.recipe)
      : {}
    const recipe = recipeOf(options.recipe, { ...published, ...settings })
    const change = vocabularyChange(app.project.vocabulary.get(), vocabulary)
    const order = {
      paths: options.images,
      vocabulary: change,
      recipe,
      again: options.again === true,
    }
    const outcome = await prelabelFolder(app, order, {
      words: (report) => briefReport(report).forEach((line) => terminal.say(line)),
      ready: (plan) => terminal.say(describePlan(plan)),
    })
    report(outcome, shell)
    const isInterrupted = interruption.signal.aborted
    const isComplete = !isInterrupted && outcome.error === null
    const exported = isComplete ? await exportCoco(app, shell, options) : null
    if (options.json) {
      const statistics = app.prelabelling.statistics.summary()
      const summary = { ...outcome, export: exported, project: app.project.path, statistics }
      terminal.result(JSON.stringify(summary))
    } else if (exported) {
      terminal.result(
        `${counted(exported.annotations, 'annotation')} in ${counted(exported.images, 'image')}: ` +
          `${exported.path}\nProject: ${app.project.path}`,
      )
    }
    if (isInterrupted) {
      terminal.say(
        `Stopped; ${counted(outcome.waiting, 'image')} left. The same command goes on from here.`,
      )
      return EXIT.interrupted
    }
    if (outcome.error !== null) {
      terminal.say(`error: ${outcome.error}`)
      return EXIT.failed
    }
    const hasLosses = outcome.failed.length > 0 || outcome.skipped.some(({ isLost }) => isLost)
    return hasLosses ? EXIT.someImagesFailed : EXIT.done
  } finally {
    interruption.end()
    const isEmpty = app.project.images.listIds({}).length === 0
    await app.close()
    // Nothing came of it: the folder is to be as it was.
    if (isNew && isEmpty) rmSync(projectFile, { force: true })
  }
}

function describePlan({ networks, images, isResumed, abandonedJobs }: FolderPlan): string {
  return [
    ...(abandonedJobs > 0 ? ['A run with other parameters was cut off; it is given up.'] : []),
    ...(isResumed ? ['Going on with a run that was cut off.'] : []),
    ...(networks
      ? [describeProvider(networks), `${counted(images, 'image')} to label`]
      : ['All images are labelled in this way already; no model is needed.']),
  ].join('\n')
}

/** What runs the model, and why nothing faster does: a GPU that lies idle is worth knowing of. */
function describeProvider({ provider }: LoadedNetworks): string {
  const { used, requested, refused, isMeasured } = provider
  const asked = requested !== 'auto' && requested !== used ? ` instead of ${requested}` : ''
  const measured = isMeasured && refused.length === 0 ? ', the fastest when it was measured' : ''
  const reasons = refused.map((one) => `  not on ${one.provider}: ${refusalWords(one)}`)
  const apart = provider.sessions.flatMap(({ file, refusal }) => {
    return refusal ? [`  ${file} on cpu, not on ${refusal.provider}: ${refusalWords(refusal)}`] : []
  })
  return [`The model runs on: ${used}${asked}${measured}`, ...reasons, ...apart].join('\n')
}

/** What leaves its provider after the first image; what did before is told with the plan. */
function tellFallbacks(app: App, { terminal }: Shell): void {
  const told = new Set<string>()
  let isFirst = true
  app.events.subscribe('inference.state', ({ provider }) => {
    if (!provider) return
    for (const { provider: left, role, ...refusal } of fallbacksOf(provider)) {
      const text = `${role ?? 'The model'} goes on without ${left}: ${refusalWords(refusal)}`
      if (!isFirst && !told.has(text)) terminal.say(text)
      told.add(text)
    }
    isFirst = false
  })
}

function report(outcome: FolderOutcome, { terminal }: Shell): void {
  if (outcome.rescored) {
    const { images, ms } = outcome.rescored
    terminal.say(`${counted(images, 'image')} scored again in ${ms} ms, without a model`)
  }
  for (const { path, reason } of outcome.skipped)
    terminal.say(onOneLine(`skipped ${path}: ${reason}`))
  for (const { name, reason } of outcome.failed)
    terminal.say(onOneLine(`failed ${name}: ${reason}`))
}
