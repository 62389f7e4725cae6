import { computed, shallowRef, type ComputedRef, type ShallowRef } from 'vue'
import { useTranslation } from '../i18n/translation.ts'
import { useJobsStore } from '../stores/jobs.ts'
import { useSelectionStore } from '../stores/selection.ts'
import { useToastsStore } from '../stores/toasts.ts'
import { useVocabularyStore } from '../stores/vocabulary.ts'
import { useWorkspaceStore } from '../stores/workspace.ts'
import { useLabellingChoice, type LabellingTarget } from './labelling-choice.ts'
import { countOfTarget, imagesOfTarget } from './labelling-images.ts'

export interface Labelling {
  readonly countOf: (target: LabellingTarget) => number
  /** Why it cannot start, in words; null when it can. */
  readonly obstacle: ComputedRef<string | null>
  readonly isStarting: Readonly<ShallowRef<boolean>>
  /** @returns whether a run was started; a failure has been told */
  readonly start: (target: LabellingTarget, replaceTouched: boolean) => Promise<boolean>
}

const NO_IMAGES = { new: 0, labelled: 0, reviewed: 0, failed: 0 }

/** The start of a run, for the button and for its dialog. */
export function useLabelling(): Labelling {
  const jobs = useJobsStore()
  const choice = useLabellingChoice()
  const selection = useSelectionStore()
  const vocabulary = useVocabularyStore()
  const workspace = useWorkspaceStore()
  const toasts = useToastsStore()
  const { t } = useTranslation()
  const isStarting = shallowRef(false)

  const sources = computed(() => ({
    currentImageId: selection.currentImageId,
    chosenIds: selection.chosenIds,
    imagesByStatus: workspace.project?.imagesByStatus ?? NO_IMAGES,
  }))
  const obstacle = computed(() => {
    if (workspace.project?.isReadOnly) return t('app.readOnlyNote')
    if (workspace.imageCount === 0) return t('labelling.needsImages')
    if (vocabulary.isKnown && vocabulary.classes.length === 0) return t('labelling.needsClasses')
    return null
  })

  async function start(target: LabellingTarget, replaceTouched: boolean): Promise<boolean> {
    const images = imagesOfTarget(target, sources.value)
    if (images === null) {
      toasts.show({ message: t(`labelling.nothingFor.${target}`) })
      return false
    }
    isStarting.value = true
    try {
      choice.target = target
      const started = await jobs.start({ images, recipe: choice.recipeChoice(), replaceTouched })
      return started !== null
    } finally {
      isStarting.value = false
    }
  }

  return {
    countOf: (target) => countOfTarget(target, sources.value),
    obstacle,
    isStarting,
    start,
  }
}
