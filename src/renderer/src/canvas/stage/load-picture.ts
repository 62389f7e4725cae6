import { halvedSizes } from './picture-levels.ts'
import type { PictureLevel } from './picture-levels.ts'

/** Bitmaps of one picture, the largest first. */
export interface LoadedPicture {
  readonly levels: readonly PictureLevel[]
  close(): void
}

/**
 * Fetches and decodes a picture beside the window's thread.
 * @throws PictureError
 */
export async function loadPicture(url: string): Promise<LoadedPicture> {
  const element = new Image()
  element.decoding = 'async'
  element.src = url
  try {
    await element.decode()
  } catch {
    throw new PictureError(await reasonOf(url))
  }
  const bitmaps = [await createImageBitmap(element)]
  for (const { width, height } of halvedSizes(bitmaps[0])) {
    const resize = { resizeWidth: width, resizeHeight: height, resizeQuality: 'medium' } as const
    bitmaps.push(await createImageBitmap(bitmaps[bitmaps.length - 1], resize))
  }
  return {
    levels: bitmaps.map((source) => ({ source, width: source.width, height: source.height })),
    close: () => bitmaps.forEach((bitmap) => bitmap.close()),
  }
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

/** An image element does not say why it failed; the answer to a second request does. */
async function reasonOf(url: string): Promise<string | null> {
  try {
    const response = await fetch(url)
    if (response.ok) return null
    const answer: unknown = await response.json()
    const message = (answer as { message?: unknown } | null)?.message
    return typeof message === 'string' && message !== '' ? message : null
  } catch {
    return null
  }
}
