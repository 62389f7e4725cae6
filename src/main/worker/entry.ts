import { failureOfError, LexmaskError } from '#shared/contract/errors.ts'
import type { WorkerMessage, WorkerRequest } from '#main/inference/protocol.ts'
import { InferenceWorker } from './inference-worker.ts'

/** The inference process: requests in, answers out, until the application's end of the channel closes. */

let worker: InferenceWorker | null = null

function say(message: WorkerMessage): void {
  process.send?.(message)
}

function loaded(): InferenceWorker {
  if (worker) return worker
  throw new LexmaskError('INFERENCE_FAILED', 'The models are not loaded yet.')
}

async function serve(request: WorkerRequest): Promise<unknown> {
  switch (request.call) {
    case 'load':
      worker = await InferenceWorker.open(request.input, (provider) =>
        say({ kind: 'trying', provider }),
      )
      return worker.loaded
    case 'analyse':
      return loaded().analyse(request.input.path, request.input.recipe)
    case 'embedTexts':
      return loaded().embedTexts(request.input.texts)
    case 'memory':
      return { residentBytes: process.memoryUsage.rss() }
  }
}

process.on('message', (request: WorkerRequest) => {
  serve(request).then(
    (output) => say({ kind: 'answer', id: request.id, output }),
    (error: unknown) => say({ kind: 'failure', id: request.id, failure: failureOfError(error) }),
  )
})

// The application is gone, perhaps killed: nobody is left to work for.
process.on('disconnect', () => process.exit(0))
// Ctrl-C reaches the whole group of the terminal; the application decides when the worker ends.
process.on('SIGINT', () => undefined)
