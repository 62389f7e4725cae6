import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { PictureService, THUMBNAIL_BYTES } from '#main/app/pictures/picture-service.ts'
import { PageFiles } from '#main/app/workspace/page-files.ts'
import { serveOrderSchema } from '#main/app/workspace/serve-order.ts'
import { createWorkspace } from '#main/app/workspace/workspace.ts'
import { userCacheFolder, userConfigFolder } from '#main/app/workspace/workspace-folders.ts'
import { forkLauncher } from '#main/inference/worker-process.ts'
import { pictureLauncher } from '#main/pictures/host.ts'
import { givingWay } from '#main/processes/give-way.ts'
import { installFolder, manifestFileOf, packRoots } from '#main/packs/pack-roots.ts'
import { MAX_MASK_PIXELS } from '#shared/geometry/size.ts'
import { dispatch } from '#shared/contract/dispatch.ts'
import { failureOfError, errorOfFailure } from '#shared/contract/errors.ts'
import { version } from '../../../package.json'
import { isLoopback } from './access.ts'

import { startServer, type Server } from './start-server.ts'

/** The server process: `lexmask serve` starts it, with what was asked of it as its one argument. */

const file = (path: string): string => fileURLToPath(new URL(path, import.meta.url))
const say = (text: string): boolean => process.stderr.write(`${text}\n`)
const report = (error: unknown): boolean =>
  say(`internal: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}`)

const order = serveOrderSchema.parse(JSON.parse(process.argv[2] ?? '{}'))
const productFolder = file('../..')
const thumbnailFolder = join(userCacheFolder(process.platform, process.env), 'thumbnails')

const workspace = await createWorkspace({
  shell: {
    kind: 'server',
    version,
    platform: process.platform,
    locale: Intl.DateTimeFormat().resolvedOptions().locale,
  },
  configFolder: userConfigFolder(process.platform, process.env),
  packRoots: (packFolder) => packRoots(order.models ?? undefined, productFolder, packFolder),
  packInstall: {
    root: installFolder(order.models ?? undefined),
    manifestFile: manifestFileOf(productFolder),
    environment: process.env,
  },
  resourcesFolder: join(productFolder, 'resources'),
  launch: givingWay(forkLauncher(file('./worker.js'))),
  maxPixels: MAX_MASK_PIXELS,
  pictures: new PictureService({
    launch: pictureLauncher(file('./pictures.js')),
    thumbnailCache: { folder: thumbnailFolder, maxBytes: THUMBNAIL_BYTES },
  }),
  pickFiles: null,
  report,
})

async function start(): Promise<Server> {
  const server = await startServer({
    workspace,
    page: new PageFiles(file('../renderer')),
    host: order.host,
    port: order.port,
    report,
  })
  if (order.project === null) return server
  const reply = await dispatch(
    workspace.handlers,
    'workspace.open',
    { path: order.project },
    report,
  )
  if (reply.ok) return server
  await server.close()
  throw errorOfFailure(reply.error)
}

let isEnding = false

function endWith(server: Server): void {
  if (isEnding) return
  isEnding = true
  if (workspace.isWorking) say('Waiting for the images in work. Press Ctrl-C again to leave them.')
  workspace
    .close()
    .then(() => server.close())
    .then(
      () => process.exit(0),
      (error: unknown) => {
        report(error)
        process.exit(1)
      },
    )
}

try {
  const server = await start()
  process.on('SIGTERM', () => endWith(server))
  process.on('message', () => endWith(server))
  let interruptions = 0
  process.on('SIGINT', () => {
    if (++interruptions > 1) process.exit(130)
    endWith(server)
  })
  // The command that started it is gone, and with it the terminal.
  process.on('disconnect', () => process.exit(130))
  if (!isLoopback(order.host)) {
    say(
      `Warning: everybody who can reach ${order.host} on port ${server.port} and has the address below ` +
        'can read and change your projects, and what is sent is not encrypted.',
    )
  }
  process.stdout.write(`Lexmask: ${server.url}\n`)
} catch (error) {
  const failure = failureOfError(error)
  if (failure.code === 'INTERNAL') report(error)
  say(`error: ${failure.message}`)
  await workspace.close()
  process.exit(failure.code === 'INVALID_INPUT' ? 2 : 1)
}
