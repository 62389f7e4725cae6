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
  let turn = new AbortController()
  let isSharp = false

  function show(loaded: LoadedPicture | null): void {
    shown.value?.close()
    shown.value = loaded
  }

  /** What is under way for another image is of no use any more. */
  function restart(): AbortSignal {
    turn.abort()
    turn = new AbortController()
    return turn.signal
  }

  async function load(wanted: CanvasPicture): Promise<void> {
    const mine = restart()
    isSharp = false
    isLoading.value = true
    failure.value = null
    if (wanted.thumbnailUrl !== null && shown.value === null)
      void preview(wanted.thumbnailUrl, mine)
    try {
      const loaded = await loadPicture(wanted.url, mine)
      if (mine.aborted) return loaded.close()
      isSharp = true
      show(loaded)
    } catch (error) {
      if (!mine.aborted) failure.value = error instanceof PictureError ? (error.reason ?? '') : ''
    }
    if (!mine.aborted) isLoading.value = false
  }

  async function preview(url: string, mine: AbortSignal): Promise<void> {
    // A missing thumbnail is no failure: the display copy is on its way.
    const loaded = await loadPicture(url, mine).catch(() => null)
    if (mine.aborted || isSharp) loaded?.close()
    else if (loaded !== null) show(loaded)
  }

  function start(): void {
    const wanted = picture()
    if (wanted === null || wanted.error !== null) {
      restart()
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
  watch([() => picture()?.id, () => picture()?.url, () => picture()?.error], start, {
    immediate: true,
  })
  watch(
    () => picture()?.file,
    () => failure.value !== null && start(),
  )
  onScopeDispose(() => {
    turn.abort()
    show(null)
  })
  return { shown, isLoading, failure, retry: start }
}
