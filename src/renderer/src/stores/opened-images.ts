import type { OpenedImage } from '#shared/contract/commands.ts'
import type { Client } from '#shared/contract/client.ts'
import { assetUrl } from '../transport/asset-url.ts'
import { touchedImageIds } from './image-records.ts'

/** A few images ahead and behind: each may hold a thousand masks. */
const KEPT = 6

/** Opened images, read ahead; one that was changed meanwhile is read again. */
export interface OpenedImages {
  readonly open: (imageId: number) => Promise<OpenedImage>
  /** With its picture. Fails silently: it is asked again when the image is opened. */
  readonly readAhead: (imageId: number) => Promise<void>
  readonly forget: (imageId: number) => void
}

export function createOpenedImages(client: Client): OpenedImages {
  const opened = new Map<number, Promise<OpenedImage>>()
  /** Those of the open project that are still loading; the browser keeps what has loaded. */
  const loading = new Set<HTMLImageElement>()

  function open(imageId: number): Promise<OpenedImage> {
    const known = opened.get(imageId)
    const reading = known ?? client.request('images.open', { imageId })
    // Anew in the map: the last one is the youngest.
    opened.delete(imageId)
    opened.set(imageId, reading)
    if (known === undefined) {
      reading.catch(() => {
        if (opened.get(imageId) === reading) opened.delete(imageId)
      })
      const [oldest] = opened.keys()
      if (opened.size > KEPT) opened.delete(oldest)
    }
    return reading
  }

  client.subscribe('records.changed', ({ diff }) => {
    for (const imageId of touchedImageIds(diff)) opened.delete(imageId)
  })
  client.subscribe('snapshot.received', () => {
    opened.clear()
    for (const picture of loading) picture.src = ''
    loading.clear()
  })

  function readPicture(image: OpenedImage['image']): void {
    const picture = new Image()
    loading.add(picture)
    const settled = (): void => void loading.delete(picture)
    picture.addEventListener('load', settled)
    picture.addEventListener('error', settled)
    // The browser keeps it until the canvas asks for the same address.
    picture.src = assetUrl('picture', image)
  }

  return {
    open,
    async readAhead(imageId) {
      const found = await open(imageId).catch(() => null)
      if (found !== null) readPicture(found.image)
    },
    forget: (imageId) => void opened.delete(imageId),
  }
}
