import {
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs'
import { mkdtemp, realpath, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { afterAll, afterEach, beforeEach, describe, expect, it } from 'vitest'
import { PackInstaller } from '#main/app/packs/pack-installer.ts'
import { findPacks } from '#main/packs/find-packs.ts'
import { verifyPack } from '#main/packs/verify-pack.ts'
import { DEFAULT_SETTINGS } from '#shared/contract/settings.ts'
import { failureOfError } from '#shared/contract/errors.ts'
import { eventually } from '../support/command-line.ts'
import { etagOf, honest, PackServer, type Answer } from '../support/pack-server.ts'
import { smallDisk } from '../support/small-disk.ts'
import { publishTiny, TINY, tinyGraphs, type TinyFile } from '../support/tiny-pack.ts'

/** What a server, a disk or a person can do to an installation, and what comes of it. */
interface Fault {
  readonly name: string
  /** Of the requests for the large file; the others are answered honestly. */
  readonly answer: Answer
  /** null: it is installed all the same. */
  readonly code: string | null
  readonly told?: RegExp
  readonly change?: (files: TinyFile[]) => void
  /** What was asked of the server for the large file. */
  readonly asked?: RegExp
  /** How long a silence is borne; a test that waits for none bears any. */
  readonly silenceMs?: number
}

const LARGE = '/backbone_rpn.fp32.onnx'
const OLD = tinyGraphs(1)
const NEW = tinyGraphs(2)
const large = (graphs: ReadonlyMap<string, Buffer>): Buffer => {
  const content = graphs.get(LARGE.slice(1))
  if (!content) throw new Error('no such graph')
  return content
}

/** Sends a part of what was asked for, and then breaks the connection. */
const dropAfter =
  (bytes: number): Answer =>
  ({ content, from }, response) => {
    const start = from ?? 0
    response.writeHead(from === null ? 200 : 206, {
      etag: etagOf(content),
      'content-length': content.length - start,
      ...(from === null
        ? {}
        : { 'content-range': `bytes ${from}-${content.length - 1}/${content.length}` }),
    })
    response.write(content.subarray(start, start + bytes), () => response.destroy())
  }

const firstly =
  (first: Answer, then: Answer = honest, times = 1): Answer =>
  (asked, response) =>
    asked.earlier < times ? first(asked, response) : then(asked, response)

const status =
  (code: number, headers: Record<string, string> = {}): Answer =>
  (_, response) =>
    void response.writeHead(code, headers).end('no')

const faults: Fault[] = [
  {
    name: 'the connection drops midway, once',
    answer: firstly(dropAfter(150_000)),
    code: null,
    asked: /^GET \S+\nGET \S+ \d+-$/,
  },
  {
    name: 'the connection drops every time',
    answer: dropAfter(20_000),
    code: null,
    asked: /(GET \S+ \d+-\n){5}/,
  },
  {
    name: 'the connection drops at once, every time',
    answer: (_, response) => void response.destroy(),
    code: 'DOWNLOAD_FAILED',
    told: /cannot be reached.*after 4 attempts.*try again to go on/,
  },
  {
    name: 'the length is told too short',
    answer: ({ content }, response) =>
      void response.writeHead(200, { 'content-length': 1000 }).end(content.subarray(0, 1000)),
    code: 'DOWNLOAD_FAILED',
    told: /a file of 1000 bytes where \d+ are expected/,
  },
  {
    name: 'the length is told too long',
    answer: ({ content }, response) =>
      void response
        .writeHead(200, { 'content-length': content.length + 1000 })
        .end(Buffer.concat([content, Buffer.alloc(1000)])),
    code: 'DOWNLOAD_FAILED',
    told: /a file of \d+ bytes where \d+ are expected/,
  },
  {
    name: 'no length, and more than the file',
    answer: ({ content }, response) => {
      response.writeHead(200)
      response.write(content)
      response.end(Buffer.alloc(50_000, 7))
    },
    code: 'DOWNLOAD_FAILED',
    told: /sends more than the \d+ bytes/,
  },
  {
    name: 'no length, and less than the file, once',
    answer: firstly(({ content }, response) => {
      response.writeHead(200, { etag: etagOf(content) })
      response.end(content.subarray(0, 100_000))
    }),
    code: null,
    asked: /^GET \S+\nGET \S+ 100000-$/,
  },
  {
    name: 'other bytes of the same length (wrong sha256)',
    answer: ({ content, ...asked }, response) => {
      const other = Buffer.from(content)
      other[content.length >> 1] ^= 1
      return honest({ ...asked, content: other }, response)
    },
    code: 'MODEL_CHECKSUM_MISMATCH',
    told: /is not the file that is expected.*thrown away/,
  },
  {
    name: 'one redirect',
    answer: firstly(status(302, { location: `${LARGE}?signed` })),
    code: null,
  },
  {
    name: 'redirects in a circle',
    answer: status(302, { location: LARGE }),
    code: 'DOWNLOAD_FAILED',
    told: /redirected more than 5 times/,
  },
  {
    name: 'a redirect to plain http elsewhere',
    answer: status(302, { location: 'http://models.example/backbone.onnx' }),
    code: 'DOWNLOAD_FAILED',
    told: /not encrypted/,
  },
  {
    name: 'a redirect to another scheme',
    answer: status(302, { location: 'file:///etc/hostname' }),
    code: 'DOWNLOAD_FAILED',
    told: /not encrypted/,
  },
  {
    name: 'the server ignores ranges',
    answer: firstly(dropAfter(150_000), (asked, response) =>
      honest({ ...asked, from: null }, response),
    ),
    code: null,
  },
  {
    name: 'another part than was asked for',
    answer: firstly(
      dropAfter(150_000),
      ({ content }, response) =>
        void response
          .writeHead(206, {
            etag: etagOf(content),
            'content-range': `bytes 10-${content.length - 1}/${content.length}`,
          })
          .end(content.subarray(10)),
    ),
    code: 'DOWNLOAD_FAILED',
    told: /another part/,
  },
  {
    name: 'the file changes between two ranges (ETag)',
    answer: firstly((asked, response) =>
      dropAfter(150_000)({ ...asked, content: large(OLD) }, response),
    ),
    code: null,
    asked: /^GET \S+\nGET \S+ \d+-$/,
  },
  {
    name: 'the file changes, and the server pays no heed to the ETag',
    answer: firstly(
      (asked, response) => dropAfter(150_000)({ ...asked, content: large(OLD) }, response),
      ({ request, ...asked }, response) => {
        delete request.headers['if-range']
        return honest({ ...asked, request }, response)
      },
    ),
    code: null,
    asked: /^GET \S+\nGET \S+ \d+-\nGET \S+$/,
  },
  {
    name: '404',
    answer: status(404),
    code: 'DOWNLOAD_FAILED',
    told: /answered 404: it does not have this file/,
    asked: /^GET \S+$/,
  },
  { name: '500, twice', answer: firstly(status(500), honest, 2), code: null },
  {
    name: '503, always',
    answer: status(503),
    code: 'DOWNLOAD_FAILED',
    told: /answered 503, after 4 attempts/,
  },
  {
    name: '429 with Retry-After of a second',
    answer: firstly(status(429, { 'retry-after': '1' })),
    code: null,
  },
  {
    name: '429 with Retry-After of a day',
    answer: status(429, { 'retry-after': '86400' }),
    code: 'DOWNLOAD_FAILED',
    told: /asks to be left alone for 86400 s/,
    asked: /^GET \S+$/,
  },
  {
    name: 'the server falls silent midway, once',
    answer: firstly(({ content }, response) => {
      response.writeHead(200, { etag: etagOf(content), 'content-length': content.length })
      response.write(content.subarray(0, 150_000))
    }),
    silenceMs: 1000,
    code: null,
    asked: /^GET \S+\nGET \S+ \d+-$/,
  },
  {
    name: 'the server never answers',
    answer: () => undefined,
    silenceMs: 1000,
    code: 'DOWNLOAD_FAILED',
    told: /does not answer, after 4 attempts/,
  },
  {
    name: 'a compressed answer',
    answer: ({ content }, response) =>
      void response.writeHead(200, { 'content-encoding': 'gzip' }).end(gzipSync(content)),
    code: 'DOWNLOAD_FAILED',
    told: /sent compressed/,
  },
  {
    name: 'no sha256 in the list, and none from the host',
    answer: ({ content }, response) =>
      void response.writeHead(200, { 'content-length': content.length }).end(content),
    change: ([file]) => {
      file.sha256 = null
      file.bytes = null
    },
    code: 'DOWNLOAD_FAILED',
    told: /no sha256 of this file, and the server publishes none/,
  },
  {
    name: 'no sha256 in the list, other bytes than the host publishes',
    answer: ({ content }, response) =>
      void response
        .writeHead(200, { 'x-linked-etag': etagOf(large(OLD)), 'content-length': content.length })
        .end(content),
    change: ([file]) => {
      file.sha256 = null
      file.bytes = null
    },
    code: 'MODEL_CHECKSUM_MISMATCH',
  },
  {
    name: 'no length, neither in the list nor from the host',
    answer: ({ content }, response) => {
      response.writeHead(200, { etag: etagOf(content) })
      response.end(content)
    },
    change: ([file]) => (file.bytes = null),
    code: 'DOWNLOAD_FAILED',
    told: /nor the server tells how large it is/,
  },
  {
    name: 'no length in the list, more than the disk holds from the host',
    answer: ({ content }, response) =>
      void response
        .writeHead(200, { etag: etagOf(content), 'content-length': 2 ** 49 })
        .flushHeaders(),
    change: ([file]) => (file.bytes = null),
    code: 'DISK_FULL',
    told: /Make room/,
    asked: /^GET \S+$/,
  },
]

const table: string[] = []
const outcome = (code: string | null): string => (code === null ? 'installed' : `refused: ${code}`)

let folder: string
let root: string
let manifestFile: string
let server: PackServer

const installerFor = (place = root, silenceMs = 60_000): PackInstaller =>
  new PackInstaller({
    manifestFile,
    root: place,
    searched: () => [{ folder: place, required: false }],
    settings: () => DEFAULT_SETTINGS,
    environment: {},
    patience: { silenceMs, waitsMs: [0, 0, 0] },
  })

const install = (
  place = root,
  signal = new AbortController().signal,
  silenceMs?: number,
): ReturnType<PackInstaller['install']> =>
  installerFor(place, silenceMs).install({
    ...{ name: TINY, from: null, signal },
    onProgress: () => undefined,
  })

/** Of the large file while it comes. */
function partBytes(): number {
  if (!existsSync(root)) return 0
  const [part] = readdirSync(root, { recursive: true, encoding: 'utf8' }).filter((name) =>
    name.endsWith(`${LARGE}.part`),
  )
  return part === undefined ? 0 : statSync(join(root, part)).size
}

/** What a user finds afterwards: nothing, or one pack that is whole, of one version. */
async function versionIn(place = root): Promise<'none' | 'old' | 'new'> {
  const { packs, refused } = await findPacks([{ folder: place, required: false }])
  expect(refused).toEqual([])
  if (packs.length === 0) return 'none'
  expect(packs.map(({ name }) => name)).toEqual([TINY])
  expect(await verifyPack(packs[0])).toMatchObject({ isWhole: true, faults: [] })
  const content = readFileSync(join(packs[0].folder, LARGE))
  return content.equals(large(OLD)) ? 'old' : 'new'
}

beforeEach(async () => {
  folder = await realpath(await mkdtemp(join(tmpdir(), 'lexmask-install-')))
  root = join(folder, 'models')
  manifestFile = join(folder, 'manifest.json')
  server = await PackServer.start()
})
afterEach(async () => {
  await server.stop()
  await rm(folder, { recursive: true, force: true })
})
afterAll(() => {
  const rows = ['| fault | outcome | afterwards |', '| --- | --- | --- |', ...table]
  console.log(rows.join('\n'))
})

describe('installing a pack from a server', () => {
  it.each(faults)('$name', async ({ name, answer, code, told, change, asked, silenceMs }) => {
    // An older version is there, which may not be lost.
    publishTiny(server, manifestFile, OLD)
    await install()
    expect(await versionIn()).toBe('old')
    publishTiny(server, manifestFile, NEW, change)
    server.log.length = 0
    server.answer = (request, response) =>
      (request.path === LARGE ? answer : honest)(request, response)
    const thrown: unknown = await install(root, undefined, silenceMs).then(
      () => null,
      (error: unknown) => error,
    )
    const failure = thrown === null ? null : failureOfError(thrown)
    expect(failure?.code ?? null, failure?.message).toBe(code)
    if (told) expect(failure?.message).toMatch(told)
    const requests = server.log.filter((line) => line.includes(LARGE)).join('\n')
    if (asked) expect(requests).toMatch(asked)
    expect(await versionIn()).toBe(code === null ? 'new' : 'old')
    // The server mends its ways.
    server.answer = honest
    await install()
    expect(await versionIn()).toBe('new')
    const kept = code === null ? 'new version, whole' : 'old version whole; new one once mended'
    table.push(`| ${name} | ${outcome(code)} | ${kept} |`)
  })
})

describe('an installation', () => {
  it('waits as long as the server asks for', async () => {
    publishTiny(server, manifestFile, NEW)
    const times: number[] = []
    server.answer = (asked, response) => {
      if (asked.path === LARGE) times.push(performance.now())
      const limited = firstly(status(429, { 'retry-after': '1' }))
      return (asked.path === LARGE ? limited : honest)(asked, response)
    }
    await install()
    expect(times).toHaveLength(2)
    expect(times[1] - times[0]).toBeGreaterThan(990)
  })

  it('that is cancelled keeps what it has, and goes on from there', async () => {
    publishTiny(server, manifestFile, NEW)
    const abort = new AbortController()
    server.answer = ({ content }, response) => {
      response.writeHead(200, { etag: etagOf(content), 'content-length': content.length })
      response.write(content.subarray(0, 200_000))
    }
    const cancelling = expect(install(root, abort.signal)).rejects.toMatchObject({
      code: 'CANCELLED',
    })
    await eventually(() => partBytes() === 200_000, 'what was sent is on the disk')
    abort.abort()
    await cancelling
    expect(await versionIn()).toBe('none')
    server.answer = honest
    server.log.length = 0
    await install()
    expect(server.log[0]).toBe(`GET ${LARGE} 200000-`)
    expect(await versionIn()).toBe('new')
    table.push(
      '| cancelled by the user | refused: CANCELLED | nothing there; goes on at the same byte |',
    )
  })

  it('of a file whose digest only the host knows records what it published', async () => {
    publishTiny(server, manifestFile, NEW, ([file]) => {
      file.sha256 = null
      file.bytes = null
    })
    const { sources } = await install()
    expect(sources.map(({ digestFrom }) => digestFrom)).toEqual(['host', 'manifest', 'manifest'])
    expect(`"${sources[0].sha256}"`).toBe(etagOf(large(NEW)))
    expect((await install()).isKnown).toBe(true)
  })

  it('refuses a graph that is not what it should be, and says what it is', async () => {
    const graphs = new Map(NEW)
    graphs.set('mask_head.fp32.onnx', large(NEW))
    publishTiny(server, manifestFile, graphs)
    await expect(install()).rejects.toMatchObject({
      code: 'PACK_INVALID',
      message: expect.stringMatching(
        /mask_head\.fp32\.onnx: it takes no RoIs \(.*\[\?, 4\]\) but image float32/,
      ) as string,
    })
    expect(await versionIn()).toBe('none')
    table.push(
      '| a graph of other inputs, of the right sha256 | refused: PACK_INVALID | nothing there |',
    )
  })

  it('refuses a description of another name', async () => {
    publishTiny(server, manifestFile, NEW)
    const manifest = readFileSync(manifestFile, 'utf8')
    writeFileSync(manifestFile, manifest.replace('"model":{', '"model":{"name":"other",'))
    await expect(install()).rejects.toMatchObject({ code: 'PACK_INVALID' })
    expect(await versionIn()).toBe('none')
  })

  it('mends a damaged pack with what is missing alone', async () => {
    publishTiny(server, manifestFile, NEW)
    const { folder: installed } = await install()
    writeFileSync(join(installed, 'box_head.fp32.onnx'), 'damaged')
    expect(await installerFor().verify(TINY)).toMatchObject({
      isWhole: false,
      faults: [expect.stringContaining('box_head.fp32.onnx') as string],
    })
    // A check never deletes anything.
    expect(statSync(join(installed, 'box_head.fp32.onnx')).size).toBe(7)
    server.log.length = 0
    await install()
    expect(server.log).toEqual(['GET /box_head.fp32.onnx'])
    expect(await versionIn()).toBe('new')
    table.push('| an installed file is damaged | installed | only that file is downloaded again |')
  })

  it('does not replace a folder that it did not make', async () => {
    publishTiny(server, manifestFile, NEW)
    mkdirSync(join(root, TINY), { recursive: true })
    writeFileSync(join(root, TINY, 'model.json'), '{"mine": true}')
    await expect(install()).rejects.toMatchObject({ code: 'PACK_INVALID' })
    expect(readFileSync(join(root, TINY, 'model.json'), 'utf8')).toBe('{"mine": true}')
    table.push(
      "| a folder of the user's own of that name | refused: PACK_INVALID | left as it is |",
    )
  })

  it('at a time goes on in one process only', async () => {
    publishTiny(server, manifestFile, NEW)
    const [first, second] = await Promise.allSettled([install(), install()])
    const lost = [first, second].filter(({ status: how }) => how === 'rejected')
    expect(lost).toHaveLength(1)
    expect((lost[0] as PromiseRejectedResult).reason).toMatchObject({
      code: 'CONFLICT',
      message: expect.stringContaining(`process ${process.pid}`) as string,
    })
    expect(await versionIn()).toBe('new')
    table.push('| two at once | one installed, one refused: CONFLICT | new version, whole |')
  })

  it('needs more room than there is: nothing is asked of the server', async () => {
    publishTiny(server, manifestFile, NEW, ([file]) => (file.bytes = 2 ** 52))
    await expect(install()).rejects.toMatchObject({ code: 'DISK_FULL' })
    expect(server.log).toEqual([])
    table.push('| less room than the pack needs | refused: DISK_FULL | nothing was asked for |')
  })
})

describe('a disk', () => {
  it('that fills up midway leaves a part, and the pack is installed once there is room', async (context) => {
    const place = join(folder, 'disk')
    const unmount = smallDisk(place, '1m')
    if (unmount === null) return context.skip('needs the right to mount a tmpfs')
    try {
      publishTiny(server, manifestFile, NEW)
      const ballast = join(place, 'ballast')
      server.answer = (asked, response) => {
        // Somebody else takes the room that was there a moment ago.
        if (asked.path === LARGE) writeFileSync(ballast, Buffer.alloc(850_000))
        return honest(asked, response)
      }
      await expect(install(place)).rejects.toMatchObject({ code: 'DISK_FULL' })
      expect(await versionIn(place)).toBe('none')
      rmSync(ballast)
      server.answer = honest
      await install(place)
      expect(await versionIn(place)).toBe('new')
      table.push(
        '| the disk fills up midway | refused: DISK_FULL | nothing there; installed once there is room |',
      )
    } finally {
      unmount()
    }
  })
})
