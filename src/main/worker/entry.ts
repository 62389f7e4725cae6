import { failureOfError, LexmaskError } from '#shared/contract/errors.ts'
import type { WorkerMessage, WorkerRequest } from '#main/inference/protocol.ts'
import { parentChannel } from '#main/processes/parent-channel.ts'
import { runtimeFacts } from '#main/networks/runtime-facts.ts'
import { peakResidentBytes } from '#main/processes/peak-memory.ts'
import { InferenceWorker } from './inference-worker.ts'

/** The inference process: requests in, answers out, until the application's end of the channel closes. */

const { send, onRequest } = parentChannel<WorkerRequest, WorkerMessage>()
let worker: InferenceWorker | null = null

function loaded(): InferenceWorker {
  if (worker) return worker
  throw new LexmaskError('INFERENCE_FAILED', 'The models are not loaded yet.')
}

async function serve(request: WorkerRequest): Promise<unknown> {
  switch (request.call) {
    case 'load':
      worker = await InferenceWorker.open(request.input, {
        trying: (provider) => send({ kind: 'trying', provider }),
        onFallback: (report) => send({ kind: 'provider', report }),
      })
      return worker.loaded
    case 'analyse':
      return loaded().analyse(request.input.path, request.input.recipe, request.input.drawn)
    case 'findRegions':
      return loaded().findRegions(request.input.path, request.input.parameters)
    case 'propose':
      return loaded().propose(request.input)
    case 'embedTexts':
      return loaded().embedTexts(request.input.texts)
    case 'maskInBox':
      return loaded().prompts.inBox(request.input)
    case 'maskAtPoints':
      return loaded().prompts.atPoints(request.input)
    case 'runtime':
      return runtimeFacts()
    case 'trial':
      return loaded().trial(request.input.sam)
    case 'memory':
      return { residentBytes: process.memoryUsage.rss(), peakBytes: peakResidentBytes() }
  }
}

onRequest((request) => {
  serve(request).then(
    (output) => send({ kind: 'answer', id: request.id, output }),
    (error: unknown) => send({ kind: 'failure', id: request.id, failure: failureOfError(error) }),
  )
})
