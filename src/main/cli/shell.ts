import { accountName } from '#main/app/workspace/account-name.ts'
import { createApp, type App } from '#main/app/create-app.ts'
import type { InferenceOptions } from '#main/app/models/inference-service.ts'
import { PROVIDER_CHOICES, type ProviderChoice } from '#shared/contract/providers.ts'
import { forkLauncher } from '#main/inference/worker-process.ts'
import { failureOfError, LexmaskError } from '#shared/contract/errors.ts'
import { MAX_MASK_PIXELS } from '#shared/geometry/size.ts'
import { dispatch } from '#shared/contract/dispatch.ts'
import type { CommandName, CommandOutput, CommandRequest } from '#shared/contract/commands.ts'
import { Option, type Command } from 'commander'
import { packRoots } from '#main/packs/pack-roots.ts'
import { join } from 'node:path'
import { findMeasured } from '#main/app/machine/measured.ts'
import { SettingsFile } from '#main/app/workspace/settings-file.ts'
import { userConfigFolder } from '#main/app/workspace/workspace-folders.ts'
import { parseCount } from './parse-options.ts'
import type { Terminal } from './terminal.ts'

/** What the entry knows of its place, and the commands do not. */
export interface Shell {
  readonly terminal: Terminal
  readonly workerFile: string
  readonly serverFile: string
  readonly picturesFile: string
  readonly productFolder: string
}

/** Where the product keeps what it reads and nobody writes, also in an asar. */
export const resourcesFolderOf = ({ productFolder }: Shell): string =>
  join(productFolder, 'resources')

export interface ModelOptions {
  readonly models?: string
  readonly pack?: string
  readonly precision?: string
  readonly graph?: 'regions' | 'detections'
  readonly provider: ProviderChoice
  readonly threads: number
  readonly maxPixels: number
}

export function withModelOptions(command: Command): Command {
  return command
    .option('--models <folder>', 'folder of the model packs (also: LEXMASK_MODELS)')
    .option('--pack <name>', 'Mask R-CNN pack to use, by its name')
    .option('--precision <name>', 'precision of the pack, such as int8 or fp32')
    .addOption(
      new Option('--graph <kind>', "the pack's three graphs, or its end-to-end graph").choices([
        'regions',
        'detections',
      ]),
    )
    .addOption(
      new Option('--provider <name>', 'what runs the model')
        .choices(PROVIDER_CHOICES)
        .default('auto'),
    )
    .option('--threads <n>', 'threads of the model; 0 lets it choose', parseCount, 0)
    .option(
      '--max-pixels <n>',
      'refuse images that claim to have more pixels',
      parseCount,
      MAX_MASK_PIXELS,
    )
}

/** Models are only looked for when a command asks for them. */
export const NO_MODELS: ModelOptions = {
  provider: 'auto',
  threads: 0,
  maxPixels: MAX_MASK_PIXELS,
}

/** What the person set in the window. */
export function personalSettings({ terminal }: Shell): SettingsFile {
  const file = join(userConfigFolder(process.platform, process.env), 'settings.json')
  return new SettingsFile(file, (error) => terminal.say(String(error)))
}

export function inferenceOptions(shell: Shell, options: ModelOptions): InferenceOptions {
  return {
    launch: forkLauncher(shell.workerFile),
    pack: options.pack ?? null,
    precision: options.precision ?? null,
    graph: options.graph ?? null,
    provider: options.provider,
    threads: options.threads,
    maxPixels: options.maxPixels,
    measured: async () => findMeasured((await personalSettings(shell).read()).measurements),
  }
}

export function openApp(
  shell: Shell,
  projectFile: string,
  open: { create?: boolean; readOnly?: boolean },
  options: ModelOptions,
): App {
  return createApp({
    projectFile,
    open,
    packRoots: packRoots(options.models, shell.productFolder),
    resourcesFolder: resourcesFolderOf(shell),
    reviewerName: accountName(),
    inference: inferenceOptions(shell, options),
    report: (error) => shell.terminal.say(`internal: ${String(error)}`),
  })
}

/** A command of the contract, as a window would send it; a failure is thrown. */
export async function request<Name extends CommandName>(
  app: App,
  name: Name,
  input: CommandRequest<Name>,
): Promise<CommandOutput<Name>> {
  const reply = await dispatch(app.handlers, name, input)
  if (reply.ok) return reply.data as CommandOutput<Name>
  const { code, message, details } = reply.error
  throw new LexmaskError(code, message, details)
}

/** One sentence for the user, and for a bug report what lay behind it. */
export function describeError(error: unknown): string {
  const { message, code, details } = failureOfError(error)
  return code === 'INTERNAL' ? `${message} (${JSON.stringify(details)})` : message
}
