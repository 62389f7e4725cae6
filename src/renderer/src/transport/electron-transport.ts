import type { Transport } from '#shared/contract/client.ts'

declare global {
  interface Window {
    /** What the preload of the desktop shell gives; not there in a browser. */
    readonly lexmask?: Transport
  }
}

/** The channel of the desktop shell; null in a browser. */
export function electronTransport(): Transport | null {
  return window.lexmask ?? null
}
