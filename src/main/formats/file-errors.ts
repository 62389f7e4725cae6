import { LexmaskError } from '#shared/contract/errors.ts'

const codeOf = (error: unknown) => (error as NodeJS.ErrnoException).code ?? String(error)

/** What the system said when a file was to be read, for the user. */
export function readFailure(file: string, error: unknown): LexmaskError {
  const cause = codeOf(error)
  const details = { file, cause }
  if (cause === 'ENOENT' || cause === 'ENOTDIR') {
    const message = `“${file}” does not exist. Check the name and the folder.`
    return new LexmaskError('FILE_NOT_FOUND', message, details, { cause: error })
  }
  const reason =
    cause === 'EISDIR'
      ? 'it is a folder; give a file'
      : cause === 'ENXIO'
        ? 'it is a device or a pipe; give a file'
        : cause === 'EACCES' || cause === 'EPERM'
          ? 'you are not allowed to; change its permissions'
          : 'the disk or network drive did not answer; check it and try again'
  const message = `“${file}” could not be read: ${reason}.`
  return new LexmaskError('FILE_UNREADABLE', message, details, { cause: error })
}

/** What the system said when a file was to be written; what stood there before is still there. */
export function writeFailure(file: string, error: unknown): LexmaskError {
  const cause = codeOf(error)
  const details = { file, cause }
  if (cause === 'ENOSPC' || cause === 'EDQUOT') {
    const message = `The disk is full, so “${file}” was not written. Make room and try again.`
    return new LexmaskError('DISK_FULL', message, details, { cause: error })
  }
  const reason =
    cause === 'ENOENT' || cause === 'ENOTDIR'
      ? 'its folder does not exist; make it first'
      : cause === 'EISDIR' || cause === 'ENOTEMPTY' || cause === 'EEXIST'
        ? 'a folder of this name is there; choose another name'
        : cause === 'EACCES' || cause === 'EPERM' || cause === 'EROFS'
          ? 'you are not allowed to write there; choose another folder'
          : cause === 'ENXIO'
            ? 'a device or a pipe is there; choose another name'
            : cause === 'ENAMETOOLONG'
              ? 'its name is too long; choose a shorter one'
              : 'the disk or network drive did not take it; check it and try again'
  const message = `“${file}” was not written: ${reason}.`
  return new LexmaskError('FILE_UNWRITABLE', message, details, { cause: error })
}
