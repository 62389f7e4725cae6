import type { ProjectDatabase } from '#main/storage/project-database.ts'
import { dot } from '#main/vision/vocabulary-scorer.ts'
import type { RegionSpace } from './region-space.ts'
import { embedWords, type EmbedTexts } from './text-vectors.ts'

/** Of the pack's names: chance does not make this many agree. */
const COMPARED = 8
/** An int8 text tower keeps more of its vectors; those of other encoders have hardly anything alike. */
const SAME_COSINE = 0.9

/**
 * Whether a pack's region vectors lie in the space of a CLIP's text tower. Nothing that packs say of
 * themselves is believed: vectors of the pack's own names are made anew and held against those that
 * it was trained with.
 *
 * @param names of the pack's classes
 */
export async function haveSameTextSpace(
  project: ProjectDatabase,
  clip: { readonly encoder: string; readonly dimension: number },
  embed: EmbedTexts,
  space: RegionSpace,
  names: readonly string[],
): Promise<boolean> {
  if (space.background.length !== clip.dimension) return false
  const step = Math.max(1, Math.floor(names.length / COMPARED))
  const words = names
    .filter((_, i) => i % step === 0)
    .slice(0, COMPARED)
    .map((word) => ({ word, prompts: [space.promptOf(word)] }))
  const vectorOf = await embedWords(project, clip, embed, words)
  return words.every((one) => {
    const [trained, made] = [space.vectorOf(one.word), vectorOf(one)]
    return trained !== null && made !== null && dot(trained, made) >= SAME_COSINE
  })
}
