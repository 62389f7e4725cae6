import type { RecordsChanged } from '#shared/contract/events.ts'
import type { RecordDiff } from '#shared/history/record-diff.ts'
import type { ProjectDatabase } from '#main/storage/project-database.ts'

/**
 * The event for records that were written beside the history, as images and the facts about their
 * files are. In the transaction that writes them.
 */
export function changeBeside(project: ProjectDatabase, diff: RecordDiff): RecordsChanged {
  return { revision: project.meta.nextRevision(), changeId: null, diff }
}
