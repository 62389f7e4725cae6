/**
 * Headers of every answer to a window, in both shells: the page may use what Lexmask itself serves
 * and nothing else, and nobody else may use it.
 *
 * @param socketOrigin where the window's WebSocket is, such as `ws://127.0.0.1:4000`; null without one
 */
export function pageHeaders(socketOrigin: string | null): Readonly<Record<string, string>> {
  const policy = [
    "default-src 'none'",
    "script-src 'self'",
    "style-src 'self'",
    // Canvas pictures that the page itself has made are blobs.
    "img-src 'self' blob:",
    "font-src 'self'",
    // Not all browsers count a WebSocket of the same host as 'self'.
    `connect-src 'self'${socketOrigin === null ? '' : ` ${socketOrigin}`}`,
    "worker-src 'self'",
    "base-uri 'none'",
    "form-action 'none'",
    "frame-ancestors 'none'",
  ]
  return {
    'content-security-policy': policy.join('; '),
    'x-content-type-options': 'nosniff',
    'referrer-policy': 'no-referrer',
    'cross-origin-opener-policy': 'same-origin',
    'cross-origin-resource-policy': 'same-origin',
    'permissions-policy': 'camera=(), geolocation=(), microphone=(), usb=(), serial=(), hid=()',
  }
}
