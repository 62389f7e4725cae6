import { copyFileSync, mkdirSync } from 'node:fs'
import { join } from 'node:path'
import sharp from 'sharp'
import { cocoPhotos } from '../../support/command-line.ts'

export const NEEDS_SHARED = 'the shared folder with models and photos is not there'

/** Eight photos of streets, rooms and animals. */
export const STREET = '000000349860.jpg'
export const EIGHT_PHOTOS = [
  STREET,
  '000000183709.jpg',
  '000000397133.jpg',
  '000000022892.jpg',
  '000000568290.jpg',
  '000000192699.jpg',
  '000000423617.jpg',
  '000000269196.jpg',
] as const

/** Beside a photo: the same file again, and a smaller one of poorer quality. */
export async function layCopies(photos: string, name: string): Promise<void> {
  const original = join(photos, name)
  copyFileSync(original, join(photos, 'same.jpg'))
  await sharp(original).resize(320).jpeg({ quality: 50 }).toFile(join(photos, 'small.jpg'))
}

/** Lays these photos, or all that there are, into a folder `photos`. @returns the folder */
export function layPhotos(folder: string, names?: readonly string[]): string {
  const photos = join(folder, 'photos')
  mkdirSync(photos)
  for (const path of cocoPhotos()) {
    const name = path.slice(path.lastIndexOf('/') + 1)
    if (names === undefined || names.includes(name)) copyFileSync(path, join(photos, name))
  }
  return photos
}
