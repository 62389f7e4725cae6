import { recipeSchema } from '#shared/contract/commands.ts'
import type { ProjectHandlers } from '#shared/contract/dispatch.ts'
import { defineAttributes } from '../vocabulary/annotation-attributes.ts'
import type { AppServices } from './app-services.ts'
import { mergeClasses } from '../vocabulary/merge-classes.ts'
import { replaceVocabulary } from '../vocabulary/replace-vocabulary.ts'
import { reportVocabulary } from '../words/vocabulary-report.ts'

type VocabularyHandlers = Pick<
  ProjectHandlers,
  Extract<keyof ProjectHandlers, `vocabulary.${string}` | `attributes.${string}`>
>

export function vocabularyHandlers({
  project,
  words,
  askedPack,
  reviewerName,
  tell,
}: AppServices): VocabularyHandlers {
  return {
    'vocabulary.get': () => project.vocabulary.get(),
    'vocabulary.replace': (input) => replaceVocabulary(project, input, reviewerName(), tell),
    'vocabulary.merge': (input) => {
      tell(mergeClasses(project, input, reviewerName()))
      return project.vocabulary.get()
    },
    'attributes.list': () => project.meta.attributes().definitions,
    'attributes.define': (input) => {
      tell(defineAttributes(project, input, reviewerName()))
      return project.meta.attributes().definitions
    },
    'vocabulary.report': ({ recipe, classes, negatives }) =>
      reportVocabulary(words, {
        recipe,
        vocabulary: classes ? { classes, negatives } : project.vocabulary.get(),
        pack: askedPack(),
        crossClassNmsIou: recipeSchema.parse({ name: recipe }).scoring.crossClassNmsIou,
      }),
    'vocabulary.histograms': () =>
      project.scores.histograms(project.vocabulary.list().map(({ id }) => id)),
  }
}
