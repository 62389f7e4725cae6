import { makeDisplayCopy, makeThumbnail } from '#main/imaging/copy-image.ts'
import { drawOverlay } from '#main/imaging/draw-overlay.ts'
import { failureOfError } from '#shared/contract/errors.ts'
import type { PictureMessage, PictureRequest } from './protocol.ts'

/** The picture process: requests in, pictures out, until the application's end of the channel closes. */

function say(message: PictureMessage): void {
  process.send?.(message)
}

function serve(request: PictureRequest): Promise<unknown> {
  switch (request.call) {
    case 'thumbnail':
      return makeThumbnail(request.input.path, request.input.maxSide)
    case 'displayCopy':
      return makeDisplayCopy(request.input.path, request.input.maxSide)
    case 'overlay':
      return drawOverlay(request.input)
  }
}

process.on('message', (request: PictureRequest) => {
  serve(request).then(
    (output) => say({ kind: 'answer', id: request.id, output }),
    (error: unknown) => say({ kind: 'failure', id: request.id, failure: failureOfError(error) }),
  )
})

// The application is gone, perhaps killed: nobody is left to work for.
process.on('disconnect', () => process.exit(0))
// Ctrl-C reaches the whole group of the terminal; the application decides when this process ends.
process.on('SIGINT', () => undefined)

say({ kind: 'ready' })
