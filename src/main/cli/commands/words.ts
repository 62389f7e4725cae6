import { Option, type Command } from 'commander'
import { reportVocabulary } from '#main/app/words/vocabulary-report.ts'
import { createWordSources } from '#main/app/words/word-sources.ts'
import { RECIPE_NAMES, type RecipeName } from '#shared/contract/recipes.ts'
import { packRoots } from '#main/packs/pack-roots.ts'
import { recipeOf } from '../recipe-options.ts'
import { resourcesFolderOf, type Shell } from '../shell.ts'
import { readVocabulary } from '../vocabulary-source.ts'
import { fullReport } from '../words-report.ts'

interface WordsOptions {
  readonly recipe: RecipeName
  readonly models?: string
  readonly pack?: string
  readonly json?: boolean
}

export function addWordsCommand(program: Command, shell: Shell): void {
  program
    .command('words')
    .description('which words work, and what each will label; no model runs')
    .argument('<file or words>', 'a vocabulary file, or the words: "a, b"')
    .addOption(
      new Option('--recipe <name>', 'how regions are scored')
        .choices(RECIPE_NAMES)
        .default('detector'),
    )
    .option('--models <folder>', 'folder of the model packs (also: LEXMASK_MODELS)')
    .option('--pack <name>', 'Mask R-CNN pack to use, by its name')
    .option('--json', 'print it as JSON')
    .addHelpText(
      'after',
      '\nExamples:\n  lexmask words "poodle, vehicle, 汽车, gadget"\n' +
        '  lexmask words words.txt --recipe region-text --json\n\n' +
        'How a word is served, the most certain first:\n' +
        '  exact        it names a class of the detector\n' +
        '  synonym      another word for a class\n' +
        '  kind         a kind of a class: all of that class gets the label\n' +
        '  covers       wider than some classes: only these get the label\n' +
        '  region-text  regions are compared with a text vector\n' +
        '  clip         a CLIP pack compares each region with the word (--recipe crop)\n' +
        '  unserved     nothing here knows it',
    )
    .action(async (fileOrWords: string, options: WordsOptions) => {
      const vocabulary = await readVocabulary(fileOrWords, 'the words')
      const sources = createWordSources({
        packRoots: packRoots(options.models, shell.productFolder),
        resourcesFolder: resourcesFolderOf(shell),
      })
      const report = await reportVocabulary(sources, {
        recipe: options.recipe,
        vocabulary,
        pack: options.pack ?? null,
        crossClassNmsIou: recipeOf(options.recipe, {}).scoring.crossClassNmsIou,
      })
      shell.terminal.result(options.json ? JSON.stringify(report) : fullReport(report))
    })
}
