import type { EventHub } from '#shared/contract/event-hub.ts'
import type { AppEvents, RecordsChanged } from '#shared/contract/events.ts'
import type { Rle } from '#shared/geometry/rle.ts'
import type { SnapOrder } from '#main/pictures/protocol.ts'
import type { ProjectDatabase } from '#main/storage/project-database.ts'
import type { FindByPhrase } from '../search/find-by-phrase.ts'
import type { SimilarImages } from '../images/find-similar.ts'
import type { InferenceService } from '../models/inference-service.ts'
import type { Prelabelling } from '../labelling/prelabel.ts'
import type { Rescoring } from '../scoring/rescoring.ts'
import type { RunScorers } from '../scoring/run-scorers.ts'
import type { Search } from '../search/search.ts'
import type { Teaching } from '../teaching/teaching.ts'
import type { WordSources } from '../words/word-sources.ts'

/** What the handlers of an open project work with. */
export interface AppServices {
  readonly project: ProjectDatabase
  readonly events: EventHub<AppEvents>
  readonly inference: InferenceService
  readonly words: WordSources
  /** Name of the Mask R-CNN pack that was asked for; null for the first that is found. */
  readonly askedPack: () => string | null
  /** Who is at work: the name beside the steps of the history; null when the system has none. */
  readonly reviewerName: () => string | null
  readonly scorers: RunScorers
  readonly rescoring: Rescoring
  readonly teaching: Teaching
  readonly search: Search
  readonly phrases: FindByPhrase
  readonly similar: SimilarImages
  readonly prelabelling: Prelabelling
  /** The picture process: it does not wait for the model. undefined in a shell without a window. */
  readonly snapMask: ((order: SnapOrder) => Promise<Rle>) | undefined
  /** Tells of a change once it is saved; null is none. */
  readonly tell: (change: RecordsChanged | null) => void
}
