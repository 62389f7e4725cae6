import { LexmaskError } from '#shared/contract/errors.ts'

/** What the system says when a file of a pack cannot be written, in words for the user. */
export function writeFailure(path: string, error: unknown): LexmaskError {
  if (error instanceof LexmaskError) return error
  const { code, message } = error as NodeJS.ErrnoException
  // EFBIG is a limit of the user, which is the same to them as a full disk.
  const isFull = code === 'ENOSPC' || code === 'EDQUOT' || code === 'EFBIG'
  return new LexmaskError(
    isFull ? 'DISK_FULL' : 'FILE_UNWRITABLE',
    `${path} could not be written (${code ?? message}). ` +
      (isFull ? 'Make room and try again.' : 'Check its permissions.'),
    { path },
  )
}
