import { vi } from 'vitest'
import { MaskComposer } from '../../../../src/renderer/src/canvas/compose/mask-composer.ts'
import type { LayerItem } from '../../../../src/renderer/src/canvas/compose/layer-content.ts'
import type {
  ComposeReply,
  ComposeRequest,
} from '../../../../src/renderer/src/canvas/compose/compose-protocol.ts'

/** What a test's document does not have of a browser: room, bitmaps, a worker, a painted canvas. */
export interface CanvasBrowser {
  /** What the worker was last asked to paint. */
  readonly painted: () => readonly LayerItem[]
  readonly fetched: string[]
  /** Answers to `fetch`, by address; all others are pictures of 100 x 100 pixels. */
  readonly failures: Map<string, { readonly status: number; readonly message: string }>
}

export function standInBrowser(room: { width: number; height: number }): CanvasBrowser {
  let painted: readonly LayerItem[] = []
  const fetched: string[] = []
  const failures: CanvasBrowser['failures'] = new Map()

  /** The real composer, in the test's own thread. */
  class InlineWorker {
    onmessage: ((event: { data: ComposeReply }) => void) | null = null
    readonly #composer = new MaskComposer()

    postMessage(message: ComposeRequest): void {
      const request = structuredClone(message)
      if (request.kind === 'masks') {
        this.#composer.replaceMasks(request.added, new Set(request.kept))
        return
      }
      const { ticket, frame, content, pixelRatio } = request
      painted = content.items
      const pixels = new Int32Array(frame.width * frame.height)
      this.#composer.compose(pixels, frame, content, pixelRatio)
      queueMicrotask(() => this.onmessage?.({ data: { ticket, bitmap: bitmapOf(frame) } }))
    }

    terminate(): void {
      this.onmessage = null
    }
  }

  vi.stubGlobal('Worker', InlineWorker)
  vi.stubGlobal(
    'Path2D',
    class {
      moveTo = vi.fn()
      lineTo = vi.fn()
      closePath = vi.fn()
    },
  )
  vi.stubGlobal('createImageBitmap', () => Promise.resolve(bitmapOf({ width: 100, height: 100 })))
  vi.stubGlobal('fetch', (url: string) => {
    fetched.push(url)
    const failure = failures.get(url)
    return Promise.resolve(
      failure === undefined
        ? new Response(new Blob(['picture']))
        : new Response(JSON.stringify({ message: failure.message }), { status: failure.status }),
    )
  })
  vi.spyOn(HTMLCanvasElement.prototype, 'getContext').mockImplementation(
    () => paintNothing() as never,
  )
  vi.spyOn(HTMLElement.prototype, 'clientWidth', 'get').mockReturnValue(room.width)
  vi.spyOn(HTMLElement.prototype, 'clientHeight', 'get').mockReturnValue(room.height)
  HTMLElement.prototype.setPointerCapture = () => undefined
  return { painted: () => painted, fetched, failures }
}

function bitmapOf({ width, height }: { width: number; height: number }): ImageBitmap {
  return { width, height, close: () => undefined }
}

/** A context that takes every call and paints nothing. */
function paintNothing(): object {
  const values: Record<string, unknown> = { measureText: () => ({ width: 40 }) }
  return new Proxy(values, {
    get: (known, name: string) => known[name] ?? (() => undefined),
    set: (known, name: string, value) => {
      known[name] = value
      return true
    },
  })
}
