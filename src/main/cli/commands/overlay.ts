import { resolve } from 'node:path'
import { Option, type Command } from 'commander'
import { requireFolder } from '#main/app/images/scan-folder.ts'
import { drawOverlays, type OverlayOutcome } from '#main/app/overlay/draw-overlays.ts'
import { planCocoOverlays } from '#main/app/overlay/overlay-of-coco.ts'
import { planProjectOverlays } from '#main/app/overlay/overlay-of-project.ts'
import type { OverlayFilter, OverlayPlan } from '#main/app/overlay/overlay-source.ts'
import { PictureService } from '#main/app/pictures/picture-service.ts'
import { pictureLauncher } from '#main/pictures/host.ts'
import type { OverlayFormat, OverlayStyle } from '#main/pictures/protocol.ts'
import { LexmaskError } from '#shared/contract/errors.ts'
import { EXIT } from '../exit-codes.ts'
import { interruptible } from '../interruption.ts'
import { parseScore, parseSide } from '../parse-options.ts'
import { NO_MODELS, openApp, type Shell } from '../shell.ts'
import { counted, ProgressLine, onOneLine } from '../terminal.ts'

interface OverlayOptions {
  readonly project?: string
  readonly labels?: string
  readonly images?: string[]
  readonly out: string
  readonly all?: boolean
  readonly classes?: string
  readonly minScore: number
  readonly format: OverlayFormat
  readonly maxSide?: number
  readonly opacity?: number
  readonly semantic?: boolean
  readonly names: boolean
  readonly json?: boolean
}

const EXAMPLES = `
Examples:
  lexmask overlay --project site.lexmask --out pictures
  lexmask overlay --project site.lexmask --images hall-2 --classes "forklift, pallet" --out pictures
  lexmask overlay --labels labels.json --images photos --out pictures --max-side 1600
  lexmask overlay --project site.lexmask --semantic --out maps

Photos are only read: the pictures go into a folder of their own, under the photos' names.
A line is heavier, and its label has a tick, where a person accepted or edited a mask.

Exit codes: 0 done, 1 failed, 2 wrong command line, 3 done but some photos could not be
drawn, 130 interrupted.`

export function addOverlayCommand(program: Command, shell: Shell): void {
  program
    .command('overlay')
    .description('draw masks on copies of the photos')
    .option('--project <file>', 'project file, whose annotations are drawn')
    .option('--labels <file>', 'COCO file, whose annotations are drawn')
    .option(
      '--images <paths...>',
      'with --labels the folder of its photos; with --project only these images or folders',
    )
    .requiredOption('--out <folder>', 'folder for the pictures')
    .option('--all', 'also photos on which nothing is to be drawn')
    .option('--classes <names>', 'only these classes: "a, b"')
    .option('--min-score <score>', 'only annotations from this score on', parseScore, 0)
    .addOption(
      new Option('--format <name>', 'of the pictures')
        .choices(['jpeg', 'png', 'webp'])
        .default('jpeg'),
    )
    .option('--max-side <pixels>', 'scale larger pictures down to this longer side', parseSide)
    .option(
      '--opacity <share>',
      'of the tint, from 0 to 1 (default: 0.45; 0.7 with --semantic)',
      parseScore,
    )
    .option('--semantic', 'each pixel in the colour of its best mask’s class, with a legend')
    .option('--no-names', 'without names and scores, or without the legend')
    .option('--json', 'print the summary as JSON')
    .addHelpText('after', EXAMPLES)
    .action(async (options: OverlayOptions) => {
      process.exitCode = await overlay(options, shell)
    })
}

async function overlay(options: OverlayOptions, shell: Shell): Promise<number> {
  const { terminal } = shell
  const { plan, close } = await planOf(options, shell)
  const pictures = new PictureService({
    launch: pictureLauncher(shell.picturesFile),
    thumbnailCache: null,
  })
  const interruption = interruptible(shell, 'the pictures in work')
  const progress = new ProgressLine(terminal)
  const startedAt = performance.now()
  try {
    const outcome = await drawOverlays(plan, pictures, {
      outFolder: resolve(options.out),
      style: styleOf(options),
      signal: interruption.signal,
      onProgress: (event) => {
        const now = performance.now()
        if (now - startedAt > QUIET_MS) progress.show(event, now)
      },
    })
    report(plan, outcome, options, shell)
    if (interruption.signal.aborted) {
      terminal.say(`Stopped; ${counted(outcome.waiting, 'photo')} left.`)
      return EXIT.interrupted
    }
    return outcome.failed.length > 0 ? EXIT.someImagesFailed : EXIT.done
  } finally {
    interruption.end()
    await pictures.stop()
    await close()
  }
}

/** A map of classes is looked at for its colours, and masks for what is under them. */
const OPACITY = { instances: 0.45, semantic: 0.7 } as const

/** What is over by then needs no progress. */
const QUIET_MS = 1000

function styleOf({ format, maxSide, opacity, names, semantic }: OverlayOptions): OverlayStyle {
  const isSemantic = semantic === true
  return {
    ...{ format, maxSide: maxSide ?? null, hasNames: names, isSemantic },
    opacity: opacity ?? (isSemantic ? OPACITY.semantic : OPACITY.instances),
  }
}

interface OpenPlan {
  readonly plan: OverlayPlan
  /** A project is read while its photos are drawn: masks only when their turn comes. */
  readonly close: () => Promise<void>
}

async function planOf(options: OverlayOptions, shell: Shell): Promise<OpenPlan> {
  const { project, labels, images } = options
  const filter: OverlayFilter = {
    classes: options.classes === undefined ? null : namesIn(options.classes),
    minScore: options.minScore,
    withEmpty: options.all === true,
  }
  if (project !== undefined && labels === undefined) {
    return planOfProject(project, images ?? null, filter, shell)
  }
  if (labels === undefined || project !== undefined) {
    throw wrongUsage('Name what is to be drawn: --project FILE, or --labels FILE --images FOLDER.')
  }
  const [folder, ...others] = images ?? []
  if (folder === undefined || others.length > 0) {
    throw wrongUsage('--labels needs --images with the one folder that its photos are in.')
  }
  await requireFolder(resolve(folder))
  const plan = await planCocoOverlays(resolve(labels), resolve(folder), filter)
  return { plan, close: () => Promise.resolve() }
}

async function planOfProject(
  project: string,
  images: readonly string[] | null,
  filter: OverlayFilter,
  shell: Shell,
): Promise<OpenPlan> {
  // Beside a window that has the project open: drawing changes nothing in it.
  const app = openApp(shell, resolve(project), { readOnly: true }, NO_MODELS)
  try {
    return {
      plan: planProjectOverlays(app.project, images, filter),
      close: () => app.close(),
    }
  } catch (error) {
    await app.close()
    throw error
  }
}

function namesIn(list: string): string[] {
  const names = list
    .split(/[,，、]/)
    .map((name) => name.trim())
    .filter((name) => name !== '')
  if (names.length > 0) return names
  throw wrongUsage('--classes names no class. Give names: --classes "forklift, pallet".')
}

function wrongUsage(message: string): LexmaskError {
  return new LexmaskError('INVALID_INPUT', message)
}

function report(
  { withoutMask }: OverlayPlan,
  outcome: OverlayOutcome,
  { out, json }: OverlayOptions,
  { terminal }: Shell,
): void {
  const { drawn, annotations, failed, numbered } = outcome
  for (const { name, reason } of failed) terminal.say(onOneLine(`failed ${name}: ${reason}`))
  if (withoutMask > 0) {
    terminal.say(`not drawn, as they have a box and no mask: ${counted(withoutMask, 'annotation')}`)
  }
  if (numbered.length > 0) {
    const classes = numbered.map(({ number, name }) => `#${number} is ${name}`).join(', ')
    terminal.say(`written as numbers, as no font here has their letters: ${classes}`)
  }
  const folder = resolve(out)
  terminal.result(
    json
      ? JSON.stringify({ ...outcome, withoutMask, folder })
      : `${counted(annotations, 'annotation')} on ${counted(drawn.length, 'photo')}: ${folder}`,
  )
  if (drawn.length === 0 && failed.length === 0 && json !== true) {
    terminal.say('Nothing was to be drawn. With --all, photos without annotations are copied too.')
  }
}
