import type { ProjectHandlers } from '#shared/contract/dispatch.ts'
import { LexmaskError } from '#shared/contract/errors.ts'
import type { AppServices } from './app-services.ts'
import { noSuchJob } from '../labelling/prelabel.ts'

type LabellingHandlers = Pick<
  ProjectHandlers,
  Extract<
    keyof ProjectHandlers,
    `prelabel.${string}` | `rescore.${string}` | `jobs.${string}` | `inference.${string}`
  >
>

export function labellingHandlers({
  project,
  inference,
  prelabelling,
  rescoring,
}: AppServices): LabellingHandlers {
  return {
    'prelabel.start': (input) => prelabelling.start(input),
    'rescore.all': ({ vocabularyRevision, scoring, firstImageIds }) => {
      if (vocabularyRevision !== project.meta.vocabularyRevision()) {
        throw new LexmaskError(
          'CONFLICT',
          'The vocabulary was changed in the meantime. Look at it and start again.',
        )
      }
      return rescoring.rescore({ scoring, firstImageIds })
    },
    'jobs.list': () => prelabelling.listJobs(),
    'jobs.cancel': ({ jobId }) => prelabelling.cancel(jobId),
    'jobs.pause': () => {
      // The images in work may take a while; `job.progress` tells of their end.
      prelabelling.pause().catch(() => undefined)
      return {}
    },
    'jobs.resume': () => ({ queued: prelabelling.resume() }),
    'jobs.failures': ({ jobId }) => {
      if (!project.jobs.get(jobId)) throw noSuchJob(jobId)
      return project.jobs.listFailures(jobId)
    },
    'inference.get': () => inference.state(),
    'inference.retry': () => {
      inference.retry()
      prelabelling.resume()
      return inference.state()
    },
  }
}
