import { resolve } from 'node:path'
import type { Command } from 'commander'
import { PackInstaller } from '#main/app/packs/pack-installer.ts'
import type { InstallProgress } from '#main/packs/install/progress-meter.ts'
import { installFolder, manifestFileOf, packRoots } from '#main/packs/pack-roots.ts'
import type { PackCheckReport, PackOffer, PackOffers } from '#shared/contract/commands.ts'
import { EXIT } from '../exit-codes.ts'
import { cancellable } from '../interruption.ts'
import { parseWebAddress } from '../parse-options.ts'
import { personalSettings, type Shell } from '../shell.ts'
import { counted, formatBytes, formatDuration, type Terminal } from '../terminal.ts'

interface PlaceOptions {
  readonly models?: string
  readonly manifest?: string
  readonly json?: boolean
}

interface InstallOptions extends PlaceOptions {
  readonly from?: string
  readonly mirror?: string
  readonly proxy?: string
}

const EXAMPLES =
  '\nExamples:\n  lexmask packs list\n  lexmask packs install maskrcnn2go-coco\n' +
  '  lexmask packs add ~/Downloads/my-pack'

const INSTALL_EXAMPLES =
  '\nExamples:\n  lexmask packs install maskrcnn2go-coco\n' +
  '  lexmask packs install clip-vit-b16 --from ~/Downloads'

/** A plain line at most this often where nothing can be redrawn. */
const PLAIN_LINE_MS = 5000

export function addPacksCommand(program: Command, shell: Shell): void {
  const packs = program
    .command('packs')
    .description('list, install, check and remove model packs')
    .addHelpText('after', EXAMPLES)
  const { terminal } = shell
  withPlaces(packs.command('list'))
    .description('the packs that can be installed, and those that are')
    .action(async (options: PlaceOptions) => {
      const offers = await (await installerFor(shell, options)).offers(() => null)
      terminal.result(options.json ? JSON.stringify(offers) : offerLines(offers))
    })
  withPlaces(packs.command('install <name>'))
    .description('download a pack, check it and put it in place; goes on where it was interrupted')
    .option('--from <folder>', 'take its files from a folder instead of downloading them')
    .option('--mirror <url>', 'download from another host, with the same paths', parseWebAddress)
    .option('--proxy <url>', 'download through a proxy (also: HTTPS_PROXY)', parseWebAddress)
    .addHelpText('after', INSTALL_EXAMPLES)
    .action((name: string, options: InstallOptions) => install(shell, name, options))
  withPlaces(packs.command('verify [name]'))
    .description('hold the files of a pack, or of all, against their sha256; changes nothing')
    .action(async (name: string | undefined, options: PlaceOptions) => {
      const installer = await installerFor(shell, options)
      const checks =
        name === undefined ? await installer.verifyAll() : [await installer.verify(name)]
      terminal.result(options.json ? JSON.stringify(checks) : checks.map(checkLines).join('\n'))
      if (checks.some(({ isWhole }) => !isWhole)) process.exitCode = EXIT.failed
    })
  withPlaces(packs.command('remove <name>'))
    .description('delete an installed pack, and what an interrupted installation of it has left')
    .action(async (name: string, options: PlaceOptions) => {
      const folder = await (await installerFor(shell, options)).remove(name)
      terminal.result(
        options.json ? JSON.stringify({ name, folder }) : `${name} removed: ${folder}`,
      )
    })
  withPlaces(packs.command('add <folder>'))
    .description('check the model packs in a folder and copy them to where Lexmask looks')
    .addHelpText('after', EXAMPLES)
    .action(async (folder: string, options: PlaceOptions) => {
      const added = await (await installerFor(shell, options)).add(folder)
      const lines = added.map(({ name, folder: place, isKnown }) => {
        return isKnown ? `${name} is there already: ${place}` : `${name} added: ${place}`
      })
      terminal.result(options.json ? JSON.stringify(added) : lines.join('\n'))
    })
}

function withPlaces(command: Command): Command {
  return command
    .option('--models <folder>', 'folder that packs are installed to (also: LEXMASK_MODELS)')
    .option('--manifest <file>', "a list of packs instead of Lexmask's own")
    .option('--json', 'print the result as JSON')
}

/** With the settings of the person, where the command line says nothing else. */
async function installerFor(
  shell: Shell,
  { models, manifest, mirror, proxy }: InstallOptions,
): Promise<PackInstaller> {
  const { productFolder } = shell
  const settings = await personalSettings(shell).read()
  return new PackInstaller({
    manifestFile: manifestFileOf(productFolder),
    root: resolve(installFolder(models)),
    // The folder that is named may not be there before the first installation.
    searched: () =>
      packRoots(models, productFolder, settings.packFolder).map(({ folder }) => {
        return { folder, required: false }
      }),
    settings: () => ({
      packMirror: mirror ?? settings.packMirror,
      packProxy: proxy ?? settings.packProxy,
      packManifest: manifest ?? settings.packManifest,
    }),
    environment: process.env,
  })
}

async function install(shell: Shell, name: string, options: InstallOptions): Promise<void> {
  const { terminal } = shell
  const installer = await installerFor(shell, options)
  const line = new DownloadLine(terminal, name)
  const kept =
    `What was downloaded is kept: lexmask packs install ${name} goes on from there, ` +
    `lexmask packs remove ${name} deletes it.`
  const installed = await cancellable(shell, kept, (signal) =>
    installer.install({
      name,
      from: options.from ?? null,
      signal,
      onProgress: (progress) => line.show(progress, performance.now()),
    }),
  )
  if (installed === null) return
  if (options.json) return terminal.result(JSON.stringify(installed))
  for (const { path, sha256, digestFrom } of installed.sources) {
    if (installed.isKnown || digestFrom === 'manifest') continue
    const who = digestFrom === 'host' ? 'as its host publishes it' : 'as it was given'
    terminal.say(`${path}: sha256 ${sha256}, ${who}; recorded`)
  }
  const how = installed.isKnown ? 'is there already' : 'installed'
  terminal.result(`${name} ${how}: ${installed.folder}`)
}

/** Shows how far an installation is: a line that is redrawn, or a plain one now and then. */
class DownloadLine {
  readonly #terminal: Terminal
  readonly #name: string
  #lastPlainMs = -Infinity
  #phase: InstallProgress['phase'] | null = null

  constructor(terminal: Terminal, name: string) {
    this.#terminal = terminal
    this.#name = name
  }

  show(progress: InstallProgress, nowMs: number): void {
    const text = `${this.#name}: ${installProgressText(progress)}`
    if (this.#terminal.isInteractive) {
      this.#terminal.redraw(text.slice(0, this.#terminal.columns - 1))
      return
    }
    if (progress.phase === this.#phase && nowMs - this.#lastPlainMs < PLAIN_LINE_MS) return
    this.#phase = progress.phase
    this.#lastPlainMs = nowMs
    this.#terminal.say(text)
  }
}

/** "12 MB of 152 MB, 3.4 MB/s, 41 s left" */
export function installProgressText(progress: InstallProgress): string {
  const { phase, receivedBytes, totalBytes, bytesPerSecond, remainingMs } = progress
  if (phase === 'converting') return 'converting'
  if (phase === 'checking') return 'checking'
  const of = totalBytes === null ? '' : ` of ${formatBytes(totalBytes)}`
  const parts = [`${formatBytes(receivedBytes)}${of}`]
  if (bytesPerSecond !== null) parts.push(`${formatBytes(bytesPerSecond)}/s`)
  if (remainingMs !== null && receivedBytes !== totalBytes) {
    parts.push(`${formatDuration(remainingMs)} left`)
  }
  return parts.join(', ')
}

function offerLines({ root, hosts, packs }: PackOffers): string {
  const lines = packs.flatMap((pack) => ['', ...offerLine(pack)])
  return [
    `Packs are installed to ${root}`,
    `and downloaded from ${hosts.join(', ')}.`,
    ...lines,
  ].join('\n')
}

function offerLine(offer: PackOffer): string[] {
  const { name, title, licence, bytes, isExact, purpose, folder, isUsable } = offer
  const size = bytes === null ? 'size not known' : `${isExact ? '' : 'about '}${formatBytes(bytes)}`
  const state = folder !== null ? `installed: ${folder}` : isUsable ? 'not installed' : 'not usable'
  return [`${name} — ${title}`, `  ${purpose.en}`, `  ${size}; licence: ${licence}; ${state}`]
}

function checkLines({ name, folder, isWhole, checked, faults }: PackCheckReport): string {
  if (!isWhole)
    return [`${name} is damaged: ${folder}`, ...faults.map((one) => `  ${one}`)].join('\n')
  const how =
    checked === 0
      ? 'no sha256 is recorded; its graphs can be read'
      : `${counted(checked, 'file')} checked`
  return `${name} is whole: ${how}`
}
