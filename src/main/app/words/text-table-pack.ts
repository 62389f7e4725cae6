import { readFile } from 'node:fs/promises'
import { LexmaskError } from '#shared/contract/errors.ts'
import type { TextTablePack } from '#main/packs/find-packs.ts'
import { parseTextTable, type TextTable } from '#main/vision/text-table.ts'

/** @throws LexmaskError PACK_INVALID, naming the files */
export async function readTextTable(pack: TextTablePack): Promise<TextTable> {
  const [names, vectors] = await Promise.all([
    readFile(pack.namesFile, 'utf8'),
    readFile(pack.vectorsFile),
  ])
  return parseTextTable(parsedJson(names, pack.namesFile), vectors, pack.folder)
}

function parsedJson(text: string, file: string): unknown {
  try {
    return JSON.parse(text) as unknown
  } catch (error) {
    throw new LexmaskError(
      'PACK_INVALID',
      `The text table's ${file} is not JSON (${(error as Error).message}). Copy the pack again.`,
      { file },
    )
  }
}
