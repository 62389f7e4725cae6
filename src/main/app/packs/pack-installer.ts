import { join } from 'node:path'
import type {
  PackAddition,
  PackCheckReport,
  PackOffer,
  PackOffers,
  PackProgress,
} from '#shared/contract/commands.ts'
import { LexmaskError } from '#shared/contract/errors.ts'
import type { Settings } from '#shared/contract/settings.ts'
import { addPacks } from '#main/packs/add-pack.ts'
import { findPacks } from '#main/packs/find-packs.ts'
import { installPack, type InstalledPack } from '#main/packs/install/install-pack.ts'
import {
  installPlaces,
  isThere,
  makeFolder,
  recoverFormer,
} from '#main/packs/install/install-folder.ts'
import type { InstallProgress } from '#main/packs/install/progress-meter.ts'
import type { ProxyEnvironment } from '#main/packs/install/http-get.ts'
import {
  downloadSize,
  mirroredUrl,
  packOfManifest,
  readManifest,
  type Manifest,
} from '#main/packs/manifest.ts'
import type { PackRoot } from '#main/packs/pack-roots.ts'
import { removePack } from '#main/packs/remove-pack.ts'
import { verifyPack } from '#main/packs/verify-pack.ts'
import { ProcessLock, type LockOwner } from '#main/storage/process-lock.ts'

/** A server that is silent for so long is taken for gone. */
const SILENCE_MS = 30_000
/** Before further attempts without any progress: about two minutes in all. */
const WAITS_MS = [1000, 2000, 5000, 10_000, 30_000, 60_000]

export interface PackInstallerOptions {
  /** Lexmask's own list of packs. */
  readonly manifestFile: string
  /** Where packs are installed. */
  readonly root: string
  /** Where packs are looked for. */
  readonly searched: () => readonly PackRoot[]
  readonly settings: () => Pick<Settings, 'packMirror' | 'packProxy' | 'packManifest'>
  readonly environment: ProxyEnvironment
  /** Of downloads; tests have less patience. */
  readonly patience?: { readonly silenceMs: number; readonly waitsMs: readonly number[] }
}

export interface InstallRequest {
  readonly name: string
  /** A folder with files that were downloaded elsewhere; null to download them. */
  readonly from: string | null
  readonly signal: AbortSignal
  readonly onProgress: (progress: InstallProgress) => void
}

/** Installs, checks and removes packs, one process at a time for each pack. */
export class PackInstaller {
  readonly #options: PackInstallerOptions

  constructor(options: PackInstallerOptions) {
    this.#options = options
  }

  get root(): string {
    return this.#options.root
  }

  /** @throws LexmaskError FILE_UNREADABLE, PACK_INVALID */
  manifest(): Promise<Manifest> {
    const { settings, manifestFile } = this.#options
    return readManifest(settings().packManifest ?? manifestFile)
  }

  /**
   * What can be installed, and what of it is here.
   *
   * @param progressOf of an installation in this process
   */
  async offers(progressOf: (name: string) => PackProgress | null): Promise<PackOffers> {
    const manifest = await this.manifest()
    await this.#recover(manifest)
    const { packs } = await findPacks(this.#options.searched())
    const mirror = this.#options.settings().packMirror
    const offers = manifest.packs.map((pack): PackOffer => {
      const { name, kind, title, licence, origin, purpose, isUsable } = pack
      const installed = packs.find((one) => one.name === name)
      return {
        ...{ name, kind, title, licence, origin, purpose, isUsable },
        ...downloadSize(pack),
        files: pack.files.map(({ url, bytes, sha256 }) => {
          return { url: mirroredUrl(url, mirror), bytes, sha256 }
        }),
        folder: installed?.folder ?? null,
        progress: progressOf(name),
      }
    })
    const hosts = new Set(offers.flatMap(({ files }) => files.map(({ url }) => new URL(url).host)))
    return { root: this.root, hosts: [...hosts].sort(), packs: offers }
  }

  /** @throws LexmaskError as `installPack`; CONFLICT while another process installs it */
  async install({ name, from, signal, onProgress }: InstallRequest): Promise<InstalledPack> {
    const manifest = await this.manifest()
    const pack = packOfManifest(manifest, name)
    const { settings, patience = { silenceMs: SILENCE_MS, waitsMs: WAITS_MS } } = this.#options
    const { packMirror: mirror } = settings()
    return this.#alone(name, () =>
      installPack({
        ...patience,
        ...{ pack, manifest, from, mirror, signal, onProgress },
        root: this.root,
        proxy: this.#proxy(),
      }),
    )
  }

  /**
   * Copies packs that the person has as a folder to where packs are installed.
   *
   * @throws LexmaskError as `addPacks`; CONFLICT while another process is at work on one of them
   */
  add(folder: string): Promise<PackAddition[]> {
    return addPacks(folder, this.root, (name, work) => this.#alone(name, work))
  }

  /** @throws LexmaskError PACK_MISSING */
  async verify(name: string): Promise<PackCheckReport> {
    const { packs, refused } = await findPacks(this.#options.searched())
    const pack = packs.find((one) => one.name === name)
    if (pack) return verifyPack(pack)
    // A pack that cannot be described any more is still in the folder of its name.
    const { pack: folder } = installPlaces(this.root, name)
    const damaged = refused.find((one) => one.folder === folder)
    if (damaged) {
      const check = await verifyPack({ name, folder, kind: null })
      return { ...check, isWhole: false, faults: [...check.faults, damaged.reason] }
    }
    throw new LexmaskError('PACK_MISSING', `There is no pack "${name}" here.`, { pack: name })
  }

  /** All packs that are found. */
  async verifyAll(): Promise<PackCheckReport[]> {
    const { packs } = await findPacks(this.#options.searched())
    const checks: PackCheckReport[] = []
    for (const pack of packs) checks.push(await verifyPack(pack))
    return checks
  }

  /** @throws LexmaskError as `removePack`; CONFLICT while a process installs it */
  remove(name: string): Promise<string> {
    return this.#alone(name, () => removePack(name, this.root, this.#options.searched()))
  }

  /** What a process left that ended at the worst moment of an update. Writes nothing where there is none. */
  async #recover({ packs }: Manifest): Promise<void> {
    for (const { name } of packs) {
      const places = installPlaces(this.root, name)
      if (!(await isThere(places.former))) continue
      // Another process may be at that very moment.
      await this.#alone(name, () => recoverFormer(places)).catch(() => undefined)
    }
  }

  #proxy(): ProxyEnvironment {
    const { packProxy } = this.#options.settings()
    const { environment } = this.#options
    if (packProxy === null) return environment
    return { ...environment, HTTP_PROXY: packProxy, HTTPS_PROXY: packProxy }
  }

  async #alone<T>(name: string, work: () => Promise<T>): Promise<T> {
    const { lock: file } = installPlaces(this.root, name)
    await makeFolder(join(file, '..'))
    const lock = ProcessLock.acquire(`${file}.lock`, {
      inUse: (owner) => inUse(name, owner),
      failed: (error) =>
        new LexmaskError(
          'FILE_UNWRITABLE',
          `${this.root} cannot be written (${(error as Error).message}). Check its permissions.`,
          { path: this.root },
        ),
    })
    try {
      return await work()
    } finally {
      lock.release()
    }
  }
}

function inUse(name: string, owner: LockOwner | null): LexmaskError {
  const by = owner === null ? '' : ` (process ${owner.pid} on ${owner.host})`
  return new LexmaskError(
    'CONFLICT',
    `Another Lexmask${by} is at work on the pack ${name}. Wait until it has ended, or end it there.`,
    { pack: name, pid: owner?.pid ?? null, host: owner?.host ?? null },
  )
}
