import { createHash } from 'node:crypto'
import { mkdir, readdir, readFile, rm, stat } from 'node:fs/promises'
import { basename, join } from 'node:path'
import { z } from 'zod'
import type { RecentProject } from '#shared/contract/commands.ts'
import { writeAtomically } from '#main/formats/atomic-file.ts'

/** Shown; older ones are forgotten. */
const AT_MOST = 20

const noteSchema = z.object({ path: z.string().min(1), openedMs: z.number().min(0) })
type Note = z.infer<typeof noteSchema>

/**
 * The projects that a person opened last: one small file for each, so that several processes never
 * write the same one and none loses what another has noted. A file that cannot be used is passed over.
 */
export class RecentProjects {
  readonly #folder: string
  readonly #report: (error: unknown) => void

  /** @param report gets why the folder could not be written */
  constructor(folder: string, report: (error: unknown) => void) {
    this.#folder = folder
    this.#report = report
  }

  /** The last opened first. Never throws. */
  async list(): Promise<RecentProject[]> {
    const notes = (await this.#notes()).slice(0, AT_MOST)
    return Promise.all(
      notes.map(async ({ path, openedMs }) => ({
        path,
        name: basename(path, '.lexmask'),
        openedMs,
        isThere: await isFile(path),
      })),
    )
  }

  /** Puts a project first. Never throws. */
  async remember(path: string, openedMs: number): Promise<void> {
    try {
      await mkdir(this.#folder, { recursive: true })
      const text = `${JSON.stringify({ path, openedMs } satisfies Note)}\n`
      await writeAtomically(this.#fileOf(path), (sink) => sink.write(text))
      const old = (await this.#notes()).slice(AT_MOST)
      await Promise.all(old.map((note) => rm(this.#fileOf(note.path), { force: true })))
    } catch (error) {
      this.#report(error)
    }
  }

  /** Never throws. */
  async forget(path: string): Promise<void> {
    await rm(this.#fileOf(path), { force: true }).catch(this.#report)
  }

  async #notes(): Promise<Note[]> {
    const names = await readdir(this.#folder).catch(() => [])
    const files = names.filter((name) => name.endsWith('.json'))
    const notes = await Promise.all(files.map((name) => readNote(join(this.#folder, name))))
    return notes.flatMap((note) => note ?? []).sort((a, b) => b.openedMs - a.openedMs)
  }

  #fileOf(path: string): string {
    const name = createHash('sha256').update(path).digest('hex').slice(0, 32)
    return join(this.#folder, `${name}.json`)
  }
}

async function readNote(file: string): Promise<Note | null> {
  try {
    return noteSchema.parse(JSON.parse(await readFile(file, 'utf8')))
  } catch {
    return null
  }
}

async function isFile(path: string): Promise<boolean> {
  return stat(path).then(
    (found) => found.isFile(),
    () => false,
  )
}
