import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect } from '@playwright/test'
import sharp from 'sharp'
import type { Size } from '#shared/geometry/size.ts'
import { rleToCocoString } from '#shared/geometry/rle.ts'
import type { Rle } from '#shared/geometry/rle.ts'
import { ask } from '../../../scripts/window-session.ts'
import type { LexmaskWindow } from '../pages/lexmask-window.ts'

/** Of one `annotations.edit`. */
const CREATED_AT_ONCE = 1000

/** The masks that a test begins with, in the photo on show: to draw them would take too long. */
export async function layMasks(
  { page, label }: LexmaskWindow,
  masks: readonly Rle[],
): Promise<void> {
  const {
    imageIds: [imageId],
  } = await ask(page, 'images.ids', {})
  const { classes } = await ask(page, 'vocabulary.get', {})
  for (let from = 0; from < masks.length; from += CREATED_AT_ONCE) {
    const create = masks.slice(from, from + CREATED_AT_ONCE).map((mask) => ({
      classId: classes[0].id,
      mask: { height: mask.height, width: mask.width, counts: rleToCocoString(mask) },
    }))
    await ask(page, 'annotations.edit', { imageId, step: 'Draw polygon', create })
  }
  await expect(label.annotations).not.toHaveCount(0)
}

/** A photo of soft colours of any size. @returns its folder */
export async function layLargePhoto(
  folder: string,
  name: string,
  { width, height }: Size,
): Promise<string> {
  const [across, down] = [16, 12]
  const colours = Uint8Array.from(
    { length: across * down * 3 },
    (_, i) => 60 + ((i * 7919 + Math.floor(i / 3) * 104_729) % 150),
  )
  const small = sharp(colours, { raw: { width: across, height: down, channels: 3 } })
  const bytes = await small.resize(width, height, { fit: 'fill' }).jpeg({ quality: 70 }).toBuffer()
  await writeFile(join(folder, name), bytes)
  return folder
}
