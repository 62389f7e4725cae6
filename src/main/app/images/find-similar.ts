import type { DuplicateGroups } from '#shared/contract/commands.ts'
import { LexmaskError } from '#shared/contract/errors.ts'
import type { AppEvents } from '#shared/contract/events.ts'
import type { ProjectDatabase } from '#main/storage/project-database.ts'
import { nearGroups } from '#main/vision/near-fingerprints.ts'
import { fileOfImage } from './add-images.ts'
import { WorkSlice } from '#main/jobs/work-slice.ts'

/**
 * Bits of 64 in which copies of one photo may differ: of the development photos, copies of another
 * size or quality differ in 4 at most, different photos in 16 at least (docs/methods.md).
 */
export const SIMILAR_BITS = 8
/** As many as the picture process works on at once. */
const FILES_AT_ONCE = 2

/** Gives the fingerprint of an image file: 16 hexadecimal digits. */
export type TakeFingerprint = (imageFile: string) => Promise<string>

/** Finds images that look alike; fingerprints that were taken once are kept. */
export class SimilarImages {
  readonly #project: ProjectDatabase
  readonly #take: TakeFingerprint | undefined
  readonly #tell: (progress: AppEvents['duplicates.progress']) => void
  /** The newest call; an older one that is not through ends where it is. */
  #call = 0

  constructor(
    project: ProjectDatabase,
    take: TakeFingerprint | undefined,
    tell: (progress: AppEvents['duplicates.progress']) => void,
  ) {
    this.#project = project
    this.#take = take
    this.#tell = tell
  }

  /** Ends a search that is in work. */
  stop(): void {
    this.#call++
  }

  /** Images whose file cannot be read are in no group. */
  async find(): Promise<DuplicateGroups> {
    const take = this.#take
    if (!take) {
      throw new LexmaskError(
        'PICTURES_FAILED',
        'Nothing here can look at images. Open the project in the window to find similar ones.',
      )
    }
    const call = ++this.#call
    const { fingerprints, images } = this.#project
    const missing = this.#project.isReadOnly ? [] : fingerprints.listMissing()
    let unread = 0
    for (let from = 0; from < missing.length; from += FILES_AT_ONCE) {
      this.#tell({ done: from, total: missing.length })
      const taken = await Promise.all(
        missing.slice(from, from + FILES_AT_ONCE).map(async (imageId) => {
          const image = images.get(imageId)
          if (!image) return null
          const file = fileOfImage(this.#project.path, image.path)
          const hash = await take(file).catch(() => null)
          if (hash === null) unread++
          return hash === null ? null : { imageId, hash }
        }),
      )
      if (call !== this.#call) return { groups: [], unread, isSuperseded: true }
      this.#project.transaction(() => {
        for (const one of taken) if (one) fingerprints.put(one.imageId, one.hash)
      })
    }
    if (missing.length > 0) this.#tell({ done: missing.length, total: missing.length })
    const grouping = nearGroups(fingerprints.listAll(), SIMILAR_BITS)
    const slice = new WorkSlice()
    for (;;) {
      const step = grouping.next()
      if (step.done) return { groups: step.value, unread, isSuperseded: false }
      if (!slice.isOver) continue
      await slice.giveWay()
      if (call !== this.#call) return { groups: [], unread, isSuperseded: true }
    }
  }
}
