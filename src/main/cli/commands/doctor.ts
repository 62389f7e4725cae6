import { join, resolve } from 'node:path'
import type { Command } from 'commander'
import { version } from '../../../../package.json'
import { examineMachine } from '#main/app/doctor/examine-machine.ts'
import { chooseDetector, missingDetector } from '#main/app/packs/choose-pack.ts'
import { withMeasurement } from '#main/app/machine/measured.ts'
import { measurePack } from '#main/app/doctor/measure-pack.ts'
import { userCacheFolder } from '#main/app/workspace/workspace-folders.ts'
import { forkLauncher } from '#main/inference/worker-process.ts'
import { findPacks } from '#main/packs/find-packs.ts'
import { installFolder, packRoots } from '#main/packs/pack-roots.ts'
import { LexmaskError } from '#shared/contract/errors.ts'
import type { Finding, MachineReport } from '#shared/contract/machine.ts'
import { agrees, isSameWay, type Measurement } from '#shared/contract/measurement.ts'
import { refusalWords } from '#shared/contract/providers.ts'
import { EXIT } from '../exit-codes.ts'
import { cancellable } from '../interruption.ts'
import {
  inferenceOptions,
  personalSettings,
  withModelOptions,
  type ModelOptions,
  type Shell,
} from '../shell.ts'
import { counted, formatDuration } from '../terminal.ts'

interface DoctorOptions extends ModelOptions {
  readonly measure?: boolean
  readonly image?: string[]
  readonly json?: boolean
}

const NOTES = `
Examples:
  lexmask doctor
  lexmask doctor --provider webgpu
  lexmask doctor --measure --image photo.jpg

Each finding is a fact, what it means, and what to do about it, if anything.

--measure times the detector pack in every precision on every provider, and keeps the
result in the settings: from then on, auto takes the fastest that agrees with the CPU.

Exit codes: 0 photos can be labelled, 1 they cannot, 2 wrong command line.`

export function addDoctorCommand(program: Command, shell: Shell): void {
  const command = program
    .command('doctor')
    .description('what this machine has for the models, what really runs them, and why')
    .option('--measure', 'time the detector pack on this machine first')
    .option('--image <files...>', 'photos to measure with, of things that the model knows')
    .option('--json', 'print the report as JSON')
    .addHelpText('after', NOTES)
  withModelOptions(command).action(async (options: DoctorOptions) => {
    const { terminal } = shell
    if (options.measure && !(await measure(shell, options))) return
    const report = await examine(shell, options)
    if (report.measurement && !options.json) terminal.say(wayLines(report.measurement))
    terminal.result(options.json ? JSON.stringify(report) : findingLines(report.findings))
    const hasProblem = report.findings.some(({ level }) => level === 'problem')
    process.exitCode = hasProblem ? EXIT.failed : EXIT.done
  })
}

/** Keeps what it finds. @returns false when it was interrupted, and nothing is kept */
async function measure(shell: Shell, options: DoctorOptions): Promise<boolean> {
  const { terminal } = shell
  const images = options.image?.map((file) => resolve(file)) ?? []
  if (images.length === 0) {
    throw new LexmaskError(
      'INVALID_INPUT',
      '--measure needs photos of things that the model knows, such as people or cars: --image photo.jpg',
    )
  }
  const settingsFile = personalSettings(shell)
  const settings = await settingsFile.read()
  const found = await findPacks(packRoots(options.models, shell.productFolder, settings.packFolder))
  const wanted = options.pack ?? null
  const pack = chooseDetector(found, 'detector', wanted)
  if (!pack) throw missingDetector(found, 'detector', wanted)
  const measured = await cancellable(shell, 'Nothing was kept.', (signal) =>
    measurePack({
      ...{ launch: forkLauncher(shell.workerFile), pack, images, signal },
      threads: options.threads,
      maxPixels: options.maxPixels,
      onProgress: ({ way, done, total, remainingMs }) => {
        const left = remainingMs === null ? '' : `, ${formatDuration(remainingMs)} left`
        if (way) terminal.say(`${done + 1} of ${total}: ${way.precision} on ${way.provider}${left}`)
      },
    }),
  )
  if (measured === null) return false
  const { measurements } = await settingsFile.read()
  await settingsFile.change({ measurements: withMeasurement(measurements, measured) })
  return true
}

/** "int8 on cpu     62.1 ms  agrees (12 regions, 100 % found, scores ± 0.012, masks 0.97)" */
function wayLines({ pack, reference, ways }: Measurement): string {
  const lines = ways.map((way) => {
    const { provider, precision, medianMs, agreement, refusal } = way
    const name = `  ${precision} on ${provider}`.padEnd(18)
    if (medianMs === null || agreement === null) {
      return `${name} ${refusal ? refusalWords(refusal) : 'did not run'}`
    }
    const { regions, found, scoreDifference, maskIou } = agreement
    const numbers =
      `${counted(regions, 'region')}, ${Math.round(found * 100)} % found, ` +
      `scores ± ${scoreDifference.toFixed(3)}, masks ${maskIou.toFixed(3)}`
    const verdict = isSameWay(way, reference)
      ? 'the reference'
      : `${agrees(way, reference) ? 'agrees' : 'DIFFERS'} (${numbers})`
    return `${name} ${medianMs.toFixed(1).padStart(8)} ms  ${verdict}`
  })
  return [`${pack}, an image inside ONNX Runtime:`, ...lines].join('\n')
}

async function examine(shell: Shell, options: DoctorOptions): Promise<MachineReport> {
  const { platform, env } = process
  const settings = await personalSettings(shell).read()
  return examineMachine({
    lexmask: version,
    packRoots: packRoots(options.models, shell.productFolder, settings.packFolder),
    inference: inferenceOptions(shell, options),
    folders: [
      { use: 'project', folder: process.cwd() },
      { use: 'packs', folder: resolve(installFolder(options.models)) },
      { use: 'pictures', folder: join(userCacheFolder(platform, env), 'thumbnails') },
    ],
    measurements: settings.measurements,
  })
}

const MARKS: Readonly<Record<Finding['level'], string>> = {
  fine: '[fine]   ',
  note: '[note]   ',
  problem: '[PROBLEM]',
}

/** "[note]    cuda: its libraries … / It is left out. / → docs/providers.md …" */
export function findingLines(findings: readonly Finding[]): string {
  return findings
    .flatMap(({ level, fact, meaning, advice }) => [
      `${MARKS[level]} ${fact}`,
      `          ${meaning}${advice === null ? '' : ` → ${advice}`}`,
    ])
    .join('\n')
}
