import { GeometryError } from '#shared/geometry/geometry-error.ts'

/** Every way in which a request can fail, as a name that programs may rely on. */
export const ERROR_CODES = [
  // The request itself
  'UNKNOWN_COMMAND',
  'INVALID_INPUT',
  'NOT_FOUND',
  'CONFLICT',
  'CANCELLED',
  'FORBIDDEN',
  'TRANSPORT_FAILED',
  'INTERNAL',
  // The project file
  'NO_PROJECT',
  'PROJECT_NOT_FOUND',
  'PROJECT_FOLDER_MISSING',
  'PROJECT_NOT_LEXMASK',
  'PROJECT_TOO_NEW',
  'PROJECT_TOO_OLD',
  'PROJECT_DAMAGED',
  'PROJECT_IN_USE',
  'PROJECT_READ_ONLY',
  'DISK_FULL',
  'STORAGE_FAILED',
  // What is in it
  'CLASS_IN_USE',
  'MASK_INVALID',
  'WORD_NOT_SERVED',
  // Files
  'FILE_NOT_FOUND',
  'FILE_UNREADABLE',
  'FILE_UNWRITABLE',
  'FORMAT_INVALID',
  'FOLDER_MISSING',
  'NOT_A_FOLDER',
  'NO_IMAGES',
  'IMAGE_MISSING',
  'IMAGE_EMPTY',
  'IMAGE_NOT_AN_IMAGE',
  'IMAGE_TRUNCATED',
  'IMAGE_UNREADABLE',
  'IMAGE_TOO_LARGE',
  // Models
  'PACK_MISSING',
  'PACK_INVALID',
  'MODEL_UNREADABLE',
  'MODEL_CHECKSUM_MISMATCH',
  'DOWNLOAD_FAILED',
  'PROVIDER_UNAVAILABLE',
  'INFERENCE_FAILED',
  'PICTURES_FAILED',
] as const

export type ErrorCode = (typeof ERROR_CODES)[number]

/** Facts about the failure for a program or a bug report: plain JSON values. */
export type ErrorDetails = Readonly<Record<string, unknown>>

/** A failure as it crosses a process border. */
export interface Failure {
  readonly code: ErrorCode
  /** For the user: what happened, and what to do now. */
  readonly message: string
  readonly details: ErrorDetails
}

/** The error that every part of Lexmask throws for a cause that a user can act on. */
export class LexmaskError extends Error {
  readonly code: ErrorCode
  readonly details: ErrorDetails

  /** @param message for the user: what happened, and what to do now. */
  constructor(
    code: ErrorCode,
    message: string,
    details: ErrorDetails = {},
    options?: ErrorOptions,
  ) {
    super(message, options)
    this.name = 'LexmaskError'
    this.code = code
    this.details = details
  }
}

/** The error that a failure from the other side of a process border stands for. */
export function errorOfFailure({ code, message, details }: Failure): LexmaskError {
  return new LexmaskError(code, message, details)
}

/** Whatever was thrown, as something that can cross a process border. Never throws. */
export function failureOfError(thrown: unknown): Failure {
  if (thrown instanceof LexmaskError) {
    return { code: thrown.code, message: thrown.message, details: jsonDetails(thrown.details) }
  }
  if (thrown instanceof GeometryError) {
    return { code: 'MASK_INVALID', message: thrown.message, details: { cause: thrown.code } }
  }
  return {
    code: 'INTERNAL',
    message:
      'Something unexpected went wrong inside Lexmask. Nothing of this request was saved; ' +
      'try it again, and report it with the log if it stays.',
    details: {
      cause: thrown instanceof Error ? `${thrown.name}: ${thrown.message}` : typeof thrown,
    },
  }
}

/** Details are made by many hands: what a channel could not carry must not turn into a second error. */
function jsonDetails(details: ErrorDetails): ErrorDetails {
  try {
    return JSON.parse(JSON.stringify(details)) as ErrorDetails
  } catch {
    return {}
  }
}
