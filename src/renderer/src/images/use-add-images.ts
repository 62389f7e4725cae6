import { shallowRef } from 'vue'
import type { ShallowRef } from 'vue'
import type { AddedImages } from '#shared/contract/commands.ts'
import { useTranslation } from '../i18n/translation.ts'
import { usePickPaths } from '../projects/use-pick-paths.ts'
import { useToastsStore } from '../stores/toasts.ts'
import { useClient } from '../transport/use-client.ts'

/** One addition at a time for the whole window: the list shows it, and the result. */
const isAdding = shallowRef(false)
const failure = shallowRef<unknown>(null)
/** Of the last addition, until it was read; null when nothing was left out. */
const leftOut = shallowRef<AddedImages['skipped'] | null>(null)

export interface AddImages {
  readonly isAdding: ShallowRef<boolean>
  readonly failure: ShallowRef<unknown>
  readonly leftOut: ShallowRef<AddedImages['skipped'] | null>
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
    failure.value = null
    try {
      const { added, known, skipped } = await client.request('images.add', { paths: [...paths] })
      const parts = [
        added > 0 ? t('images.added', { count: added }) : t('images.noneAdded'),
        ...(known > 0 ? [t('images.known', { count: known })] : []),
      ]
      toasts.show({ message: parts.join('; '), tone: added > 0 ? 'success' : 'info' })
      leftOut.value = skipped.length > 0 ? skipped : null
    } catch (error) {
      failure.value = error
    } finally {
      isAdding.value = false
    }
  }

  async function chooseAndAdd(purpose: 'images' | 'image-folder'): Promise<void> {
    await add(await pickPaths(purpose))
  }

  return { isAdding, failure, leftOut, add, chooseAndAdd }
}
