import { commands } from '#shared/contract/commands.ts'
import type { RecipeName } from '#shared/contract/recipes.ts'
import { NOVEL_CLASSES } from '#main/evaluation/open-vocabulary-split.ts'
import type { CocoCategory } from '#main/formats/coco-types.ts'
import type { Candidate, Posterior } from '#main/vision/candidate.ts'
import type { App } from '../create-app.ts'
import { OTHER_WORDS } from './other-words.ts'
import type { BenchRow } from './report-schema.ts'

export type RowWords = BenchRow['words']

/** The kinds of words that a recipe is measured with. */
export const WORDS_OF_RECIPE: Readonly<Record<RecipeName, readonly RowWords[]>> = {
  detector: ['names', 'defaults', 'other-words', 'novel-by-text'],
  'region-text': ['names', 'defaults', 'other-words'],
  crop: ['names'],
  vild: ['names'],
  ovseg: ['names'],
  'fvlm-patch': ['names'],
  regionclip: ['names'],
}

/**
 * Gives the project a vocabulary with a class for each category, in their order.
 *
 * @throws LexmaskError INVALID_INPUT for a name that cannot be a class
 */
export async function useWords(
  app: App,
  categories: readonly CocoCategory[],
  words: RowWords,
): Promise<void> {
  const { revision } = app.project.vocabulary.get()
  const classes = categories.map(({ name }) => ({
    name: (words === 'other-words' ? OTHER_WORDS[folded(name)] : undefined) ?? name,
  }))
  const input = commands['vocabulary.replace'].input.parse({ revision, classes })
  await app.handlers['vocabulary.replace'](input)
}

/** Why a dataset, or what is installed, has nothing to say with these words; null when it has. */
export function whyNoWords(
  words: RowWords,
  categories: readonly CocoCategory[],
  { hasTextTable }: { readonly hasTextTable: boolean },
): string | null {
  const isAny = (known: (name: string) => boolean): boolean =>
    categories.some(({ name }) => known(folded(name)))
  switch (words) {
    case 'names':
    case 'defaults':
      return null
    case 'other-words':
      return isAny((name) => name in OTHER_WORDS)
        ? null
        : 'no other words are written down for these classes'
    case 'novel-by-text':
      if (!isAny((name) => NOVEL_CLASSES.includes(name)))
        return 'the data has none of the 17 novel classes'
      return hasTextTable ? null : 'no text table is installed'
  }
}

const folded = (name: string): string => name.normalize('NFC').trim().toLowerCase()

/** A detector as though it had never heard of some of its classes. */
export interface NarrowedDetector {
  /** Names by index, those of the hidden classes replaced by what no word means. */
  readonly detectorClasses: readonly string[]
  /** What it would say of the same regions. */
  narrow(candidates: readonly Candidate[]): Candidate[]
}

/**
 * Hides the 17 novel classes: candidates that came of their boxes and mask channels are left out, and
 * their probability goes to the other classes of the region in proportion. A detector that was trained
 * without them would not be just so, but it would not know more.
 */
export function withoutNovel(detectorClasses: readonly string[]): NarrowedDetector {
  const hidden = new Set(
    detectorClasses.flatMap((name, i) => (NOVEL_CLASSES.includes(folded(name)) ? i : [])),
  )
  return {
    detectorClasses: detectorClasses.map((name, i) => (hidden.has(i) ? `#${i + 1}` : name)),
    narrow: (candidates) =>
      candidates
        .filter(({ detectorClass }) => detectorClass === null || !hidden.has(detectorClass))
        .map((candidate) => ({
          ...candidate,
          posterior: withoutClasses(candidate.posterior, hidden),
        })),
  }
}

function withoutClasses(
  { classes, probabilities }: Posterior,
  hidden: ReadonlySet<number>,
): Posterior {
  const kept = Array.from(classes.keys()).filter((i) => !hidden.has(classes[i]))
  const sum = (values: Iterable<number>): number => Array.from(values).reduce((a, b) => a + b, 0)
  const rest = sum(kept.map((i) => probabilities[i]))
  const factor = rest === 0 ? 0 : sum(probabilities) / rest
  return {
    classes: Uint16Array.from(kept, (i) => classes[i]),
    probabilities: Float32Array.from(kept, (i) => probabilities[i] * factor),
  }
}
