import { resolve } from 'node:path'
import type { Command } from 'commander'
import type { SearchHit } from '#shared/contract/commands.ts'
import type { App } from '#main/app/create-app.ts'
import { tableLines } from '../text-table.ts'
import { EXIT } from '../exit-codes.ts'
import { parseCount } from '../parse-options.ts'
import { NO_MODELS, openApp, request, type Shell } from '../shell.ts'
import { counted, onOneLine } from '../terminal.ts'

interface SearchCommandOptions {
  readonly project: string
  readonly limit: number
  readonly perImage?: boolean
  readonly phrase?: boolean
  readonly models?: string
  readonly json?: boolean
}

/** A hit with the names that its ids stand for. */
interface NamedHit extends Omit<SearchHit, 'candidateId'> {
  /** null for an annotation that is no region of a run. */
  readonly candidateId: number | null
  /** Name of the image. */
  readonly image: string
  /** Class and state of the annotation that the region is; null for none. */
  readonly annotation: { readonly class: string; readonly state: string } | null
}

export function addSearchCommand(program: Command, shell: Shell): void {
  program
    .command('search')
    .description('find regions by words in what is stored; no detector runs')
    .argument('<words>', 'a word, or several with commas between them')
    .requiredOption('--project <file>', 'project file')
    .option('--limit <n>', 'how many at most, up to 1000', parseCount, 20)
    .option('--per-image', 'the best region of each image alone')
    .option('--phrase', 'the one region of each image that a phrase means: "the man on the left"')
    .option('--models <folder>', 'folder of the model packs (also: LEXMASK_MODELS)')
    .option('--json', 'print the result as JSON')
    .addHelpText(
      'after',
      '\nExamples:\n  lexmask search --project site.lexmask "forklift, fork truck"\n' +
        '  lexmask search --project site.lexmask 汽车 --per-image --json\n' +
        '  lexmask search --project site.lexmask "the man on the left" --phrase\n\n' +
        'Also finds what is not in the vocabulary or under the threshold. Boxes are x, y, width, height.',
    )
    .action(async (text: string, options: SearchCommandOptions) => {
      const models =
        options.models === undefined ? NO_MODELS : { ...NO_MODELS, models: options.models }
      const app = openApp(shell, resolve(options.project), {}, models)
      try {
        const startedAt = performance.now()
        const { hits, regions, unservedWords } = await find(app, text, options)
        const ms = Math.round(performance.now() - startedAt)
        const named = hits.map((hit) => withNames(app, hit))
        if (options.json) {
          shell.terminal.result(JSON.stringify({ hits: named, regions, unservedWords, ms }))
        } else {
          for (const word of unservedWords)
            shell.terminal.say(`not understood by anything: ${word}`)
          for (const line of tableOf(named)) shell.terminal.result(onOneLine(line))
          shell.terminal.say(`${counted(hits.length, 'hit')} in ${counted(regions, 'region')}`)
        }
        process.exitCode = EXIT.done
      } finally {
        await app.close()
      }
    })
}

type FoundHit = Omit<NamedHit, 'image' | 'annotation'>

async function find(
  app: App,
  text: string,
  { limit, perImage, phrase }: SearchCommandOptions,
): Promise<{ hits: readonly FoundHit[]; regions: number; unservedWords: readonly string[] }> {
  if (!phrase) {
    return request(app, 'search.words', { text, limit, per: perImage ? 'image' : 'region' })
  }
  const { picks, regions } = await request(app, 'search.phrase', { text, limit, imageId: null })
  const hits = picks.map((pick) => ({ ...pick, score: pick.weight, scoreOfKind: pick.score }))
  return { hits, regions, unservedWords: [] }
}

function withNames({ project }: App, hit: FoundHit): NamedHit {
  const annotation = hit.annotationId === null ? null : project.annotations.get(hit.annotationId)
  const named = annotation && project.vocabulary.getClass(annotation.classId)
  return {
    ...hit,
    image: project.images.get(hit.imageId)?.name ?? '',
    annotation: annotation && named ? { class: named.name, state: annotation.state } : null,
  }
}

function tableOf(hits: readonly NamedHit[]): string[] {
  if (hits.length === 0) return []
  return tableLines([
    ['image', 'score', 'box', 'annotation'],
    ...hits.map(({ image, score, bbox, annotation }) => [
      image,
      score.toFixed(2),
      bbox.map(Math.round).join(','),
      annotation ? `${annotation.class} (${annotation.state})` : '-',
    ]),
  ])
}
