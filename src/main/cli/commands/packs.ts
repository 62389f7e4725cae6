import type { Command } from 'commander'
import { addPacks } from '#main/packs/add-pack.ts'
import { userPackFolder } from '#main/packs/pack-roots.ts'
import type { Shell } from '../shell.ts'

interface AddOptions {
  readonly json?: boolean
}

const EXAMPLE = '\nExample:\n  lexmask packs add ~/Downloads/maskrcnn2go-coco'

export function addPacksCommand(program: Command, { terminal }: Shell): void {
  const packs = program
    .command('packs')
    .description('install model packs')
    .addHelpText('after', EXAMPLE)
  packs
    .command('add <folder>')
    .description('check the model packs in a folder and copy them to where Lexmask looks')
    .option('--json', 'print the result as JSON')
    .addHelpText('after', EXAMPLE)
    .action(async (folder: string, options: AddOptions) => {
      const added = await addPacks(folder, userPackFolder(process.platform, process.env))
      const lines = added.map(({ name, folder: place, isKnown }) =>
        isKnown ? `${name} is there already: ${place}` : `${name} added: ${place}`,
      )
      terminal.result(options.json ? JSON.stringify(added) : lines.join('\n'))
    })
}
