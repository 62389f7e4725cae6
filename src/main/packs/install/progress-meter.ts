/** How far an installation is. */
export interface InstallProgress {
  readonly phase: 'downloading' | 'converting' | 'checking'
  readonly receivedBytes: number
  /** null while the server does not tell. */
  readonly totalBytes: number | null
  /** Of the last seconds; null before there is anything to measure. */
  readonly bytesPerSecond: number | null
  readonly remainingMs: number | null
}

/** Long enough for an even number, short enough to follow a change. */
const WINDOW_MS = 5000
/** A window or a terminal is told this often. */
const INTERVAL_MS = 200

/** Makes progress out of the bytes of several files, one after another. */
export class DownloadMeter {
  readonly #tell: (progress: InstallProgress) => void
  readonly #now: () => number
  #samples: { readonly atMs: number; readonly bytes: number }[] = []
  #toldMs = -Infinity

  /** @param now milliseconds of a clock that only goes on */
  constructor(tell: (progress: InstallProgress) => void, now = (): number => performance.now()) {
    this.#tell = tell
    this.#now = now
  }

  show(receivedBytes: number, totalBytes: number | null): void {
    const atMs = this.#now()
    const last = this.#samples.at(-1)
    // A file that was begun again, or one that was there already.
    if (last && receivedBytes < last.bytes) this.#samples = []
    this.#samples.push({ atMs, bytes: receivedBytes })
    while (this.#samples.length > 2 && atMs - this.#samples[0].atMs > WINDOW_MS) {
      this.#samples.shift()
    }
    const isWhole = receivedBytes === totalBytes
    if (!isWhole && atMs - this.#toldMs < INTERVAL_MS) return
    this.#toldMs = atMs
    const [first] = this.#samples
    const ms = atMs - first.atMs
    const bytesPerSecond = ms > 0 ? ((receivedBytes - first.bytes) / ms) * 1000 : null
    this.#tell({
      phase: 'downloading',
      receivedBytes,
      totalBytes,
      bytesPerSecond,
      remainingMs:
        totalBytes !== null && bytesPerSecond !== null && bytesPerSecond > 0
          ? ((totalBytes - receivedBytes) / bytesPerSecond) * 1000
          : null,
    })
  }
}
