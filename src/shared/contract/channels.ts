/** Names of the channels between Electron's window and the application. */
export const CHANNELS = {
  request: 'lexmask:request',
  event: 'lexmask:event',
  /** From the preload alone: paths of files that a person let go over the window. */
  dropped: 'lexmask:dropped',
} as const
