import { createHash, randomBytes, timingSafeEqual } from 'node:crypto'
import type { IncomingHttpHeaders } from 'node:http'
import { isIP } from 'node:net'
import { hostname } from 'node:os'

/** 256 bits, to be part of a URL. */
export function createToken(): string {
  return randomBytes(32).toString('base64url')
}

/** In a time that does not tell how much of it was right. */
export function isSameSecret(given: string, expected: string): boolean {
  const digest = (text: string): Buffer => createHash('sha256').update(text).digest()
  return timingSafeEqual(digest(given), digest(expected))
}

/** The value of a cookie; null when it is not sent. */
export function cookieIn(header: string | undefined, name: string): string | null {
  for (const part of (header ?? '').split(';')) {
    const at = part.indexOf('=')
    if (at > 0 && part.slice(0, at).trim() === name) return part.slice(at + 1).trim()
  }
  return null
}

/** Names by which a browser may call this server besides `localhost` and bare addresses. */
export function ownNames(host: string): ReadonlySet<string> {
  const name = hostname().toLowerCase()
  const names = isLoopback(host) ? [] : [name, `${name}.local`, name.split('.')[0]]
  return new Set([host.toLowerCase(), ...names])
}

export function isLoopback(host: string): boolean {
  return host === 'localhost' || host === '::1' || /^127(\.\d{1,3}){3}$/.test(host)
}

/**
 * Whether a Host header names this server. A page of a foreign name whose address was turned to this
 * machine (DNS rebinding) sends its own name; a bare address cannot be turned. The port is not
 * compared: behind a tunnel it is another one.
 */
export function isOwnHost(header: string | undefined, names: ReadonlySet<string>): boolean {
  const name = hostnameOf(`http://${header ?? ''}`)
  if (name === null) return false
  return name === 'localhost' || isIP(name) !== 0 || names.has(name)
}

/** Whether a page that this server served opens a socket, and not one of a foreign site. */
export function isOwnOrigin({ origin, host }: IncomingHttpHeaders): boolean {
  if (origin === undefined || host === undefined) return false
  try {
    return new URL(origin).host === new URL(`http://${host}`).host
  } catch {
    return false
  }
}

function hostnameOf(url: string): string | null {
  try {
    const { hostname: name, username, pathname } = new URL(url)
    return username === '' && pathname === '/' ? name.replace(/^\[|\]$/g, '') : null
  } catch {
    return null
  }
}
