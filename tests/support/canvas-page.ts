import { createServer } from 'node:http'
import type { Server } from 'node:http'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { extname, join, resolve } from 'node:path'
import vue from '@vitejs/plugin-vue'
import { build } from 'vite'

const PAGE = resolve(import.meta.dirname, '../unit/renderer/canvas/page')

/** As strict as the window's own, so that what breaks it is seen here first. */
const POLICY =
  "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; worker-src 'self'"

const TYPES: Readonly<Record<string, string>> = {
  '.html': 'text/html',
  '.js': 'text/javascript',
  '.css': 'text/css',
  '.json': 'application/json',
  '.jpg': 'image/jpeg',
  '.png': 'image/png',
}

export interface ServedPage {
  readonly url: string
  /** What is served at `/name`, besides the page. */
  readonly files: Map<string, Uint8Array | string>
  close(): void
}

/** Builds the page of the canvas alone as the product is built, and serves it on the loopback. */
export async function serveCanvasPage(): Promise<ServedPage> {
  const outDir = mkdtempSync(join(tmpdir(), 'lexmask-canvas-'))
  await build({
    root: PAGE,
    configFile: false,
    logLevel: 'warn',
    plugins: [vue()],
    build: { outDir, emptyOutDir: true, chunkSizeWarningLimit: 2000 },
    worker: { format: 'es' },
  })
  const files = new Map<string, Uint8Array | string>()
  const server = createServer((request, response) => {
    const path = new URL(request.url ?? '/', 'http://localhost').pathname
    const name = path === '/' ? 'index.html' : path.slice(1)
    const body = files.get(name) ?? builtFile(outDir, name)
    if (body === null) {
      response.writeHead(404, { 'content-type': 'application/json' })
      response.end(JSON.stringify({ code: 'IMAGE_MISSING', message: `${name} is not there.` }))
      return
    }
    const type = TYPES[extname(name)] ?? 'application/octet-stream'
    response.writeHead(200, { 'content-type': type, 'content-security-policy': POLICY })
    response.end(body)
  })
  await listening(server)
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/`,
    files,
    close: () => {
      server.close()
      server.closeAllConnections()
      rmSync(outDir, { recursive: true, force: true })
    },
  }
}

function builtFile(outDir: string, name: string): Uint8Array | null {
  try {
    return readFileSync(join(outDir, name))
  } catch {
    return null
  }
}

function listening(server: Server): Promise<void> {
  return new Promise((resolveListening) => server.listen(0, '127.0.0.1', resolveListening))
}
