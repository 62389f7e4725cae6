/** Names of the two channels between a window and the application. */
export const CHANNELS = { request: 'lexmask:request', event: 'lexmask:event' } as const
