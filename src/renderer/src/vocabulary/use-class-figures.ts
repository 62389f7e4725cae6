import { computed, shallowRef, watch } from 'vue'
import { cropScoringSchema } from '#shared/contract/recipes.ts'
import type { ClassRecord } from '#shared/contract/records.ts'
import type { ClassService, ServiceReport } from '#shared/vocabulary/service-report.ts'
import { useTranslation } from '../i18n/translation.ts'
import { useLabellingChoice } from '../labelling/labelling-choice.ts'
import { readServiceReport } from '../labelling/read-service-report.ts'
import { useCurrentImageStore } from '../stores/current-image.ts'
import { useVocabularyStore } from '../stores/vocabulary.ts'
import { useClient } from '../transport/use-client.ts'
import { countAnnotations } from './class-counts.ts'
import { countCandidates, countFrom, steppedScore } from './score-counts.ts'

export interface ClassFigures {
  readonly countInImage: number
  readonly countInProject: number
  readonly threshold: number
  readonly bins: readonly number[] | null
  readonly liveText: string | null
}

/** The numbers beside each class, and how it will be served. */
export function useClassFigures(): {
  readonly figuresOf: (ofClass: ClassRecord) => ClassFigures
  /** By its place; null while it is not known. */
  readonly serviceOf: (place: number) => ClassService | null
} {
  const client = useClient()
  const vocabulary = useVocabularyStore()
  const current = useCurrentImageStore()
  const choice = useLabellingChoice()
  const { t } = useTranslation()

  const inImage = computed(() => countAnnotations(current.annotations))
  /** No threshold takes these away. */
  const judgedInImage = computed(() =>
    countAnnotations(current.annotations.filter(({ state }) => state !== 'proposed')),
  )
  const usualThreshold = computed(() => {
    const { threshold } = choice.changesOf(choice.recipe).scoring
    return typeof threshold === 'number' ? threshold : cropScoringSchema.parse({}).threshold
  })

  /** Whom a word means does not depend on thresholds: a slider that is let go asks for nothing. */
  const wordsKey = computed(() => {
    const { classes, negatives } = vocabulary.vocabulary
    const words = classes.map((one) => [one.name, one.synonyms, one.prompts, one.negatives])
    return JSON.stringify([words, negatives])
  })
  const report = shallowRef<ServiceReport | null>(null)
  let reads = 0
  watch(
    [wordsKey, () => choice.recipe],
    async () => {
      const turn = ++reads
      const found = await readServiceReport(client, choice.recipe)
      if (turn === reads) report.value = found
    },
    { immediate: true },
  )

  function figuresOf({ id, threshold: own }: ClassRecord): ClassFigures {
    const live = vocabulary.liveThresholds.get(id)
    const threshold = steppedScore(live ?? own ?? usualThreshold.value)
    const bins = vocabulary.histograms.get(id) ?? null
    return {
      countInImage: inImage.value.get(id) ?? 0,
      countInProject: vocabulary.counts.get(id) ?? 0,
      threshold,
      bins,
      liveText: live === undefined ? null : liveText(id, threshold, bins),
    }
  }

  function liveText(id: number, threshold: number, bins: readonly number[] | null): string {
    const here = countCandidates(current.candidates ?? [], id, threshold)
    const kept = judgedInImage.value.get(id) ?? 0
    return t('vocabulary.live', {
      here: here.reaching + kept,
      allHere: here.all + kept,
      project: bins === null ? 0 : countFrom(bins, threshold),
      allProject: bins === null ? 0 : countFrom(bins, 0),
    })
  }

  return {
    figuresOf,
    serviceOf: (place) => {
      const service = report.value?.classes[place]
      // A report of other words says nothing about these.
      return service?.name === vocabulary.classes[place]?.name ? (service ?? null) : null
    },
  }
}
