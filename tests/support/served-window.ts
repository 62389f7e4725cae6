import { productFolder, resourcesFolder } from './lexicon.ts'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import WebSocket from 'ws'
import { PageFiles } from '#main/app/workspace/page-files.ts'
import type { PictureSource } from '#main/app/pictures/assets.ts'
import {
  createWorkspace,
  type Workspace,
  type WorkspaceOptions,
} from '#main/app/workspace/workspace.ts'
import { manifestFileOf } from '#main/packs/pack-roots.ts'
import { startServer, type Server } from '#main/server/start-server.ts'
import { sharedPath } from './coco-mini.ts'

/** Fails the test that needs a picture it did not provide. */
export const NO_PICTURES: PictureSource = {
  thumbnail: () => Promise.reject(new Error('No picture was expected.')),
  displayCopy: () => Promise.reject(new Error('No picture was expected.')),
  snapMask: () => Promise.reject(new Error('No mask was expected.')),
  stop: () => Promise.resolve(),
}

/** A workspace in a folder of its own; what it reports is a fault, unless a test says otherwise. */
export function workspaceIn(
  folder: string,
  options: Partial<WorkspaceOptions> = {},
): Promise<Workspace> {
  return createWorkspace({
    shell: { kind: 'server', version: '0.0.0', platform: 'test', locale: 'en' },
    resourcesFolder,
    configFolder: join(folder, 'config'),
    packRoots: () => [{ folder: sharedPath('models'), required: true }],
    packInstall: {
      root: join(folder, 'models'),
      manifestFile: manifestFileOf(productFolder),
      environment: {},
    },
    launch: () => {
      throw new Error('No inference process was expected.')
    },
    maxPixels: 2 ** 28,
    pictures: NO_PICTURES,
    pickFiles: null,
    report: (error) => {
      throw error
    },
    ...options,
  })
}

/** The server shell over a workspace and a page of one line. */
export class ServedWindow {
  readonly folder: string
  readonly workspace: Workspace
  readonly server: Server

  private constructor(folder: string, workspace: Workspace, server: Server) {
    this.folder = folder
    this.workspace = workspace
    this.server = server
  }

  static async start(options: Partial<WorkspaceOptions> = {}): Promise<ServedWindow> {
    const folder = await mkdtemp(join(tmpdir(), 'lexmask-served-'))
    await writeFile(join(folder, 'index.html'), '<p>the window</p>')
    const workspace = await workspaceIn(folder, options)
    const server = await startServer({
      workspace,
      page: new PageFiles(folder),
      host: '127.0.0.1',
      port: 0,
      report: (error) => {
        throw error
      },
    })
    return new ServedWindow(folder, workspace, server)
  }

  async stop(): Promise<void> {
    await this.workspace.close()
    await this.server.close()
    await rm(this.folder, { recursive: true, force: true })
  }

  get origin(): string {
    return `http://127.0.0.1:${this.server.port}`
  }

  /** As a browser that opened the printed address: what it sends from then on. */
  async signIn(): Promise<{ cookie: string }> {
    const { headers } = await fetch(this.server.url, { redirect: 'manual' })
    return { cookie: (headers.get('set-cookie') ?? '').split(';')[0] }
  }

  /** A raw request: `fetch` corrects paths and hosts. */
  async get(
    path: string,
    headers: Record<string, string> = {},
    { method = 'GET', body = '' } = {},
  ): Promise<RawAnswer> {
    const { request } = await import('node:http')
    return new Promise((resolve, reject) => {
      const sent = request(
        { port: this.server.port, host: '127.0.0.1', path, headers, method },
        (answer) => {
          const chunks: Buffer[] = []
          answer.on('data', (chunk: Buffer) => chunks.push(chunk))
          answer.on('end', () =>
            resolve({
              status: answer.statusCode ?? 0,
              headers: answer.headers,
              body: Buffer.concat(chunks),
            }),
          )
        },
      )
      sent.once('error', reject).end(body)
    })
  }

  /** Resolves with the status of a refused upgrade, or with the open socket. */
  openSocket(
    headers: Record<string, string>,
    path = '/ws',
  ): Promise<{ status: number } | { socket: WebSocket }> {
    const socket = new WebSocket(`ws://127.0.0.1:${this.server.port}${path}`, { headers })
    return new Promise((resolve, reject) => {
      socket.once('open', () => resolve({ socket }))
      socket.once('unexpected-response', (_request, answer) => {
        resolve({ status: answer.statusCode ?? 0 })
        socket.terminate()
      })
      socket.once('error', reject)
    })
  }
}

export interface RawAnswer {
  readonly status: number
  readonly headers: Readonly<Record<string, string | string[] | undefined>>
  readonly body: Buffer
}
