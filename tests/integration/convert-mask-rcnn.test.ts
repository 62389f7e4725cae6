import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import type { FileEvaluation } from '#main/app/files/evaluate-files.ts'
import { PackInstaller } from '#main/app/packs/pack-installer.ts'
import { openImage } from '#main/imaging/decode-image.ts'
import { RegionNetwork } from '#main/networks/mask-rcnn.ts'
import { SessionFactory } from '#main/networks/sessions.ts'
import { convertCaffe2MaskRcnn } from '#main/packs/convert/caffe2-mask-rcnn.ts'
import { findPacks, type MaskRcnnPack } from '#main/packs/find-packs.ts'
import type { InstallProgress } from '#main/packs/install/progress-meter.ts'
import { verifyPack } from '#main/packs/verify-pack.ts'
import { prepareImage } from '#main/recipes/prepare.ts'
import { DEFAULT_SETTINGS } from '#shared/contract/settings.ts'
import { hasShared, readCocoMini, sharedPath } from '../support/coco-mini.ts'
import { cocoFolder, cocoPhotos, cocoTruth, CommandLine } from '../support/command-line.ts'
import { caffe2File, MASKRCNN2GO, serveMaskRcnn2go } from '../support/maskrcnn2go-server.ts'
import type { PackServer } from '../support/pack-server.ts'

const SOURCES = ['model.pb', 'model_init.pb']
/** What the conversion may differ by from the ready-made graphs. */
const TOLERANCE = 1e-3

async function packIn(folder: string): Promise<MaskRcnnPack> {
  const { packs } = await findPacks([{ folder, required: true }])
  const pack = packs.find(({ name }) => name === MASKRCNN2GO)
  if (pack?.kind !== 'mask-rcnn') throw new Error(`no Mask R-CNN pack in ${folder}`)
  return pack
}

function largestDifference(a: Float32Array, b: Float32Array): number {
  expect(a.length).toBe(b.length)
  let largest = 0
  for (let index = 0; index < a.length; index++) {
    largest = Math.max(largest, Math.abs(a[index] - b[index]))
  }
  return largest
}

describe.skipIf(!hasShared)(
  'Mask R-CNN2Go, installed from its Caffe2 files (needs ../shared)',
  () => {
    let cli: CommandLine
    let server: PackServer
    let models: string
    let converted: MaskRcnnPack
    let readyMade: MaskRcnnPack

    beforeAll(async () => {
      cli = await CommandLine.create()
      server = await serveMaskRcnn2go()
      models = cli.path('models')
      const { stdout } = await cli.expect(0, [
        ...['packs', 'install', MASKRCNN2GO, '--models', models, '--mirror', server.origin],
      ])
      expect(stdout).toContain(join(models, MASKRCNN2GO))
      converted = await packIn(models)
      readyMade = await packIn(sharedPath('models'))
    })
    afterAll(async () => {
      await server.stop()
      await cli.remove()
    })

    it('asked the server for its two files alone, and is whole', async () => {
      expect(server.log.map((line) => line.split('/').at(-1)).sort()).toEqual([...SOURCES].sort())
      const { stdout } = await cli.expect(0, ['packs', 'verify', '--models', models])
      expect(stdout).toContain(`${MASKRCNN2GO} is whole: 7 files checked`)
    })

    it('reads from the network what the ready-made description says', () => {
      for (const part of ['rpn', 'box_head', 'detection'] as const) {
        expect(readyMade.description[part]).toMatchObject(converted.description[part] ?? {})
      }
      expect(converted.description.classes.map(({ name }) => name)).toEqual(
        readyMade.description.classes.map(({ name }) => name),
      )
      converted.description.anchors?.[0].boxes.forEach((box, index) =>
        box.forEach((side, axis) =>
          expect(side).toBeCloseTo(readyMade.description.anchors?.[0].boxes[index][axis] ?? NaN, 3),
        ),
      )
    })

    it.each(['int8', 'fp32'])(
      `gives the numbers of the ready-made graphs in %s`,
      async (precision) => {
        const report = { requested: 'cpu', used: 'cpu', share: null, refused: [] } as const
        const factory = new SessionFactory(report, { threads: 0 })
        const one = await RegionNetwork.open(converted, precision, factory)
        const other = await RegionNetwork.open(readyMade, precision, factory)
        const largest: Record<string, number> = {}
        const compare = (what: string, a: Float32Array, b: Float32Array): void => {
          largest[what] = Math.max(largest[what] ?? 0, largestDifference(a, b))
        }
        for (const photo of cocoPhotos(12)) {
          const image = await openImage(photo, { maxPixels: 2 ** 28 })
          const { input } = readyMade.description
          const prepared = await prepareImage(image, (size) => image.resized(size), input)
          const options = { atMost: 60, nmsIou: 0.7 }
          const [a, b] = [
            await one.propose(prepared, options),
            await other.propose(prepared, options),
          ]
          compare(
            'features',
            Object.values(a.features.tensors)[0].data as Float32Array,
            Object.values(b.features.tensors)[0].data as Float32Array,
          )
          compare('objectness', a.objectness, b.objectness)
          compare('proposals (pixels)', a.boxes, b.boxes)
          const [p, q] = [
            await one.classify(a.features, b.boxes),
            await other.classify(b.features, b.boxes),
          ]
          compare('class probabilities', p.probabilities, q.probabilities)
          compare('box deltas', p.deltas, q.deltas)
          const some = b.boxes.slice(0, 40)
          const [m, n] = [await one.masks(a.features, some), await other.masks(b.features, some)]
          compare('masks', m.probabilities, n.probabilities)
        }
        console.log(`converted against ready-made, ${precision}, largest difference:`, largest)
        for (const difference of Object.values(largest)) expect(difference).toBeLessThan(TOLERANCE)
      },
    )

    it('reaches the mask AP of the ready-made pack on coco-mini', async () => {
      const { categories } = readCocoMini()
      writeFileSync(cli.path('words.txt'), categories.map(({ name }) => `${name}\n`).join(''))
      const scores: number[] = []
      for (const [name, folder] of [
        ['converted', models],
        ['ready-made', sharedPath('models', MASKRCNN2GO)],
      ]) {
        await cli.expect(0, [
          ...['prelabel', '--images', cocoFolder, '--vocabulary', 'words.txt', '--as-published'],
          ...['--categories-from', cocoTruth, '--out', `${name}.json`, '--models', folder],
          ...['--provider', 'cpu'],
        ])
        const { stdout } = await cli.expect(0, [
          ...['evaluate', '--gt', cocoTruth, '--dt', `${name}.json`, '--json'],
        ])
        const results = JSON.parse(stdout) as FileEvaluation[]
        const segm = results.find(({ iouType }) => iouType === 'segm')
        scores.push(segm?.evaluation.summary.AP ?? NaN)
      }
      console.log(`coco-mini, int8: mask AP converted ${scores[0]}, ready-made ${scores[1]}`)
      expect(scores[0]).toBeGreaterThan(0.27)
      // The anchors of the ready-made description are rounded in another way, by 1e-5 of a pixel.
      expect(scores[0]).toBeCloseTo(scores[1], 4)
    })
  },
)

describe.skipIf(!hasShared)('while Mask R-CNN2Go is converted (needs ../shared)', () => {
  let cli: CommandLine
  let server: PackServer
  let root: string
  beforeEach(async () => {
    cli = await CommandLine.create()
    server = await serveMaskRcnn2go()
    root = cli.path('models')
  })
  afterEach(async () => {
    await server.stop()
    await cli.remove()
  })
  const install = (
    onProgress: (progress: InstallProgress) => void,
    signal = new AbortController().signal,
  ) =>
    new PackInstaller({
      manifestFile: 'models/manifest.json',
      root,
      searched: () => [{ folder: root, required: false }],
      settings: () => ({ ...DEFAULT_SETTINGS, packMirror: server.origin }),
      environment: {},
    }).install({ name: MASKRCNN2GO, from: null, signal, onProgress })
  const packsHere = async (): Promise<string[]> => {
    const { packs, refused } = await findPacks([{ folder: root, required: false }])
    expect(refused).toEqual([])
    return packs.map(({ name }) => name)
  }

  it('everything else has its turn', async () => {
    const pauses: number[] = []
    let isOver = false
    let last = performance.now()
    const watch = (): void => {
      const now = performance.now()
      pauses.push(now - last)
      last = now
      if (!isOver) setImmediate(watch)
    }
    watch()
    const net = caffe2File('model.pb')
    const { signal } = new AbortController()
    const { files } = await convertCaffe2MaskRcnn(
      net,
      caffe2File('model_init.pb'),
      ['int8', 'fp32'],
      signal,
    )
    isOver = true
    expect(files.size).toBe(6)
    // One for each operator that is read and each that is converted.
    expect(pauses.length).toBeGreaterThan(400)
    const [all, longest] = [pauses.reduce((sum, ms) => sum + ms), Math.max(...pauses)]
    console.log(
      `converted in ${all.toFixed(0)} ms, the longest pause of the event loop ${longest.toFixed(0)} ms`,
    )
  })

  it('it can be cancelled, and is not downloaded again', async () => {
    const abort = new AbortController()
    const cancelled = install(({ phase }) => {
      if (phase === 'converting') setImmediate(() => abort.abort())
    }, abort.signal)
    await expect(cancelled).rejects.toMatchObject({ code: 'CANCELLED' })
    expect(await packsHere()).toEqual([])
    server.log.length = 0
    await install(() => undefined)
    expect(server.log).toEqual([])
    expect(await packsHere()).toEqual([MASKRCNN2GO])
  })

  it('it can be killed: no half pack is left, and it is not downloaded again', async () => {
    const command = ['packs', 'install', MASKRCNN2GO, '--models', root, '--mirror', server.origin]
    const running = cli.start(command)
    await running.said(/converting/)
    running.process.kill('SIGKILL')
    const { stdout } = await running.ended
    // It may have been faster than the signal.
    expect(await packsHere()).toEqual(stdout === '' ? [] : [MASKRCNN2GO])
    server.log.length = 0
    await cli.expect(0, command)
    expect(server.log).toEqual([])
    expect(await verifyPack(await packIn(root))).toMatchObject({ isWhole: true, checked: 7 })
  })
})

describe.skipIf(!hasShared)('converting Caffe2 files that are something else', () => {
  it.each<[string, () => [Uint8Array, Uint8Array], RegExp]>([
    [
      'a network cut off',
      () => [caffe2File('model.pb').subarray(0, 9001), caffe2File('model_init.pb')],
      /model\.pb is damaged: it ends within/,
    ],
    [
      'weights cut off',
      () => [caffe2File('model.pb'), caffe2File('model_init.pb').subarray(0, 99_999)],
      /model_init\.pb is damaged/,
    ],
    [
      'the two files exchanged',
      () => [caffe2File('model_init.pb'), caffe2File('model.pb')],
      /cannot be converted/,
    ],
    ['nothing', () => [new Uint8Array(), new Uint8Array()], /0 operators GenerateProposals/],
    [
      'a page of text',
      () => [Buffer.from('<html>not found</html>'), caffe2File('model_init.pb')],
      /cannot be converted/,
    ],
  ])('says so of %s', async (_, given, reason) => {
    const [net, weights] = given()
    const { signal } = new AbortController()
    await expect(convertCaffe2MaskRcnn(net, weights, ['int8'], signal)).rejects.toThrow(reason)
  })
})
