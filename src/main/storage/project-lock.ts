import { basename } from 'node:path'
import { LexmaskError } from '#shared/contract/errors.ts'
import { ProcessLock, type LockOwner } from './process-lock.ts'
import { storageError } from './storage-error.ts'

/**
 * Lets one process at a time write to a project, through a file beside it (`NAME.lexmask.lock`).
 *
 * @throws LexmaskError PROJECT_IN_USE naming the process; PROJECT_READ_ONLY
 */
export function lockProject(projectPath: string): ProcessLock {
  return ProcessLock.acquire(`${projectPath}.lock`, {
    inUse: (owner) => inUse(projectPath, owner),
    failed: (error) => storageError(error, projectPath),
  })
}

function inUse(projectPath: string, owner: LockOwner | null): LexmaskError {
  const name = basename(projectPath)
  const by = owner === null ? '' : ` (process ${owner.pid} on ${owner.host})`
  return new LexmaskError(
    'PROJECT_IN_USE',
    `${name} is open in another Lexmask${by}. Close it there, or open it here read-only.`,
    { path: projectPath, pid: owner?.pid ?? null, host: owner?.host ?? null },
  )
}
