import { stat } from 'node:fs/promises'
import { dirname, join, posix } from 'node:path'
import { LexmaskError } from '#shared/contract/errors.ts'
import type { OverlayFormat } from '#main/pictures/protocol.ts'
import type { OverlaySource } from './overlay-source.ts'

const ENDING: Record<OverlayFormat, string> = { jpeg: 'jpg', png: 'png', webp: 'webp' }

/**
 * A file name for the picture of each photo: the photo's own, with the ending of the format. Where
 * two would be the same, on a disk that does not tell A from a too, the later ones get a number.
 *
 * @param names POSIX, relative
 */
export function outputNames(names: readonly string[], format: OverlayFormat): string[] {
  const taken = new Set<string>()
  return names.map((name) => {
    const { dir, name: stem } = posix.parse(name)
    for (let copy = 1; ; copy++) {
      const number = copy === 1 ? '' : `-${copy}`
      const file = posix.join(dir, `${stem}${number}.${ENDING[format]}`)
      const folded = file.normalize('NFC').toLowerCase()
      if (taken.has(folded)) continue
      taken.add(folded)
      return file
    }
  })
}

/**
 * Where the picture of each source goes. Never into a folder that holds one of the photos, by
 * whatever path or link it is reached: there a picture could take the place of a photo.
 *
 * @throws LexmaskError INVALID_INPUT, before anything is written
 */
export async function outputFiles(
  sources: readonly OverlaySource[],
  outFolder: string,
  format: OverlayFormat,
): Promise<string[]> {
  const names = outputNames(
    sources.map(({ name }) => name),
    format,
  )
  const files = names.map((name) => join(outFolder, name))
  const photoFolders = new Set<string>()
  for (const folder of new Set(sources.map(({ file }) => dirname(file)))) {
    const identity = await identityOf(folder)
    if (identity !== null) photoFolders.add(identity)
  }
  for (const folder of new Set(files.map((file) => dirname(file)))) {
    const identity = await identityOf(folder)
    if (identity === null || !photoFolders.has(identity)) continue
    throw new LexmaskError(
      'INVALID_INPUT',
      `The pictures would go to ${folder}, where the photos are. Name another folder, such as ` +
        '--out overlays.',
      { folder },
    )
  }
  return files
}

/** The same for every path to a folder; null when it is not there. */
async function identityOf(folder: string): Promise<string | null> {
  const facts = await stat(folder, { bigint: true }).catch(() => null)
  return facts && `${facts.dev}:${facts.ino}`
}
