import { distinctPrompts, wordVector } from '#shared/vocabulary/text-vectors.ts'
import type { PromptedWord } from '#shared/vocabulary/prompts.ts'
import type { ProjectDatabase } from '#main/storage/project-database.ts'
import type { TextVectorOf } from './word-meanings.ts'

/** Prompts in one request to the worker: bounds the size of a message. */
const BATCH = 256

/** Gives unit rows of a text encoder, [n, dimension]. */
export type EmbedTexts = (texts: readonly string[]) => Promise<Float32Array>

/**
 * Text vectors of words, from the project's cache; only prompts that were never embedded with this
 * encoder go to the model.
 */
export async function embedWords(
  project: ProjectDatabase,
  encoder: { readonly encoder: string; readonly dimension: number },
  embed: EmbedTexts,
  words: readonly PromptedWord[],
): Promise<TextVectorOf> {
  const wanted = distinctPrompts(words)
  const known = project.textEmbeddings.getMany(encoder.encoder, wanted)
  const missing = wanted.filter((prompt) => !known.has(prompt))
  for (let from = 0; from < missing.length; from += BATCH) {
    const batch = missing.slice(from, from + BATCH)
    const rows = await embed(batch)
    const vectors = new Map(
      batch.map((prompt, i) => {
        const at = i * encoder.dimension
        return [prompt, rows.slice(at, at + encoder.dimension)]
      }),
    )
    if (!project.isReadOnly) {
      project.transaction(() => project.textEmbeddings.putMany(encoder.encoder, vectors))
    }
    for (const [prompt, vector] of vectors) known.set(prompt, vector)
  }
  return (word) => wordVector(word, known)
}
