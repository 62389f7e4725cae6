import { makeDisplayCopy, makeThumbnail } from '#main/imaging/copy-image.ts'
import { fingerprintOfFile } from '#main/imaging/fingerprint.ts'
import { drawOverlay } from '#main/imaging/draw-overlay.ts'
import { snapToImage } from '#main/imaging/snap-to-image.ts'
import { failureOfError } from '#shared/contract/errors.ts'
import { parentChannel } from '#main/processes/parent-channel.ts'
import type { PictureMessage, PictureRequest } from './protocol.ts'

/** The picture process: requests in, pictures out, until the application's end of the channel closes. */

const { send, onRequest } = parentChannel<PictureRequest, PictureMessage>()

function serve(request: PictureRequest): Promise<unknown> {
  switch (request.call) {
    case 'thumbnail':
      return makeThumbnail(request.input.path, request.input.maxSide)
    case 'displayCopy':
      return makeDisplayCopy(request.input.path, request.input.maxSide)
    case 'snap':
      return snapToImage(request.input)
    case 'fingerprint':
      return fingerprintOfFile(request.input.path)
    case 'overlay':
      return drawOverlay(request.input)
  }
}

onRequest((request) => {
  serve(request).then(
    (output) => send({ kind: 'answer', id: request.id, output }),
    (error: unknown) => send({ kind: 'failure', id: request.id, failure: failureOfError(error) }),
  )
})

send({ kind: 'ready' })
