import type { ComposeReply, ComposeRequest } from './compose-protocol.ts'
import { MaskComposer } from './mask-composer.ts'

/** Paints the mask layers beside the window's thread, so that no frame waits for them. */

type LayerRequest = Extract<ComposeRequest, { kind: 'compose' }>

/** Nothing was asked for so long: the view rests, and a slider may be next. */
const IDLE_MS = 250
/** An order that comes meanwhile waits no longer. */
const SLICE_MS = 6

const composer = new MaskComposer()
/** Kept between layers: most are of one size. */
let buffer = new Int32Array(0)
let idle: ReturnType<typeof setTimeout> | undefined
/** The layers painted last, of different resolutions: the sharp one and the coarse one. */
let recent: LayerRequest[] = []

addEventListener('message', ({ data: request }: MessageEvent<ComposeRequest>) => {
  clearTimeout(idle)
  if (request.kind === 'masks') composer.replaceMasks(request.added, new Set(request.kept))
  else void compose(request)
})

async function compose(request: LayerRequest): Promise<void> {
  const { ticket, frame } = request
  const bitmap = await paint(request).catch(() => null)
  const reply: ComposeReply = { ticket, bitmap }
  postMessage(reply, { transfer: bitmap === null ? [] : [bitmap] })
  const others = recent.filter((other) => other.frame.scale !== frame.scale)
  recent = [request, ...others].slice(0, 2)
  idle = setTimeout(collectNext, IDLE_MS)
}

async function paint(request: LayerRequest): Promise<ImageBitmap> {
  const { frame, content, pixelRatio } = request
  const pixels = pixelsFor(request)
  composer.compose(pixels, frame, content, pixelRatio)
  const bytes = new Uint8ClampedArray(pixels.buffer)
  return createImageBitmap(new ImageData(bytes, frame.width, frame.height))
}

/** A slice of one layer at a time: for an image of a thousand masks it takes tens of them. */
function collectNext(): void {
  const [request] = recent
  if (request === undefined) return
  const { frame, content, pixelRatio } = request
  const endMs = performance.now() + SLICE_MS
  const isOver = (): boolean => performance.now() >= endMs
  if (composer.collect(pixelsFor(request), frame, content, pixelRatio, isOver)) recent.shift()
  idle = setTimeout(collectNext, 0)
}

function pixelsFor({ frame: { width, height } }: LayerRequest): Int32Array<ArrayBuffer> {
  if (buffer.length !== width * height) buffer = new Int32Array(width * height)
  return buffer
}
