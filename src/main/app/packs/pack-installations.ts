import type { PackProgress } from '#shared/contract/commands.ts'
import { failureOfError, LexmaskError } from '#shared/contract/errors.ts'
import { packOfManifest } from '#main/packs/manifest.ts'
import type { PackInstaller } from './pack-installer.ts'

/** The installations of a window: each goes on by itself, and tells of itself through events. */
export class PackInstallations {
  readonly #installer: PackInstaller
  readonly #tell: (progress: PackProgress) => void
  readonly #running = new Map<
    string,
    { readonly cancel: () => void; readonly ended: Promise<void> }
  >()
  /** Of those that go on, and of the last one that failed. */
  readonly #progress = new Map<string, PackProgress>()

  /** @param tell gets `done` once the pack is found */
  constructor(installer: PackInstaller, tell: (progress: PackProgress) => void) {
    this.#installer = installer
    this.#tell = tell
  }

  progressOf(name: string): PackProgress | null {
    return this.#progress.get(name) ?? null
  }

  /** @throws LexmaskError CONFLICT when it goes on already; PACK_MISSING */
  async begin(name: string): Promise<PackProgress> {
    packOfManifest(await this.#installer.manifest(), name)
    if (this.#running.has(name)) {
      throw new LexmaskError('CONFLICT', `${name} is being installed already.`, { pack: name })
    }
    const abort = new AbortController()
    const begun = progressOf(name, 'downloading')
    this.#set(begun)
    const ended = this.#run(name, abort.signal).finally(() => this.#running.delete(name))
    this.#running.set(name, { cancel: () => abort.abort(), ended })
    return begun
  }

  /** @returns whether there was anything to cancel */
  async cancel(name: string): Promise<boolean> {
    const running = this.#running.get(name)
    running?.cancel()
    await running?.ended
    return running !== undefined
  }

  /** What is not finished by now can go on the next time. */
  async close(): Promise<void> {
    await Promise.all([...this.#running.keys()].map((name) => this.cancel(name)))
  }

  async #run(name: string, signal: AbortSignal): Promise<void> {
    try {
      await this.#installer.install({
        name,
        from: null,
        signal,
        onProgress: ({ phase, ...progress }) =>
          this.#set({ pack: name, state: phase, ...progress, failure: null }),
      })
      this.#end(progressOf(name, 'done'))
    } catch (error) {
      const failure = failureOfError(error)
      if (failure.code === 'CANCELLED' || signal.aborted) this.#end(progressOf(name, 'cancelled'))
      else this.#set({ ...progressOf(name, 'failed'), failure })
    }
  }

  #set(progress: PackProgress): void {
    this.#progress.set(progress.pack, progress)
    this.#tell(progress)
  }

  #end(progress: PackProgress): void {
    this.#progress.delete(progress.pack)
    this.#tell(progress)
  }
}

const progressOf = (pack: string, state: PackProgress['state']): PackProgress => ({
  pack,
  state,
  receivedBytes: 0,
  totalBytes: null,
  bytesPerSecond: null,
  remainingMs: null,
  failure: null,
})
