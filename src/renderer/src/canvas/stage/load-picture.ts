import { halvedSizes } from './picture-levels.ts'
import type { PictureLevel } from './picture-levels.ts'

/** Bitmaps of one picture, the largest first. */
export interface LoadedPicture {
  readonly levels: readonly PictureLevel[]
  close(): void
}

/** A picture that cannot be shown; the reason is the application's, or null when it gave none. */
export class PictureError extends Error {
  readonly reason: string | null

  constructor(reason: string | null) {
    super(reason ?? 'The picture cannot be shown.')
    this.name = 'PictureError'
    this.reason = reason
  }
}

/**
 * Fetches a picture and decodes it beside the window's thread. An image element would keep a second
 * decoded copy, and would not say why it failed.
 * @throws PictureError, or the signal's reason when that was given
 */
export async function loadPicture(url: string, signal: AbortSignal): Promise<LoadedPicture> {
  const blob = await fetchPicture(url, signal)
  const bitmaps: ImageBitmap[] = []
  try {
    bitmaps.push(await createImageBitmap(blob))
    for (const { width, height } of halvedSizes(bitmaps[0])) {
      const resize = { resizeWidth: width, resizeHeight: height, resizeQuality: 'medium' } as const
      bitmaps.push(await createImageBitmap(bitmaps[bitmaps.length - 1], resize))
    }
  } catch {
    bitmaps.forEach((bitmap) => bitmap.close())
    throw new PictureError(null)
  }
  return {
    levels: bitmaps.map((source) => ({ source, width: source.width, height: source.height })),
    close: () => bitmaps.forEach((bitmap) => bitmap.close()),
  }
}

async function fetchPicture(url: string, signal: AbortSignal): Promise<Blob> {
  let response: Response
  try {
    response = await fetch(url, { signal })
  } catch {
    signal.throwIfAborted()
    throw new PictureError(null)
  }
  if (!response.ok) throw new PictureError(await reasonOf(response))
  return response.blob()
}

async function reasonOf(response: Response): Promise<string | null> {
  const answer: unknown = await response.json().catch(() => null)
  const message = (answer as { message?: unknown } | null)?.message
  return typeof message === 'string' && message !== '' ? message : null
}
