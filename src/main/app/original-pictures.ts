import { readFile } from 'node:fs/promises'
import { LexmaskError } from '#shared/contract/errors.ts'
import type { PictureSource } from './assets.ts'

/** The files themselves, for formats that every window can show. */
export function originalPictures(): PictureSource {
  const read = async (file: string, signal: AbortSignal | undefined): Promise<Uint8Array> => {
    try {
      return await readFile(file, { signal })
    } catch (error) {
      throw new LexmaskError(
        'IMAGE_MISSING',
        `“${file}” cannot be read. Relink it.`,
        { file },
        {
          cause: error,
        },
      )
    }
  }
  return {
    thumbnail: (file, _side, { signal }) => read(file, signal),
    displayCopy: async (file, _side, { signal }) => ({ bytes: await read(file, signal) }),
    stop: () => undefined,
  }
}
