import { spawn } from 'node:child_process'
import { createHash } from 'node:crypto'
import { cpSync, mkdtempSync, readFileSync, rmSync, truncateSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout } from 'node:timers/promises'
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest'
import { cropRegionsSchema, detectorRegionsSchema } from '#shared/contract/recipes.ts'
import { refusalWords } from '#shared/contract/providers.ts'
import { boxIou } from '#shared/geometry/box.ts'
import { rleFromRuns } from '#shared/geometry/rle.ts'
import { InferenceHost } from '#main/inference/host.ts'
import type { ImageAnalysis, WorkerSettings } from '#main/inference/protocol.ts'
import { forkLauncher, type LaunchWorker } from '#main/inference/worker-process.ts'
import { findPacks, type MaskRcnnPack } from '#main/packs/find-packs.ts'
import type { Candidate } from '#main/vision/candidate.ts'
import { builtFile } from '../support/build.ts'
import { hasShared, readShared, sharedPath } from '../support/coco-mini.ts'
import { isAlive } from '../support/command-line.ts'

type HostSettings = Omit<WorkerSettings, 'excludedProviders'>

const WORKER = builtFile('main', 'worker.js')
const parameters = detectorRegionsSchema.parse({})
const BUS = sharedPath('data', 'photos', 'bus.jpg')

async function packIn(folder: string): Promise<MaskRcnnPack> {
  const { packs } = await findPacks([{ folder, required: true }])
  const pack = packs.find(({ name }) => name === 'maskrcnn2go-coco')
  if (pack?.kind !== 'mask-rcnn') throw new Error(`no Mask R-CNN pack in ${folder}`)
  return pack
}

const settingsFor = (detector: MaskRcnnPack): HostSettings => ({
  detector,
  graph: 'regions',
  precision: 'int8',
  clip: null,
  clipForm: 'whole',
  provider: 'cpu',
  threads: 0,
  maxPixels: 100_000_000,
})

interface Launched {
  readonly launch: LaunchWorker
  processes: number
}

function countingLauncher(): Launched {
  const launch = forkLauncher(WORKER)
  const counter = {
    processes: 0,
    launch: () => {
      counter.processes++
      return launch()
    },
  }
  return counter
}

function openHost(settings: HostSettings, launch = forkLauncher(WORKER)): InferenceHost {
  const host = new InferenceHost(launch, settings)
  onTestFinished(() => host.stop())
  return host
}

const analyse = (host: InferenceHost, path: string): Promise<ImageAnalysis> =>
  host.call('analyse', { path, recipe: { recipe: 'detector', parameters } })

const withoutTimes = (analysis: ImageAnalysis): object => ({
  ...analysis,
  stageMs: null,
  runMs: null,
})

interface Photo {
  readonly file_name: string
  readonly width: number
  readonly height: number
}

const photosOfCocoMini = (count: number): Photo[] =>
  readShared<{ images: Photo[] }>('data', 'coco-mini', 'instances.json').images.slice(0, count)

const pathOf = ({ file_name }: Photo): string =>
  sharedPath('data', 'coco-mini', 'images', file_name)

/** A copy of the pack that the test may damage. */
function copyPack(): string {
  const folder = mkdtempSync(join(tmpdir(), 'lexmask-pack-'))
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }))
  cpSync(sharedPath('models', 'maskrcnn2go-coco'), join(folder, 'maskrcnn2go-coco'), {
    recursive: true,
    filter: (source) => !source.endsWith('source'),
  })
  return join(folder, 'maskrcnn2go-coco')
}

describe.skipIf(!hasShared)('the inference process with the Mask R-CNN of ../shared', () => {
  let pack: MaskRcnnPack
  let host: InferenceHost
  let bus: ImageAnalysis

  beforeAll(async () => {
    pack = await packIn(sharedPath('models'))
    host = new InferenceHost(forkLauncher(WORKER), settingsFor(pack))
  })
  afterAll(() => host.stop())

  it('starts with the first photo', async () => {
    expect(host.state).toEqual({ state: 'stopped' })
    expect(host.pid).toBeUndefined()
    bus = await analyse(host, BUS)
    expect(host.state.state).toBe('ready')
    expect(isAlive(host.pid ?? 0)).toBe(true)
  })

  it('says which models it runs, on what, and what the detector knows', async () => {
    const { packs, provider, detectorClasses, clip } = await host.load()
    expect(packs).toHaveLength(1)
    expect(packs[0]).toMatchObject({ name: 'maskrcnn2go-coco', precision: 'int8' })
    expect(Object.entries(packs[0].sha256).sort()).toEqual(
      ['backbone_rpn.int8.onnx', 'box_head.int8.onnx', 'mask_head.int8.onnx'].map((file) => [
        file,
        pack.description.files[file].sha256,
      ]),
    )
    expect(provider).toMatchObject({
      requested: 'cpu',
      used: 'cpu',
      share: null,
      refused: [],
      sessions: [
        { role: 'backbone', file: 'backbone_rpn.int8.onnx', provider: 'cpu', refusal: null },
        { role: 'box-head', file: 'box_head.int8.onnx', provider: 'cpu', refusal: null },
        { role: 'mask-head', file: 'mask_head.int8.onnx', provider: 'cpu', refusal: null },
      ],
    })
    expect(detectorClasses).toHaveLength(80)
    expect([detectorClasses[0], detectorClasses[5], detectorClasses[79]]).toEqual([
      'person',
      'bus',
      'toothbrush',
    ])
    expect(clip).toBeNull()
  })

  it('finds the bus and the people of a street photo', () => {
    const sure = bus.candidates.filter(({ posterior }) => posterior.probabilities[0] > 0.5)
    const seen = new Set(sure.map(({ posterior }) => posterior.classes[0]))
    expect(seen).toContain(0)
    expect(seen).toContain(5)
    expect(bus.sha256).toBe(createHash('sha256').update(readFileSync(BUS)).digest('hex'))
    expect(Object.keys(bus.stageMs).sort()).toEqual([
      'classes',
      'decode',
      'masks',
      'paste',
      'proposals',
    ])
    expect(bus.runMs).toBeGreaterThan(0)
  })

  it('gives regions whose masks and boxes lie in the photo', async () => {
    const photos = photosOfCocoMini(12)
    const analyses = await Promise.all(photos.map((photo) => analyse(host, pathOf(photo))))
    analyses.forEach(({ width, height, candidates }, i) => {
      expect({ width, height }).toEqual({ width: photos[i].width, height: photos[i].height })
      expect(candidates.length).toBeGreaterThan(0)
      expect(candidates.length).toBeLessThanOrEqual(parameters.atMost)
      for (const candidate of candidates) expectSound(candidate, width, height)
    })
    // None is a mask of nothing but for a few of the smallest regions.
    const all = analyses.flatMap(({ candidates }) => candidates)
    const empty = all.filter(({ mask }) => mask.counts.length === 1).length
    expect(empty / all.length).toBeLessThan(0.05)
  })

  it('finds the same again', async () => {
    expect(withoutTimes(await analyse(host, BUS))).toEqual(withoutTimes(bus))
  })

  it('fails by name over a file that is no photo, and goes on with the same process', async () => {
    const { pid } = host
    await expect(analyse(host, '/nowhere/photo.jpg')).rejects.toMatchObject({
      code: 'IMAGE_MISSING',
    })
    await expect(analyse(host, sharedPath('README.md'))).rejects.toMatchObject({
      code: 'IMAGE_NOT_AN_IMAGE',
    })
    expect((await analyse(host, BUS)).candidates).not.toEqual([])
    expect(host.pid).toBe(pid)
  })

  it('asks for a CLIP pack where a request needs one', async () => {
    await expect(host.call('embedTexts', { texts: ['a bus'] })).rejects.toMatchObject({
      code: 'PACK_MISSING',
    })
    const crop = { recipe: 'crop', parameters: cropRegionsSchema.parse({}) } as const
    await expect(host.call('analyse', { path: BUS, recipe: crop })).rejects.toMatchObject({
      code: 'PACK_MISSING',
    })
  })

  it('tells its memory', async () => {
    const { residentBytes } = await host.call('memory', null)
    expect(residentBytes).toBeGreaterThan(20_000_000)
  })

  it('answers a request over which it was killed, after a restart', async () => {
    const { pid } = host
    const states: string[] = []
    const leave = host.onState(({ state }) => states.push(state))
    const pending = analyse(host, BUS)
    process.kill(pid ?? 0, 'SIGKILL')
    expect(withoutTimes(await pending)).toEqual(withoutTimes(bus))
    leave()
    expect(states.at(-1)).toBe('ready')
    expect(states).toContain('starting')
    expect(host.pid).not.toBe(pid)
  })

  it('finds the same objects with the end-to-end graph as with the three graphs', async () => {
    const whole = openHost({ ...settingsFor(pack), graph: 'detections' })
    const photos = [BUS, ...photosOfCocoMini(8).map(pathOf)]
    let compared = 0
    for (const photo of photos) {
      const inStages = await analyse(host, photo)
      const atOnce = await analyse(whole, photo)
      for (const [some, others] of [
        [inStages, atOnce],
        [atOnce, inStages],
      ]) {
        for (const candidate of some.candidates.filter((one) => scoreOf(one) > 0.5)) {
          const twin = others.candidates.filter(
            (other) =>
              other.detectorClass === candidate.detectorClass &&
              boxIou(other.box, candidate.box) > 0.8,
          )
          expect(twin, `${photo}: class ${candidate.detectorClass}`).not.toEqual([])
          compared++
        }
      }
    }
    expect(compared).toBeGreaterThan(20)
  })

  it('runs on the CPU where that is asked for, or where there is no GPU, and says why', async () => {
    for (const provider of ['webgpu', 'cuda'] as const) {
      const { provider: report } = await openHost({ ...settingsFor(pack), provider }).load()
      if (report.used === provider) {
        // A machine that has one.
        expect(report.share).toBeGreaterThan(0.5)
        continue
      }
      expect(report).toMatchObject({ requested: provider, used: 'cpu', share: null })
      expect(report.refused.map((one) => one.provider)).toEqual([provider])
      const words = refusalWords(report.refused[0])
      expect(words.length).toBeGreaterThan(10)
      expect(words).not.toMatch(/\n|onnxruntime_src/)
    }
  })

  it('refuses a precision that the pack does not have, and names those that it has', async () => {
    const unknown = openHost({ ...settingsFor(pack), precision: 'fp8' })
    await expect(unknown.load()).rejects.toMatchObject({
      code: 'PACK_INVALID',
      message: expect.stringMatching(/fp8.*int8, fp32/) as string,
    })
    expect(unknown.state).toEqual({ state: 'stopped' })
  })

  it('names the file that a precision has no end-to-end graph for', async () => {
    const missing = openHost({ ...settingsFor(pack), precision: 'fp32', graph: 'detections' })
    await expect(missing.load()).rejects.toMatchObject({
      code: 'PACK_INVALID',
      message: expect.stringContaining('end_to_end.fp32.onnx is missing') as string,
    })
  })

  describe('with a damaged pack', () => {
    const damages: [string, string, (file: string, folder: string) => void][] = [
      ['a truncated file', 'PACK_INVALID', (file) => truncateSync(file, 1000)],
      ['a missing file', 'PACK_INVALID', (file) => rmSync(file)],
      [
        'a file with one byte changed',
        'PACK_INVALID',
        (file) => {
          const bytes = readFileSync(file)
          bytes[bytes.length >> 1] ^= 1
          writeFileSync(file, bytes)
        },
      ],
      [
        'a file that its description knows and that is no model',
        'MODEL_UNREADABLE',
        (file, folder) => {
          const bytes = Buffer.from('This is not a model, whatever its name says.')
          writeFileSync(file, bytes)
          const json = JSON.parse(readFileSync(join(folder, 'model.json'), 'utf8')) as {
            files: Record<string, object>
          }
          const sha256 = createHash('sha256').update(bytes).digest('hex')
          json.files['box_head.int8.onnx'] = { bytes: bytes.length, sha256 }
          writeFileSync(join(folder, 'model.json'), JSON.stringify(json))
        },
      ],
    ]

    it.each(damages)('names %s and does not try again', async (_, code, damage) => {
      const folder = copyPack()
      damage(join(folder, 'box_head.int8.onnx'), folder)
      const launched = countingLauncher()
      const damaged = openHost(settingsFor(await packIn(folder)), launched.launch)
      const refusal = { code, message: expect.stringContaining('box_head.int8.onnx') as string }
      await expect(analyse(damaged, BUS)).rejects.toMatchObject(refusal)
      await setTimeout(500)
      expect(launched.processes).toBe(1)
      expect(damaged.state).toEqual({ state: 'stopped' })
    })
  })

  it('ends with the application, however that ends', async () => {
    // An application that only starts the process, and is then killed.
    const script = `
      const { fork } = require('node:child_process')
      const worker = fork(${JSON.stringify(WORKER)}, [], { serialization: 'advanced' })
      console.log(worker.pid)
      setInterval(() => {}, 1000)`
    const application = spawn(process.execPath, ['-e', script], {
      stdio: ['ignore', 'pipe', 'inherit'],
    })
    onTestFinished(() => void application.kill('SIGKILL'))
    const worker = await new Promise<number>((resolve) => {
      application.stdout.once('data', (chunk: Buffer) => resolve(Number(chunk.toString())))
    })
    expect(isAlive(worker)).toBe(true)
    await setTimeout(500)
    expect(isAlive(worker)).toBe(true)
    application.kill('SIGKILL')
    await expect.poll(() => isAlive(worker)).toBe(false)
  })
})

const scoreOf = ({ detectorClass, posterior }: Candidate): number =>
  posterior.probabilities[posterior.classes.indexOf(detectorClass ?? -1)] ?? 0

function expectSound(candidate: Candidate, width: number, height: number): void {
  const { box, mask, objectness, posterior, detectorClass, vector } = candidate
  const [x1, y1, x2, y2] = box
  expect(x1).toBeGreaterThanOrEqual(0)
  expect(y1).toBeGreaterThanOrEqual(0)
  expect(x2).toBeLessThanOrEqual(width + 1e-3)
  expect(y2).toBeLessThanOrEqual(height + 1e-3)
  expect(x1 < x2 && y1 < y2).toBe(true)
  expect({ width: mask.width, height: mask.height }).toEqual({ width, height })
  expect(mask.counts).toBeInstanceOf(Uint32Array)
  expect(mask.counts.reduce((a, b) => a + b)).toBe(width * height)
  expect(rleFromRuns(mask.counts.slice(), mask).counts).toEqual(mask.counts)
  expect(objectness).toBeGreaterThanOrEqual(0)
  expect(objectness).toBeLessThanOrEqual(1)
  expect(posterior.classes).toBeInstanceOf(Uint16Array)
  expect(Array.from(posterior.probabilities)).toEqual(
    Array.from(posterior.probabilities).sort((a, b) => b - a),
  )
  expect(posterior.probabilities.reduce((a, b) => a + b)).toBeLessThanOrEqual(1.0001)
  expect(scoreOf(candidate)).toBeGreaterThanOrEqual(parameters.candidateFloor)
  expect(detectorClass).toBeLessThan(80)
  expect(vector).toBeNull()
}
