import { onScopeDispose, shallowRef, watch, type ShallowRef } from 'vue'
import type { ImageReview } from '#shared/contract/commands.ts'
import { touchesImage } from '../stores/image-records.ts'
import { useCurrentImageStore } from '../stores/current-image.ts'
import { useClient } from '../transport/use-client.ts'

/** Who judged what in the image on show, and how long it took; null until it is known. */
export function useImageReview(): Readonly<ShallowRef<ImageReview | null>> {
  const client = useClient()
  const current = useCurrentImageStore()
  const review = shallowRef<ImageReview | null>(null)
  let asked = 0

  async function read(): Promise<void> {
    const turn = ++asked
    const { imageId } = current
    if (imageId === null) {
      review.value = null
      return
    }
    try {
      const found = await client.request('review.ofImage', { imageId })
      if (turn === asked) review.value = found
    } catch {
      // Beside the work itself: the line stays empty.
      if (turn === asked) review.value = null
    }
  }

  watch([() => current.imageId, () => current.selectedIds], () => void read(), { immediate: true })
  onScopeDispose(
    client.subscribe('records.changed', ({ diff }) => {
      if (current.imageId !== null && touchesImage(diff, current.imageId)) void read()
    }),
  )
  return review
}
