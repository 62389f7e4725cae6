import { defineStore } from 'pinia'
import { computed, shallowRef } from 'vue'
import { useSettingsStore } from '../stores/settings.ts'
import { useVocabularyStore } from '../stores/vocabulary.ts'
import { useWorkspaceStore } from '../stores/workspace.ts'
import { doneSteps, GUIDE_STEPS } from './guide-steps.ts'

/** The first steps, as the project itself shows them done. */
export const useGuideStore = defineStore('guide', () => {
  const workspace = useWorkspaceStore()
  const vocabulary = useVocabularyStore()
  const settings = useSettingsStore()
  const isExported = shallowRef(false)

  const isShown = computed(() => workspace.project !== null && !settings.settings.isGuideDone)
  const done = computed(() => {
    const counts = workspace.project?.imagesByStatus
    return doneSteps({
      images: workspace.imageCount,
      classes: vocabulary.classes.length,
      labelled: (counts?.labelled ?? 0) + (counts?.reviewed ?? 0),
      reviewed: counts?.reviewed ?? 0,
      isExported: isExported.value,
    })
  })
  const nextStep = computed(() => GUIDE_STEPS.find((step) => !done.value.has(step)) ?? null)

  return {
    isShown,
    done,
    nextStep,
    noteExport: () => void (isExported.value = true),
    finish: () => settings.change({ isGuideDone: true }),
  }
})
