import { confirm } from '../design/confirm.ts'
import { useTranslation } from '../i18n/translation.ts'
import { useToastsStore } from '../stores/toasts.ts'
import { useClient } from '../transport/use-client.ts'

export interface ImageDeeds {
  /** @returns whether it was done; a failure has been told */
  readonly mark: (imageIds: readonly number[], status: 'labelled' | 'reviewed') => Promise<boolean>
  /** Asks first. */
  readonly remove: (imageIds: readonly number[]) => Promise<boolean>
}

/** Of one `images.setStatus` or `images.remove`. */
const AT_ONCE = 10_000

/** What can be done with images of the list, as many as there are. */
export function useImageDeeds(): ImageDeeds {
  const client = useClient()
  const toasts = useToastsStore()
  const { t } = useTranslation()

  async function inParts(
    imageIds: readonly number[],
    act: (part: number[]) => Promise<number>,
  ): Promise<number | null> {
    let done = 0
    try {
      for (let from = 0; from < imageIds.length; from += AT_ONCE) {
        done += await act(imageIds.slice(from, from + AT_ONCE))
      }
      return done
    } catch (error) {
      toasts.showError(error)
      return null
    }
  }

  async function mark(
    imageIds: readonly number[],
    status: 'labelled' | 'reviewed',
  ): Promise<boolean> {
    const marked = await inParts(
      imageIds,
      async (part) =>
        (await client.request('images.setStatus', { imageIds: part, status })).changed,
    )
    return marked !== null
  }

  async function remove(imageIds: readonly number[]): Promise<boolean> {
    if (imageIds.length === 0) return false
    const values = { count: imageIds.length }
    const isMeant = await confirm({
      title: t('images.removeTitle', values),
      text: t('images.removeText'),
      confirmLabel: t('images.removeConfirm', values),
      isDanger: true,
    })
    if (!isMeant) return false
    const removed = await inParts(
      imageIds,
      async (part) => (await client.request('images.remove', { imageIds: part })).removed,
    )
    if (removed !== null) toasts.show({ message: t('images.removed', { count: removed }) })
    return removed !== null
  }

  return { mark, remove }
}
