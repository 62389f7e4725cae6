import type { ComposeReply, ComposeRequest } from './compose-protocol.ts'
import { MaskComposer } from './mask-composer.ts'

/** Paints the mask layers beside the window's thread, so that no frame waits for them. */

const composer = new MaskComposer()
/** Kept between layers: most are of one size. */
let buffer = new Int32Array(0)

addEventListener('message', ({ data: request }: MessageEvent<ComposeRequest>) => {
  if (request.kind === 'masks') composer.replaceMasks(request.added, new Set(request.kept))
  else void compose(request)
})

async function compose(request: Extract<ComposeRequest, { kind: 'compose' }>): Promise<void> {
  const { ticket, frame, content, pixelRatio } = request
  const count = frame.width * frame.height
  if (buffer.length !== count) buffer = new Int32Array(count)
  composer.compose(buffer, frame, content, pixelRatio)
  const bytes = new Uint8ClampedArray(buffer.buffer)
  const bitmap = await createImageBitmap(new ImageData(bytes, frame.width, frame.height))
  const reply: ComposeReply = { ticket, bitmap }
  postMessage(reply, { transfer: [bitmap] })
}
