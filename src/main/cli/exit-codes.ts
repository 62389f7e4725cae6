/** What a script may rely on. */
export const EXIT = {
  done: 0,
  /** Something that the command needs is missing, unreadable or in use. */
  failed: 1,
  /** The command line itself is wrong: an option, a value, a word. Nothing was read or written. */
  usage: 2,
  /** The work is done and written, but some images could not be labelled. */
  someImagesFailed: 3,
  /** Stopped by Ctrl-C or SIGTERM; what was done is saved. */
  interrupted: 130,
} as const
