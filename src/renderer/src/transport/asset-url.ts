import type { ImageRecord } from '#shared/contract/records.ts'

/** Above this, a display copy is made smaller. */
const PICTURE_SIDE_PX = 4096

/**
 * Where the window gets a picture: by the image's id, never by a path. The time of the file is part
 * of it, so that what the browser keeps is never of an older file.
 *
 * @param sidePx the longest side of the picture, device pixels
 */
export function assetUrl(
  kind: 'thumbnail' | 'picture',
  image: Pick<ImageRecord, 'id' | 'modifiedMs'>,
  sidePx = PICTURE_SIDE_PX,
): string {
  return `/asset/${kind}/${image.id}?v=${Math.round(image.modifiedMs)}&side=${Math.round(sidePx)}`
}
