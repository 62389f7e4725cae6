import { execFileSync, spawnSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

export interface TlsIdentity {
  readonly key: string
  readonly cert: string
}

export const hasOpenssl = spawnSync('openssl', ['version']).status === 0

/** A certificate that signs itself, for some names of hosts, made at this moment by openssl. */
export function makeIdentity(hosts: readonly string[]): TlsIdentity {
  const folder = mkdtempSync(join(tmpdir(), 'lexmask-tls-'))
  try {
    const [key, cert] = [join(folder, 'key.pem'), join(folder, 'cert.pem')]
    const names = hosts.map((host) => `DNS:${host}`).join(',')
    execFileSync(
      'openssl',
      [
        ...['req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes'],
        ...['-keyout', key, '-out', cert, '-days', '2', '-subj', '/CN=Lexmask tests'],
        ...['-addext', `subjectAltName=${names}`],
      ],
      { stdio: 'pipe' },
    )
    return { key: readFileSync(key, 'utf8'), cert: readFileSync(cert, 'utf8') }
  } finally {
    rmSync(folder, { recursive: true })
  }
}
