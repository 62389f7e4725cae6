import http from 'node:http'
import net, { type AddressInfo } from 'node:net'
import type { Duplex } from 'node:stream'
import tls from 'node:tls'
import { mkdtemp, realpath, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { PackInstaller } from '#main/app/packs/pack-installer.ts'
import { findPacks } from '#main/packs/find-packs.ts'
import type { ProxyEnvironment } from '#main/packs/install/http-get.ts'
import { DEFAULT_SETTINGS } from '#shared/contract/settings.ts'
import { honest, PackServer } from '../support/pack-server.ts'
import { publishTiny, TINY, tinyGraphs } from '../support/tiny-pack.ts'
import { hasOpenssl, makeIdentity } from '../support/tls-certificate.ts'

/** A name that only a proxy of the test knows: it is reserved, and no server of names has it. */
const HOST = 'files.lexmask.test'

/** A proxy as companies have it: it makes tunnels to hosts, and says which. */
class Proxy {
  readonly #server = http.createServer((_, response) => response.writeHead(405).end())
  /** Tunnels are no connections of the server any more, and hold it open. */
  readonly #tunnels = new Set<Duplex>()
  readonly asked: string[] = []
  /** Where the tunnel really ends. */
  target = 0
  refusal: string | null = null

  async start(): Promise<void> {
    this.#server.on('connect', (request, socket) => {
      this.asked.push(request.url ?? '')
      this.#tunnels.add(socket)
      socket.on('error', () => undefined)
      if (this.refusal !== null) {
        socket.end(`HTTP/1.1 ${this.refusal}\r\n\r\n`)
        return
      }
      const onward = net.connect(this.target, '127.0.0.1', () => {
        socket.write('HTTP/1.1 200 Connection established\r\n\r\n')
        onward.pipe(socket)
        socket.pipe(onward)
      })
      this.#tunnels.add(onward)
      onward.on('error', () => socket.destroy())
    })
    await new Promise<void>((resolve) => this.#server.listen(0, '127.0.0.1', resolve))
  }

  get url(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`
  }

  async stop(): Promise<void> {
    for (const tunnel of this.#tunnels) tunnel.destroy()
    this.#server.closeAllConnections()
    await new Promise((resolve) => this.#server.close(resolve))
  }
}

describe.skipIf(!hasOpenssl)('installing over TLS [needs openssl]', () => {
  const trusted = tls.getCACertificates('default')
  let folder: string
  let server: PackServer
  let proxy: Proxy

  beforeAll(async () => {
    const identity = makeIdentity([HOST, 'localhost'])
    tls.setDefaultCACertificates([...trusted, identity.cert])
    server = await PackServer.start(identity)
    proxy = new Proxy()
    await proxy.start()
    proxy.target = server.port
  })
  afterAll(async () => {
    tls.setDefaultCACertificates(trusted)
    await server.stop()
    await proxy.stop()
  })
  beforeEach(async () => {
    folder = await realpath(await mkdtemp(join(tmpdir(), 'lexmask-tls-install-')))
    server.answer = honest
    server.log.length = 0
    proxy.asked.length = 0
    proxy.refusal = null
  })
  afterEach(() => rm(folder, { recursive: true }))

  const root = (): string => join(folder, 'packs')

  /** @param origin where the list says that the files are */
  async function install(
    origin: string,
    packProxy: string | null,
    environment: ProxyEnvironment = {},
  ): Promise<void> {
    const manifestFile = join(folder, 'manifest.json')
    publishTiny(server, manifestFile, tinyGraphs(1), (files) => {
      for (const file of files) file.url = `${origin}/${file.path}`
    })
    const installer = new PackInstaller({
      manifestFile,
      root: root(),
      searched: () => [{ folder: root(), required: false }],
      settings: () => ({ ...DEFAULT_SETTINGS, packProxy }),
      environment,
      patience: { silenceMs: 2000, waitsMs: [0] },
    })
    const { signal } = new AbortController()
    await installer.install({ name: TINY, from: null, signal, onProgress: () => undefined })
  }

  async function installed(): Promise<string[]> {
    const { packs } = await findPacks([{ folder: root(), required: false }])
    return packs.map(({ name }) => name)
  }

  it('takes files from a host whose certificate is trusted', async () => {
    await install(`https://localhost:${server.port}`, null)
    expect(await installed()).toEqual([TINY])
  })

  it('takes nothing from one whose certificate is not', async () => {
    const stranger = await PackServer.start(makeIdentity(['localhost']))
    try {
      await expect(install(`https://localhost:${stranger.port}`, null)).rejects.toMatchObject({
        code: 'DOWNLOAD_FAILED',
        message: expect.stringMatching(/cannot be reached \(.*CERT/) as string,
      })
      expect(stranger.log).toEqual([])
      expect(await installed()).toEqual([])
    } finally {
      await stranger.stop()
    }
  })

  it('follows no redirect from https to http, not even on this machine', async () => {
    const plain = await PackServer.start()
    try {
      server.answer = ({ path, content }, response) => {
        plain.files.set(path, content)
        response.writeHead(302, { location: `${plain.origin}${path}` }).end()
      }
      await expect(install(`https://localhost:${server.port}`, null)).rejects.toMatchObject({
        code: 'DOWNLOAD_FAILED',
        message: expect.stringMatching(
          /redirected to an address that is not encrypted \(https\)\. Nothing was installed/,
        ) as string,
      })
      expect(plain.log).toEqual([])
      expect(await installed()).toEqual([])
    } finally {
      await plain.stop()
    }
  })

  it('goes through the proxy of the settings, with the host’s own certificate inside', async () => {
    await install(`https://${HOST}`, proxy.url)
    expect(await installed()).toEqual([TINY])
    expect(new Set(proxy.asked)).toEqual(new Set([`${HOST}:443`]))
  })

  it.each(['HTTPS_PROXY', 'https_proxy'])('goes through the proxy of %s', async (name) => {
    await install(`https://${HOST}`, null, { [name]: proxy.url })
    expect(await installed()).toEqual([TINY])
    expect(proxy.asked.length).toBeGreaterThan(0)
  })

  it.each([HOST, '.lexmask.test', '*'])(
    'goes past the proxy where NO_PROXY says %s',
    async (no) => {
      // Past the proxy nobody knows the name: that it is looked for there is what can be seen.
      const installing = install(`https://${HOST}`, proxy.url, { NO_PROXY: no })
      await expect(installing).rejects.toMatchObject({
        code: 'DOWNLOAD_FAILED',
        message: expect.stringMatching(/cannot be reached \((ENOTFOUND|EAI_AGAIN)\)/) as string,
      })
      expect(proxy.asked).toEqual([])
    },
  )

  it('never asks the proxy for this machine', async () => {
    await install(`https://localhost:${server.port}`, proxy.url)
    expect(await installed()).toEqual([TINY])
    expect(proxy.asked).toEqual([])
  })

  it('says that it cannot get through when the proxy refuses', async () => {
    proxy.refusal = '407 Proxy Authentication Required'
    await expect(install(`https://${HOST}`, proxy.url)).rejects.toMatchObject({
      code: 'DOWNLOAD_FAILED',
    })
    expect(server.log).toEqual([])
    expect(await installed()).toEqual([])
  })
})
