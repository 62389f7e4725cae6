import { open, readFile, rm, stat, writeFile, type FileHandle } from 'node:fs/promises'
import { basename, dirname } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { z } from 'zod'
import { LexmaskError } from '#shared/contract/errors.ts'
import { digestFile, digestOfEtag, isOfDigest, type Digest, type FileDigests } from './digest.ts'
import { writeFailure } from './file-failure.ts'
import { assertFits } from './free-space.ts'
import {
  downloadFailed,
  httpGet,
  numberOf,
  PassingFailure,
  type HttpAnswer,
  type ProxyEnvironment,
} from './http-get.ts'

export interface DownloadOrder {
  readonly url: string
  /** Where the file grows; it stays there when the download fails, to go on from. */
  readonly partFile: string
  /** null: what the server says, which it is then held to. */
  readonly bytes: number | null
  /** null: what the host publishes of the file. */
  readonly sha256: string | null
}

export interface DownloadOptions {
  readonly signal: AbortSignal
  readonly proxy: ProxyEnvironment | null
  readonly silenceMs: number
  /** Waits before further attempts; as many as there are without any progress. */
  readonly waitsMs: readonly number[]
  /** Told of every piece. @param totalBytes null while nobody has told */
  readonly onProgress: (receivedBytes: number, totalBytes: number | null) => void
}

export interface DownloadedFile extends FileDigests {
  /** Who said what the file is to be. */
  readonly digestFrom: 'manifest' | 'host'
}

/** No server is waited for longer than this, whatever it asks for. */
const LONGEST_WAIT_MS = 120_000

/** What is known of a part, beside it: what it is a part of, by which the server can tell a change. */
const partRecordSchema = z.object({
  url: z.string(),
  etag: z.string().nullable(),
  digest: z.object({ algorithm: z.enum(['sha256', 'git-sha1']), hex: z.string() }).nullable(),
  bytes: z.number().int().nonnegative().nullable(),
})
type PartRecord = z.infer<typeof partRecordSchema>

/**
 * Downloads a file into `partFile`, which is whole and checked when this returns. Goes on from what is
 * there where the server can; broken connections are tried again.
 *
 * @throws LexmaskError DOWNLOAD_FAILED, MODEL_CHECKSUM_MISMATCH, DISK_FULL, FILE_UNWRITABLE, CANCELLED
 */
export async function downloadFile(
  order: DownloadOrder,
  options: DownloadOptions,
): Promise<DownloadedFile> {
  const download = new Download(order, options)
  try {
    return await download.run()
  } catch (error) {
    if (!options.signal.aborted) throw error
    throw new LexmaskError('CANCELLED', 'The download was cancelled.')
  }
}

const recordFileOf = (partFile: string): string => `${partFile}.json`

class Download {
  readonly #order: DownloadOrder
  readonly #options: DownloadOptions
  #record: PartRecord

  constructor(order: DownloadOrder, options: DownloadOptions) {
    this.#order = order
    this.#options = options
    this.#record = this.#freshRecord()
  }

  async run(): Promise<DownloadedFile> {
    await this.#resumeRecord()
    let failures = 0
    let hasStartedOver = false
    for (;;) {
      const before = await this.#have()
      try {
        if (before === 0 || before !== this.#record.bytes) await this.#attempt(before)
        const downloaded = await this.#check()
        await rm(recordFileOf(this.#order.partFile), { force: true })
        return downloaded
      } catch (error) {
        if (error instanceof WrongContent) {
          // What an earlier download has left may be the fault; a second time it is the server.
          await this.#startOver()
          if (before === 0 || hasStartedOver) throw error.told(this.#order)
          hasStartedOver = true
          continue
        }
        if (!(error instanceof PassingFailure)) throw error
        if ((await this.#have()) > before) failures = 0
        await this.#waitFor(error, failures++)
      }
    }
  }

  #freshRecord(): PartRecord {
    const { url, bytes, sha256 } = this.#order
    return {
      url,
      etag: null,
      digest: sha256 === null ? null : { algorithm: 'sha256', hex: sha256 },
      bytes,
    }
  }

  /** What there is of another file, or of an unknown one, is no part of this. */
  async #resumeRecord(): Promise<void> {
    const { url, bytes, sha256 } = this.#order
    const text = await readFile(recordFileOf(this.#order.partFile), 'utf8').catch(() => '{}')
    const parsed = partRecordSchema.safeParse(parseJson(text))
    const isSame =
      parsed.success &&
      parsed.data.url === url &&
      (bytes === null || parsed.data.bytes === bytes) &&
      (sha256 === null || parsed.data.digest?.hex === sha256)
    if (!isSame) return this.#startOver()
    this.#record = parsed.data
    if (this.#record.bytes !== null && (await this.#have()) > this.#record.bytes) {
      await this.#startOver()
    }
  }

  async #startOver(): Promise<void> {
    this.#record = this.#freshRecord()
    await rm(this.#order.partFile, { force: true })
    await rm(recordFileOf(this.#order.partFile), { force: true })
  }

  async #have(): Promise<number> {
    return stat(this.#order.partFile).then(
      ({ size }) => size,
      () => 0,
    )
  }

  async #waitFor(failure: PassingFailure, failures: number): Promise<void> {
    const { waitsMs, signal } = this.#options
    const wait = Math.max(waitsMs[failures] ?? 0, failure.retryAfterMs ?? 0)
    if (failures >= waitsMs.length) {
      throw downloadFailed(this.#order.url, `${failure.message}, after ${failures + 1} attempts`)
    }
    if (wait > LONGEST_WAIT_MS) {
      const seconds = Math.ceil(wait / 1000)
      throw downloadFailed(
        this.#order.url,
        `${failure.message}, and asks to be left alone for ${seconds} s`,
      )
    }
    await sleep(wait, undefined, { signal })
  }

  async #attempt(have: number): Promise<void> {
    const { url } = this.#order
    const { etag } = this.#record
    const { signal, silenceMs, proxy } = this.#options
    // Without a tag nobody could tell whether the rest belongs to what is here.
    const headers: Record<string, string> =
      have > 0 && etag !== null ? { range: `bytes=${have}-`, 'if-range': etag } : {}
    const answer = await httpGet(url, { headers, signal, silenceMs, proxy })
    try {
      const from = this.#startOf(answer, have)
      await this.#agree(answer, from)
      await this.#receive(answer, from)
    } finally {
      answer.body.destroy()
    }
  }

  /** Where the bytes of an answer begin in the file. */
  #startOf({ status, headers, url }: HttpAnswer, have: number): number {
    if (status === 200) return 0
    if (status === 206) {
      const range = /^bytes (\d+)-\d+\/(\d+|\*)$/.exec(headers['content-range'] ?? '')
      if (range && Number(range[1]) === have) return have
      throw downloadFailed(url, 'it sent another part than it was asked for')
    }
    if (status === 416) throw new WrongContent('the server has no more of it')
    const what = `it answered ${status}`
    const isPassing = status === 408 || status === 425 || status === 429 || status >= 500
    if (isPassing) throw new PassingFailure(what, retryAfterMs(headers['retry-after']))
    throw downloadFailed(url, status === 404 ? `${what}: it does not have this file` : what, true)
  }

  /** Takes up what the answer says of the whole file, and refuses what is another one. */
  async #agree({ headers, url, publishedEtag, publishedBytes }: HttpAnswer, from: number) {
    const { bytes } = this.#order
    const encoding = headers['content-encoding']
    if (encoding !== undefined && encoding !== 'identity') {
      throw downloadFailed(url, `it was sent compressed (${encoding})`, true)
    }
    const length = numberOf(headers['content-length'])
    const total = length === null ? publishedBytes : from + length
    if (bytes !== null && total !== null && total !== bytes) {
      throw downloadFailed(
        url,
        `the server has a file of ${total} bytes where ${bytes} are expected: it is another file`,
        true,
      )
    }
    const digest = this.#record.digest ?? digestOfEtag(publishedEtag)
    if (digest === null) {
      throw downloadFailed(
        url,
        'the list of packs has no sha256 of this file, and the server publishes none',
        true,
      )
    }
    const whole = bytes ?? total ?? (from > 0 ? this.#record.bytes : null)
    if (whole === null) {
      // It could go on for ever.
      throw downloadFailed(
        url,
        'neither the list of packs nor the server tells how large it is',
        true,
      )
    }
    // Only now is it known of a file that the list does not tell the size of.
    if (bytes === null) await assertFits(whole - from, dirname(this.#order.partFile))
    const etag = headers.etag ?? null
    this.#record = {
      url: this.#order.url,
      // A weak tag is of the same meaning, not of the same bytes.
      etag: etag?.startsWith('W/') ? null : etag,
      digest,
      bytes: whole,
    }
    const text = JSON.stringify(this.#record)
    await onDisk(this.#order.partFile, () => writeFile(recordFileOf(this.#order.partFile), text))
  }

  /** Never writes more than the file is to have. */
  async #receive({ body, url }: HttpAnswer, from: number): Promise<void> {
    const { partFile } = this.#order
    const { onProgress, signal } = this.#options
    const total = this.#record.bytes
    const part = await onDisk(partFile, () => open(partFile, from === 0 ? 'w' : 'r+'))
    let received = from
    try {
      for await (const piece of body.pieces()) {
        if (total !== null && received + piece.length > total) {
          throw downloadFailed(url, `it sends more than the ${total} bytes of the file`, true)
        }
        await onDisk(partFile, () => part.write(piece, 0, piece.length, received))
        received += piece.length
        onProgress(received, total)
      }
    } catch (error) {
      if (error instanceof LexmaskError || error instanceof PassingFailure || signal.aborted) {
        throw error
      }
      throw new PassingFailure(`the connection broke after ${received} bytes`)
    } finally {
      await part.close()
    }
    if (total !== null && received < total) {
      throw new PassingFailure(`the server ended after ${received} of ${total} bytes`)
    }
    this.#record = { ...this.#record, bytes: received }
    await syncFile(partFile)
  }

  async #check(): Promise<DownloadedFile> {
    const { partFile, sha256 } = this.#order
    const { digest } = this.#record
    const digests = await digestFile(partFile, this.#options.signal)
    if (digest === null || !(await isOfDigest(partFile, digests, digest))) {
      throw new WrongContent('its digest differs', digest, digests)
    }
    return { ...digests, digestFrom: sha256 === null ? 'host' : 'manifest' }
  }
}

/** What was downloaded is not the file that it should be. */
class WrongContent extends Error {
  readonly #expected: Digest | null
  readonly #actual: FileDigests | null

  constructor(message: string, expected: Digest | null = null, actual: FileDigests | null = null) {
    super(message)
    this.#expected = expected
    this.#actual = actual
  }

  told({ url, partFile }: DownloadOrder): LexmaskError {
    const { host } = new URL(url)
    return new LexmaskError(
      'MODEL_CHECKSUM_MISMATCH',
      `What ${host} sent for ${basename(partFile, '.part')} is not the file that is expected ` +
        `(${this.message}); it was thrown away. Try again later, or use another mirror.`,
      {
        file: basename(partFile, '.part'),
        host,
        expected: this.#expected?.hex ?? null,
        actual: this.#actual?.sha256 ?? null,
      },
    )
  }
}

/** Seconds or a date. */
function retryAfterMs(header: string | undefined): number | null {
  if (header === undefined) return null
  const seconds = numberOf(header)
  if (seconds !== null) return seconds * 1000
  const date = Date.parse(header)
  return Number.isNaN(date) ? null : Math.max(0, date - Date.now())
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return null
  }
}

async function onDisk<T>(path: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work()
  } catch (error) {
    throw writeFailure(path, error)
  }
}

/** So that a power failure leaves no file that is whole by name alone. */
export async function syncFile(file: string): Promise<void> {
  const handle: FileHandle = await onDisk(file, () => open(file, 'r+'))
  await onDisk(file, () => handle.sync()).finally(() => handle.close())
}
