import { z } from 'zod'
import type { ServiceReport } from '#shared/vocabulary/service-report.ts'
import { RECIPE_NAMES } from '../recipes.ts'
import type { Vocabulary } from '../records.ts'
import { answering, id, nothing, score, word } from './command.ts'

const classDraftSchema = z.strictObject({
  /** Keeps the class through a renaming; without it, an existing class of the same name is kept. */
  id: id.optional(),
  name: word,
  synonyms: z.array(word).max(100).default([]),
  prompts: z.array(z.string().trim().min(1).max(1000)).max(100).default([]),
  negatives: z.array(word).max(100).default([]),
  threshold: score.nullable().default(null),
  colour: z
    .string()
    .regex(/^#[0-9a-f]{6}$/, 'A colour is # and six hexadecimal digits in lower case')
    .optional(),
})

const classDraftsSchema = z
  .array(classDraftSchema)
  .max(5000)
  .superRefine((classes, context) => {
    refuseTwins(
      classes.map(({ name }) => name.toLowerCase()),
      (index, twin) =>
        context.addIssue({
          code: 'custom',
          path: [index, 'name'],
          message: `"${classes[index].name}" is already class ${twin + 1}`,
        }),
    )
    refuseTwins(
      classes.map(({ id }) => id),
      (index, twin) =>
        context.addIssue({
          code: 'custom',
          path: [index, 'id'],
          message: `this id is already that of class ${twin + 1}`,
        }),
    )
  })

/** Tells of each value that an earlier one equals; `undefined` equals nothing. */
function refuseTwins(
  values: readonly (string | number | undefined)[],
  refuse: (index: number, twin: number) => void,
): void {
  const seen = new Map<string | number, number>()
  values.forEach((value, index) => {
    if (value === undefined) return
    const twin = seen.get(value)
    if (twin === undefined) seen.set(value, index)
    else refuse(index, twin)
  })
}

export type ClassDraft = z.infer<typeof classDraftSchema>

/** How many candidates of the whole project score how high for a class. */
export interface ScoreHistogram {
  readonly classId: number
  /** Counts of scores in [i, i + 1) hundredths; the last one takes 1 too. */
  readonly bins: readonly number[]
}

export const vocabularyCommands = {
  'vocabulary.get': answering<Vocabulary>()(nothing),
  /** One step of the vocabulary's history; what is stored is scored anew by `rescore.all`. */
  'vocabulary.replace': answering<Vocabulary>()(
    z.strictObject({
      /** The revision that the edit started from; another one now is a CONFLICT. */
      revision: z.int().min(0),
      classes: classDraftsSchema,
      negatives: z.array(word).max(1000).default([]),
    }),
  ),
  /** How words will be served by what is installed; no model runs. */
  'vocabulary.report': answering<ServiceReport>()(
    z.strictObject({
      recipe: z.enum(RECIPE_NAMES),
      /** Drafts, while somebody types; without, the stored vocabulary. */
      classes: z
        .array(
          z.strictObject({
            name: word,
            synonyms: z.array(word).max(100).default([]),
            negatives: z.array(word).max(100).default([]),
          }),
        )
        .max(5000)
        .optional(),
      /** Of the whole vocabulary, with drafts. */
      negatives: z.array(word).max(1000).default([]),
    }),
  ),
  /** One class becomes part of another: its words are synonyms there, its annotations are of that class. */
  'vocabulary.merge': answering<Vocabulary>()(
    z.strictObject({ revision: z.int().min(0), fromClassId: id, intoClassId: id }),
  ),
  /** One for each class; what candidates scored when they were scored last. */
  'vocabulary.histograms': answering<readonly ScoreHistogram[]>()(nothing),
} as const
