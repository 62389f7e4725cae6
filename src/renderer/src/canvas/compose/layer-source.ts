import type { MaskRecord } from '#shared/contract/records.ts'
import type { ComposeReply, ComposeRequest } from './compose-protocol.ts'
import type { LayerFrame } from './layer-frame.ts'
import type { LayerContent } from './layer-content.ts'

/** `sharp` is for the view at hand, `coarse` for all around it. */
export type LayerName = 'sharp' | 'coarse'

export interface LayerOrder {
  readonly frame: LayerFrame
  readonly content: LayerContent
  readonly pixelRatio: number
  /** Which annotation is left out, as it is drawn live. */
  readonly liveId: number | null
}

export interface MaskLayer extends LayerOrder {
  readonly name: LayerName
  readonly bitmap: ImageBitmap
}

/** What of a Worker is used. */
export interface ComposePort {
  postMessage(request: ComposeRequest): void
  terminate(): void
  onmessage: ((event: MessageEvent<ComposeReply>) => void) | null
}

export function openComposeWorker(): ComposePort {
  return new Worker(new URL('./compose-worker.ts', import.meta.url), { type: 'module' })
}

/**
 * Orders layers one at a time. While one is painted, a newer order takes the place of an older one
 * of its name: a slider that moves faster than masks are painted skips states and never lags.
 */
export class LayerSource {
  readonly #port: ComposePort
  readonly #deliver: (layer: MaskLayer) => void
  readonly #waiting = new Map<LayerName, LayerOrder>()
  #known = new Set<string>()
  #inWork: {
    readonly ticket: number
    readonly name: LayerName
    readonly order: LayerOrder
    readonly isWanted: boolean
  } | null = null
  #tickets = 0

  constructor(port: ComposePort, deliver: (layer: MaskLayer) => void) {
    this.#port = port
    this.#deliver = deliver
    port.onmessage = ({ data }) => this.#receive(data)
  }

  /** All masks that orders from now on may name. */
  setMasks(masks: readonly MaskRecord[]): void {
    const kept = new Set(masks.map(({ hash }) => hash))
    const added = masks.filter(({ hash }) => !this.#known.has(hash)).map(plainMask)
    this.#known = kept
    this.#port.postMessage({ kind: 'masks', added, kept: [...kept] })
  }

  order(name: LayerName, order: LayerOrder): void {
    this.#waiting.set(name, order)
    this.#next()
  }

  /** Nothing of what was ordered so far is delivered any more: it shows another image. */
  cancel(): void {
    this.#waiting.clear()
    if (this.#inWork !== null) this.#inWork = { ...this.#inWork, isWanted: false }
  }

  close(): void {
    this.#port.onmessage = null
    this.#port.terminate()
  }

  #next(): void {
    if (this.#inWork !== null) return
    const name = this.#waiting.has('sharp') ? 'sharp' : 'coarse'
    const order = this.#waiting.get(name)
    if (order === undefined) return
    this.#waiting.delete(name)
    const ticket = ++this.#tickets
    this.#inWork = { ticket, name, order, isWanted: true }
    const { frame, content, pixelRatio } = order
    this.#port.postMessage({ kind: 'compose', ticket, frame, content, pixelRatio })
  }

  #receive({ ticket, bitmap }: ComposeReply): void {
    const done = this.#inWork
    if (done?.ticket !== ticket) return bitmap?.close()
    this.#inWork = null
    if (!done.isWanted) bitmap?.close()
    else if (bitmap !== null) this.#deliver({ ...done.order, name: done.name, bitmap })
    this.#next()
  }
}

/** Reactive proxies cannot be posted to a worker; a mask is flat but for its box. */
function plainMask({
  hash,
  width,
  height,
  counts,
  area,
  bbox: [x, y, w, h],
}: MaskRecord): MaskRecord {
  return { hash, width, height, counts, area, bbox: [x, y, w, h] }
}
