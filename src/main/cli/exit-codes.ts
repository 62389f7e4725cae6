/** What a script may rely on. */
export const EXIT = {
  done: 0,
  failed: 1,
  usage: 2,
  /** The work is done and written, but some images could not be labelled. */
  someImagesFailed: 3,
  /** Stopped by Ctrl-C or SIGTERM; what was done is saved. */
  interrupted: 130,
} as const
