import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { LexmaskError } from '#shared/contract/errors.ts'
import { convertCaffe2MaskRcnn } from '../convert/caffe2-mask-rcnn.ts'
import type { Manifest, ManifestPack } from '../manifest.ts'
import { digestFile, type FileDigests } from './digest.ts'
import { writeFailure } from './file-failure.ts'

type Files = Readonly<Record<string, FileDigests>>

/**
 * Writes what a pack has beside the files that were downloaded: `model.json`, and the graphs that are
 * converted from them.
 *
 * @param sources where the downloaded files are: the pack's own folder, unless they are converted
 * @param downloaded of the downloaded files, by path
 * @returns all files of the pack
 * @throws LexmaskError PACK_INVALID, FILE_UNWRITABLE, DISK_FULL, CANCELLED
 */
export async function makePack(
  pack: ManifestPack,
  { classLists }: Pick<Manifest, 'classLists'>,
  folder: string,
  sources: string,
  downloaded: Files,
  signal: AbortSignal,
): Promise<Files> {
  const made = pack.convert === null ? null : await convert(pack, folder, sources, signal)
  const files = made?.files ?? downloaded
  if (pack.model === null) return files
  const names = pack.classes === null ? null : classLists[pack.classes]
  if (made && made.classColumns - 1 !== names?.length) {
    throw new LexmaskError(
      'PACK_INVALID',
      `The model ${pack.name} knows ${made.classColumns - 1} classes, and the list of packs names ` +
        `${names?.length ?? 0}. Report it: the list is at fault.`,
      { pack: pack.name },
    )
  }
  const { name, title, licence, origin } = pack
  const description = {
    ...{ name, title, licence, origin },
    ...pack.model,
    ...made?.description,
    ...(names === null
      ? {}
      : { classes: names.map((word, index) => ({ index: index + 1, name: word })) }),
    files,
  }
  const text = `${JSON.stringify(description, null, 2)}\n`
  return { ...files, 'model.json': await writeWhole(join(folder, 'model.json'), text) }
}

async function convert(
  pack: ManifestPack,
  folder: string,
  sources: string,
  signal: AbortSignal,
): Promise<{ files: Files; description: object; classColumns: number }> {
  const [net, weights] = pack.files.map(({ path }) => join(sources, path))
  const converted = await convertCaffe2MaskRcnn(
    await readFile(net),
    await readFile(weights),
    ['int8', 'fp32'],
    signal,
  )
  const files: Record<string, FileDigests> = {}
  for (const [file, bytes] of converted.files) {
    files[file] = await writeWhole(join(folder, file), bytes)
  }
  return { ...converted, files }
}

async function writeWhole(file: string, content: string | Uint8Array): Promise<FileDigests> {
  try {
    await writeFile(file, content, { flush: true })
    return await digestFile(file)
  } catch (error) {
    throw writeFailure(file, error)
  }
}
