import type { InferenceSession } from 'onnxruntime-node'
import { LexmaskError } from '#shared/contract/errors.ts'

/** What a session says of its tensors; their names are the exporter's choice. */

/** 0 where the model does not tell. */
export const rank = (session: InferenceSession, name: string): number => {
  const metadata = [...session.inputMetadata, ...session.outputMetadata].find(
    (value) => value.name === name,
  )
  return metadata?.isTensor ? metadata.shape.length : 0
}

/** The last known size of an output's axis; -1 where the model leaves it open. */
export const axis = (session: InferenceSession, name: string, index: number): number => {
  const metadata = session.outputMetadata.find((value) => value.name === name)
  const extent = metadata?.isTensor ? metadata.shape[index] : -1
  return typeof extent === 'number' ? extent : -1
}

/** @throws LexmaskError PACK_INVALID when none of the names is it */
export function findName(
  names: readonly string[],
  file: string,
  what: string,
  isIt: (name: string) => boolean,
): string {
  const found = names.find(isIt)
  if (found !== undefined) return found
  throw new LexmaskError(
    'PACK_INVALID',
    `The model ${file} has no ${what} among ${names.join(', ')}: it is not the graph that its model.json describes.`,
    { file, tensors: names },
  )
}
