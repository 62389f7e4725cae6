import type { RecordDiff } from '#shared/history/record-diff.ts'
import type { MeasureProgress } from './measurement.ts'
import type { PackProgress } from './commands/packs.ts'
import type { WorkspaceState } from './commands/workspace.ts'
import type { ProviderReport } from './providers.ts'
import type { JobItemState, JobState } from './records.ts'

/** Records were changed; the diff is all of it, so that nobody needs to ask again. */
export interface RecordsChanged {
  /** One more than that of the event before, over the whole life of the project. */
  readonly revision: number
  /** The entry of the history; null for a change that cannot be undone. */
  readonly changeId: number | null
  readonly diff: RecordDiff
}

export interface JobProgress {
  readonly jobId: number
  readonly state: JobState
  /** It has open images, and nothing works on them until `jobs.resume`. */
  readonly isPaused: boolean
  readonly items: Readonly<Record<JobItemState, number>>
  /** Of the last images; null before there are any. */
  readonly imagesPerSecond: number | null
  readonly remainingMs: number | null
}

export interface InferenceState {
  readonly state: 'stopped' | 'starting' | 'ready' | 'busy' | 'failed'
  /** What really runs the models; null while none is loaded. */
  readonly provider: ProviderReport | null
  readonly pack: string | null
  /** In words for the user, when `failed`. */
  readonly error: string | null
}

/** `images.duplicates` looks at images that nobody has looked at yet. */
export interface DuplicatesProgress {
  readonly done: number
  readonly total: number
}

/** `images.add` goes through folders; how much there is, nobody knows before the end. */
export interface AddingProgress {
  /** Images so far, those that were known among them. */
  readonly found: number
}

/** A menu entry of the shell was chosen: an action of the window, by the id of its shortcut table. */
export interface ChosenMenuEntry {
  readonly actionId: string
}

/** Files or folders were dropped on the window. Only a shell that knows their paths tells. */
export interface DroppedFiles {
  readonly paths: readonly string[]
}

export interface AppEvents {
  readonly 'records.changed': RecordsChanged
  readonly 'job.progress': JobProgress
  readonly 'inference.state': InferenceState
  readonly 'pack.progress': PackProgress
  readonly 'measure.progress': MeasureProgress
  readonly 'duplicates.progress': DuplicatesProgress
  readonly 'adding.progress': AddingProgress
  /** Another project was opened or closed, or the settings or the list of projects changed. */
  readonly 'workspace.changed': WorkspaceState
  readonly 'menu.chosen': ChosenMenuEntry
  readonly 'files.dropped': DroppedFiles
}
export type AppEventName = keyof AppEvents

export const APP_EVENT_NAMES = Object.keys({
  'records.changed': true,
  'job.progress': true,
  'inference.state': true,
  'pack.progress': true,
  'measure.progress': true,
  'duplicates.progress': true,
  'adding.progress': true,
  'workspace.changed': true,
  'menu.chosen': true,
  'files.dropped': true,
} satisfies Record<AppEventName, true>) as readonly AppEventName[]

/** An event as it crosses a process border. */
export type AppEvent = {
  readonly [Name in AppEventName]: { readonly name: Name; readonly data: AppEvents[Name] }
}[AppEventName]
