import { shallowRef, watch } from 'vue'
import type { ShallowRef } from 'vue'
import { useTranslation } from '../i18n/translation.ts'
import { usePickPaths } from '../projects/use-pick-paths.ts'
import { useToastsStore } from '../stores/toasts.ts'
import { useWorkspaceStore } from '../stores/workspace.ts'
import { useClient } from '../transport/use-client.ts'

export interface MissingFiles {
  readonly count: ShallowRef<number>
  readonly isLooking: ShallowRef<boolean>
  /** @returns whether all files are in their place */
  readonly check: () => Promise<boolean>
  /** Asks for the folder that the files are in now. */
  readonly relink: () => Promise<void>
}

/** Photos that were moved since they were added. Looked for when a project is opened. */
export function useMissingFiles(): MissingFiles {
  const client = useClient()
  const workspace = useWorkspaceStore()
  const toasts = useToastsStore()
  const pickPaths = usePickPaths()
  const { t } = useTranslation()
  const count = shallowRef(0)
  const isLooking = shallowRef(false)

  async function check(): Promise<boolean> {
    const project = workspace.project?.path
    try {
      const { imageIds } = await client.request('images.missing')
      if (project === workspace.project?.path) count.value = imageIds.length
      return imageIds.length === 0
    } catch (error) {
      toasts.showError(error)
      return false
    }
  }

  async function relink(): Promise<void> {
    const [folder] = await pickPaths('folder')
    if (folder === undefined) return
    isLooking.value = true
    try {
      const { relinked, missingCount } = await client.request('images.relink', { folder })
      count.value = missingCount
      const parts = [
        t('images.relinked', { count: relinked }),
        ...(missingCount > 0 ? [t('images.stillMissing', { count: missingCount })] : []),
      ]
      toasts.show({
        message: parts.join('; '),
        tone: relinked > 0 ? 'success' : 'info',
      })
    } catch (error) {
      toasts.showError(error)
    } finally {
      isLooking.value = false
    }
  }

  watch(
    () => workspace.project?.path,
    (path) => {
      count.value = 0
      if (path !== undefined) void check()
    },
    { immediate: true },
  )
  return { count, isLooking, check, relink }
}
