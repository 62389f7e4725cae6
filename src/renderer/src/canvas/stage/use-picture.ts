import { onScopeDispose, ref, shallowRef, watch } from 'vue'
import type { Ref, ShallowRef } from 'vue'
import type { CanvasPicture } from '../canvas-content.ts'
import { loadPicture, PictureError } from './load-picture.ts'
import type { LoadedPicture } from './load-picture.ts'

export interface PictureState {
  /** The best that has come so far. */
  readonly shown: Readonly<ShallowRef<LoadedPicture | null>>
  readonly isLoading: Readonly<Ref<boolean>>
  /** The reason, empty when none is known; null when nothing failed. */
  readonly failure: Readonly<Ref<string | null>>
  readonly retry: () => void
}

/**
 * The thumbnail first, the display copy when it is there; of the image at hand only. The display
 * copy takes the thumbnail's place in one frame, and nothing goes blank between two copies of one
 * image.
 */
export function usePicture(picture: () => CanvasPicture | null): PictureState {
  const shown = shallowRef<LoadedPicture | null>(null)
  const isLoading = ref(false)
  const failure = ref<string | null>(null)
  let turn = 0
  let isSharp = false

  function show(loaded: LoadedPicture | null): void {
    shown.value?.close()
    shown.value = loaded
  }

  async function load(wanted: CanvasPicture): Promise<void> {
    const mine = ++turn
    isSharp = false
    isLoading.value = true
    failure.value = null
    if (wanted.thumbnailUrl !== null && shown.value === null)
      void preview(wanted.thumbnailUrl, mine)
    try {
      const loaded = await loadPicture(wanted.url)
      if (mine !== turn) return loaded.close()
      isSharp = true
      show(loaded)
    } catch (error) {
      if (mine === turn) failure.value = error instanceof PictureError ? (error.reason ?? '') : ''
    }
    if (mine === turn) isLoading.value = false
  }

  async function preview(url: string, mine: number): Promise<void> {
    // A missing thumbnail is no failure: the display copy is on its way.
    const loaded = await loadPicture(url).catch(() => null)
    if (mine !== turn || isSharp) loaded?.close()
    else if (loaded !== null) show(loaded)
  }

  function start(): void {
    const wanted = picture()
    if (wanted === null || wanted.error !== null) {
      turn++
      isLoading.value = false
      failure.value = wanted?.error ?? null
    } else {
      void load(wanted)
    }
  }

  watch(
    () => picture()?.id,
    () => show(null),
    { flush: 'sync' },
  )
  watch(() => [picture()?.id, picture()?.url, picture()?.error], start, { immediate: true })
  onScopeDispose(() => {
    turn++
    show(null)
  })
  return { shown, isLoading, failure, retry: start }
}
