import { shallowRef } from 'vue'
import type { ShallowRef } from 'vue'
import type { AddedImages } from '#shared/contract/commands.ts'
import { useTranslation } from '../i18n/translation.ts'
import { usePickPaths } from '../projects/use-pick-paths.ts'
import { useToastsStore } from '../stores/toasts.ts'
import { useClient } from '../transport/use-client.ts'
import { PaceMeter } from './pace.ts'
import type { Pace } from './pace.ts'

/** One addition at a time for the whole window: the list shows it, and the result. */
const isAdding = shallowRef(false)
/** Of the addition under way; null before the first telling. */
const progress = shallowRef<AddingState | null>(null)
const failure = shallowRef<unknown>(null)
/** Of the last addition, until it was read; null when nothing was left out. */
const leftOut = shallowRef<AddedImages['skipped'] | null>(null)

export interface AddingState {
  readonly found: number
  readonly pace: Pace | null
}

export interface AddImages {
  readonly isAdding: ShallowRef<boolean>
  readonly progress: ShallowRef<AddingState | null>
  readonly failure: ShallowRef<unknown>
  readonly leftOut: ShallowRef<AddedImages['skipped'] | null>
  /** What was found by then stays in the project. */
  readonly stop: () => Promise<void>
  readonly add: (paths: readonly string[]) => Promise<void>
  readonly chooseAndAdd: (purpose: 'images' | 'image-folder') => Promise<void>
}

/** Adds folders and files to the project, and tells what came of it. */
export function useAddImages(): AddImages {
  const client = useClient()
  const toasts = useToastsStore()
  const pickPaths = usePickPaths()
  const { t } = useTranslation()

  async function add(paths: readonly string[]): Promise<void> {
    if (paths.length === 0 || isAdding.value) return
    isAdding.value = true
    failure.value = progress.value = null
    const meter = new PaceMeter()
    const unsubscribe = client.subscribe('adding.progress', ({ found }) => {
      progress.value = { found, pace: meter.tell(found, null, performance.now()) }
    })
    try {
      const { added, known, skipped, isStopped } = await client.request('images.add', {
        paths: [...paths],
      })
      const parts = [
        added > 0 ? t('images.added', { count: added }) : t('images.noneAdded'),
        ...(known > 0 ? [t('images.known', { count: known })] : []),
        ...(isStopped ? [t('images.addingStopped')] : []),
      ]
      toasts.show({ message: parts.join('; '), tone: added > 0 ? 'success' : 'info' })
      leftOut.value = skipped.length > 0 ? skipped : null
    } catch (error) {
      failure.value = error
    } finally {
      unsubscribe()
      isAdding.value = false
    }
  }

  async function stop(): Promise<void> {
    try {
      await client.request('images.stopAdding')
    } catch (error) {
      toasts.showError(error)
    }
  }

  async function chooseAndAdd(purpose: 'images' | 'image-folder'): Promise<void> {
    await add(await pickPaths(purpose))
  }

  return { isAdding, progress, failure, leftOut, stop, add, chooseAndAdd }
}
