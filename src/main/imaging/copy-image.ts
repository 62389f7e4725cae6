import sharp, { type Sharp } from 'sharp'
import type { RgbImage } from '#main/vision/rgb-image.ts'
import { openImage, type DecodeOptions, type OpenedImage } from './decode-image.ts'
import { fitSize } from './fit-size.ts'
import type { DisplayCopy, EncodedPicture, OverlayFormat } from './picture-orders.ts'

const THUMBNAIL_QUALITY = 80
const PHOTO_QUALITY = 90

/**
 * A WebP for a grid of images, sRGB, at most `side` pixels a side. A large JPEG is not decoded in full.
 * @throws LexmaskError as `openImage`
 */
export async function makeThumbnail(
  path: string,
  side: number,
  options: DecodeOptions = {},
): Promise<EncodedPicture> {
  const image = await openImage(path, options)
  const { width, height, rgb } = await image.resized(fitSize(image, side))
  const bytes = await rawSharp({ width, height, rgb })
    .webp({ quality: THUMBNAIL_QUALITY })
    .toBuffer()
  return { bytes, width, height }
}

/**
 * A JPEG that any window can show of every format that is read, at most `maxSide` pixels a side.
 * @throws LexmaskError as `openImage`
 */
export async function makeDisplayCopy(
  path: string,
  maxSide: number,
  options: DecodeOptions = {},
): Promise<DisplayCopy> {
  const image = await openImage(path, options)
  const pixels = await pixelsWithin(image, maxSide)
  const { width, height } = pixels
  const bytes = await encodePicture(pixels, 'jpeg')
  return { bytes, width, height, imageSize: { width: image.width, height: image.height } }
}

/** The pixels, scaled down when a side is longer than `maxSide`; null keeps them all. */
export function pixelsWithin(image: OpenedImage, maxSide: number | null): Promise<RgbImage> {
  const isLarger = maxSide !== null && Math.max(image.width, image.height) > maxSide
  return isLarger ? image.resized(fitSize(image, maxSide)) : image.pixels()
}

/** Without metadata: the copy is upright and sRGB, and says nothing of where a photo was taken. */
export function encodePicture(image: RgbImage, format: OverlayFormat): Promise<Uint8Array> {
  const picture = rawSharp(image)
  switch (format) {
    case 'jpeg':
      // 4:2:0 would smear thin lines of a strong colour.
      return picture.jpeg({ quality: PHOTO_QUALITY, chromaSubsampling: '4:4:4' }).toBuffer()
    case 'png':
      return picture.png().toBuffer()
    case 'webp':
      return picture.webp({ quality: PHOTO_QUALITY, smartSubsample: true }).toBuffer()
  }
}

function rawSharp({ width, height, rgb }: RgbImage): Sharp {
  return sharp(rgb, { raw: { width, height, channels: 3 } })
}
