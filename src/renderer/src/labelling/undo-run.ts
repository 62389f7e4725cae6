import { shallowRef } from 'vue'
import type { ShallowRef } from 'vue'
import { confirm } from '../design/confirm.ts'
import { useTranslation } from '../i18n/translation.ts'
import { useJobsStore } from '../stores/jobs.ts'
import { useToastsStore } from '../stores/toasts.ts'
import { useClient } from '../transport/use-client.ts'

/** A run that could not be taken back in every image. */
export interface PartlyUndone {
  readonly undone: number
  /** Edited since in a way that stands on the run. */
  readonly conflicting: readonly { readonly id: number; readonly name: string }[]
  /** Behind those that are named. */
  readonly more: number
}

const NAMED_AT_MOST = 1000
const partlyUndone = shallowRef<PartlyUndone | null>(null)

/** For UndoneRunDialog. */
export function usePartlyUndone(): ShallowRef<PartlyUndone | null> {
  return partlyUndone
}

/** Takes a run back over the whole project, after the person said so; the result is told. */
export function useUndoRun(): (runId: number, images: number) => Promise<void> {
  const client = useClient()
  const jobs = useJobsStore()
  const toasts = useToastsStore()
  const { t } = useTranslation()

  return async (runId, images) => {
    const isSure = await confirm({
      title: t('labelling.undoRunTitle'),
      text: t('labelling.undoRunText', { count: images }),
      confirmLabel: t('labelling.undoRun'),
    })
    if (!isSure) return
    const undone = await jobs.undoRun(runId)
    if (undone === null) return
    const { undoneImageIds, conflictingImageIds } = undone
    if (conflictingImageIds.length === 0) {
      toasts.show({ message: t('labelling.undoneRun', { count: undoneImageIds.length }) })
      return
    }
    const imageIds = conflictingImageIds.slice(0, NAMED_AT_MOST)
    const found = await client.request('images.get', { imageIds }).catch(() => [])
    partlyUndone.value = {
      undone: undoneImageIds.length,
      conflicting: found.map(({ id, name }) => ({ id, name })),
      more: conflictingImageIds.length - found.length,
    }
  }
}
