import { resolve } from 'node:path'
import type { Command } from 'commander'
import { findPacks, type FoundPacks, type Pack } from '#main/packs/find-packs.ts'
import type { ProjectInfo } from '#shared/contract/commands.ts'
import { packRoots } from '#main/packs/pack-roots.ts'
import { NO_MODELS, openApp, request, type Shell } from '../shell.ts'

interface InfoOptions {
  readonly project?: string
  readonly models?: string
  readonly json?: boolean
}

export function addInfoCommand(program: Command, shell: Shell): void {
  program
    .command('info')
    .description('the model packs that are found, and what a project holds')
    .option('--project <file>', 'project file')
    .option('--models <folder>', 'folder of the model packs (also: LEXMASK_MODELS)')
    .option('--json', 'print it as JSON')
    .addHelpText(
      'after',
      '\nExamples:\n  lexmask info\n  lexmask info --project site.lexmask --json',
    )
    .action(async (options: InfoOptions) => {
      const found = await findPacks(packRoots(options.models, shell.productFolder))
      const project = options.project ? await projectInfo(shell, options.project) : null
      const { terminal } = shell
      if (options.json) {
        const packs = found.packs.map(({ kind, name, folder }) => ({ kind, name, folder }))
        terminal.result(JSON.stringify({ ...found, packs, project }))
      } else {
        terminal.result([packLines(found), project ? projectLines(project) : ''].join('\n').trim())
      }
    })
}

interface ClassCount {
  readonly name: string
  /** Without the rejected ones. */
  readonly annotations: number
}

async function projectInfo(
  shell: Shell,
  file: string,
): Promise<ProjectInfo & { classes: ClassCount[] }> {
  const app = openApp(shell, resolve(file), { readOnly: true }, NO_MODELS)
  try {
    const info = await request(app, 'project.info', {})
    const counts = new Map(info.annotationsByClass.map(({ classId, count }) => [classId, count]))
    const classes = app.project.vocabulary
      .list()
      .map(({ id, name }) => ({ name, annotations: counts.get(id) ?? 0 }))
    return { ...info, classes }
  } finally {
    await app.close()
  }
}

function packLines({ packs, refused, searched }: FoundPacks): string {
  return [
    'Model packs:',
    ...(packs.length > 0 ? packs.map(packLine) : ['  none']),
    ...refused.map(({ folder, reason }) => `  not usable: ${folder}: ${reason}`),
    `Looked in: ${searched.join(', ')}`,
  ].join('\n')
}

function packLine(pack: Pack): string {
  const detail =
    pack.kind === 'mask-rcnn'
      ? `${pack.description.classes.length} classes, ${Object.keys(pack.description.precisions).join(', ')}`
      : pack.folder
  return `  ${pack.name} (${pack.kind}): ${detail}`
}

function projectLines(info: ProjectInfo & { readonly classes: readonly ClassCount[] }): string {
  const statuses = Object.entries(info.imagesByStatus).map(
    ([status, count]) => `${count} ${status}`,
  )
  const total = info.classes.reduce((sum, { annotations }) => sum + annotations, 0)
  const classes = info.classes.map(({ name, annotations }) => `${name} ${annotations}`)
  return [
    `Project ${info.path}`,
    `  images: ${statuses.join(', ')}`,
    `  annotations: ${total}`,
    `  by class: ${classes.join(', ')}`,
    ...info.damage.map((problem) => `  damage: ${problem}`),
  ].join('\n')
}
