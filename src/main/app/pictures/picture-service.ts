import { PictureHost, type CallOptions } from '#main/pictures/host.ts'
import type {
  DisplayCopy,
  LaunchPictures,
  OverlayOrder,
  OverlayPicture,
  SnapOrder,
} from '#main/pictures/protocol.ts'
import type { Rle } from '#shared/geometry/rle.ts'
import { ThumbnailCache, type ThumbnailCacheOptions } from './thumbnail-cache.ts'

export interface PictureOptions {
  readonly launch: LaunchPictures
  /** null keeps none. */
  readonly thumbnailCache: ThumbnailCacheOptions | null
}

/** Some 50,000 thumbnails. */
export const THUMBNAIL_BYTES = 512 * 2 ** 20

/** Pixels of a thumbnail's longer side, unless a window asks for others. */
export const THUMBNAIL_SIDE = 256

/** Pictures of image files for the eye. They are made in a process of their own, which starts with the first. */
export class PictureService {
  readonly #host: PictureHost
  readonly #cache: ThumbnailCache | null

  constructor({ launch, thumbnailCache }: PictureOptions) {
    this.#host = new PictureHost(launch)
    this.#cache = thumbnailCache && new ThumbnailCache(thumbnailCache)
  }

  /** Of the process; undefined while none runs. */
  get pid(): number | undefined {
    return this.#host.pid
  }

  /**
   * A WebP of an image, upright and sRGB, for a grid. What was asked for last comes first.
   *
   * @param side of the longer side at most, in pixels
   * @throws LexmaskError IMAGE_MISSING, IMAGE_EMPTY, IMAGE_NOT_AN_IMAGE, IMAGE_TRUNCATED,
   *   IMAGE_TOO_LARGE, IMAGE_UNREADABLE; CANCELLED; PICTURES_FAILED
   */
  async thumbnail(
    imageFile: string,
    side: number = THUMBNAIL_SIDE,
    options: CallOptions = {},
  ): Promise<Uint8Array> {
    const key = (await this.#cache?.keyOf(imageFile, side)) ?? null
    const kept = key === null ? null : await this.#cache?.get(key)
    if (kept) return kept
    const order = { path: imageFile, maxSide: side }
    const { bytes } = await this.#host.call('thumbnail', order, options)
    if (key !== null) await this.#cache?.put(key, bytes)
    return bytes
  }

  /**
   * A JPEG of an image for the canvas, upright and sRGB, of whatever format the image is. It comes
   * before thumbnails.
   *
   * @param maxSide of the longer side at most, in pixels
   * @throws LexmaskError as `thumbnail`
   */
  displayCopy(imageFile: string, maxSide: number, options: CallOptions = {}): Promise<DisplayCopy> {
    return this.#host.call('displayCopy', { path: imageFile, maxSide }, options)
  }

  /**
   * What an image looks like, as 64 bits in 16 hexadecimal digits. It comes after thumbnails.
   * @throws LexmaskError as `thumbnail`
   */
  fingerprint(imageFile: string): Promise<string> {
    return this.#host.call('fingerprint', { path: imageFile })
  }

  /**
   * A copy of an image with masks drawn on it. It comes after all other pictures.
   *
   * @throws LexmaskError as `thumbnail`; MASK_INVALID when the masks are for another size
   */
  overlay(order: OverlayOrder, options: CallOptions = {}): Promise<OverlayPicture> {
    return this.#host.call('overlay', order, options)
  }

  /**
   * A mask with its edge moved to an edge of the image nearby. It comes before all pictures.
   *
   * @throws LexmaskError as `thumbnail`; MASK_INVALID for an empty mask or one of another size
   */
  snapMask(order: SnapOrder): Promise<Rle> {
    return this.#host.call('snap', order)
  }

  /** Ends the process; what is open fails with CANCELLED. Resolves when it is gone. Never throws. */
  stop(): Promise<void> {
    return this.#host.stop()
  }
}
