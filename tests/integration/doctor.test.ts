import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest'
import { machineReportSchema, type MachineReport } from '#shared/contract/machine.ts'
import { settingsSchema } from '#shared/contract/settings.ts'
import { examineMachine } from '#main/app/doctor/examine-machine.ts'
import { forkLauncher } from '#main/inference/worker-process.ts'
import type { ProviderChoice } from '#shared/contract/providers.ts'
import { hasShared, sharedPath } from '../support/coco-mini.ts'
import { CommandLine } from '../support/command-line.ts'
import type { FakeStart } from '../support/fake-inference-worker.ts'

const FAKE_WORKER = fileURLToPath(new URL('../support/fake-inference-worker.ts', import.meta.url))
const PHOTO = sharedPath('data', 'photos', 'bus.jpg')
const PACK = ['--pack', 'maskrcnn2go-coco']
/** Of another system. */
const ELSEWHERE = process.platform === 'win32' ? 'coreml' : 'dml'

function parse(stdout: string): MachineReport {
  return machineReportSchema.parse(JSON.parse(stdout))
}

describe.skipIf(!hasShared)('lexmask doctor [needs ../shared]', () => {
  let cli: CommandLine
  beforeAll(async () => {
    cli = await CommandLine.create()
  })
  afterAll(() => cli.remove())

  it('tells every graph of a run and what runs it, as lines of fact, meaning and advice', async () => {
    const { stdout, code } = await cli.run(['doctor', '--provider', 'cpu', ...PACK])
    expect(code).toBe(0)
    for (const graph of ['backbone_rpn', 'box_head', 'mask_head']) {
      expect(stdout).toMatch(new RegExp(`\\[fine\\] +\\S+ \\(${graph}\\.int8\\.onnx\\) on cpu`))
    }
    expect(stdout).toContain('Because: as it was asked for.')
    expect(stdout).toMatch(/ONNX Runtime \d+\.\d+/)
    const lines = stdout.trimEnd().split('\n')
    expect(lines.length % 2).toBe(0)
    for (let i = 0; i < lines.length; i += 2) {
      expect(lines[i]).toMatch(/^\[(fine|note|PROBLEM)\] /)
      expect(lines[i + 1]).toMatch(/^ {10}\S.*\.|→ \S/)
    }
  })

  it('gives the same to a program, by its schema', async () => {
    const { stdout } = await cli.expect(0, ['doctor', '--json', '--provider', 'cpu', ...PACK])
    const report = parse(stdout)
    expect(report.trial?.report).toMatchObject({ requested: 'cpu', used: 'cpu' })
    expect(report.runtime?.backends.map(({ name }) => name)).toContain('cpu')
    expect(report.packs.map(({ name }) => name)).toContain('maskrcnn2go-coco')
    expect(report.disks.every(({ freeBytes }) => freeBytes === null || freeBytes > 0)).toBe(true)
    expect(report.providers.at(-1)).toMatchObject({ provider: 'cpu', isUsed: true, refusal: null })
    for (const { share, refusal, provider } of report.providers) {
      if (provider !== 'cpu') expect([share === null, refusal === null]).toContain(false)
    }
  })

  it('says why a provider that was asked for does not run', async () => {
    const { stdout } = await cli.expect(0, ['doctor', '--json', '--provider', ELSEWHERE, ...PACK])
    const { trial, findings } = parse(stdout)
    expect(trial?.report).toMatchObject({
      used: 'cpu',
      refused: [{ provider: ELSEWHERE, code: 'absent' }],
    })
    const session = findings.find(({ topic }) => topic === 'session')
    expect(session?.meaning).toBe(`Because: ${ELSEWHERE} does not run here.`)
  })

  it('ends with 1 where nothing can be labelled, and says what to do', async () => {
    const { stdout, code } = await cli.run(['doctor', '--models', cli.path('empty')])
    expect(code).toBe(1)
    expect(stdout).toContain('[PROBLEM] No Mask R-CNN pack')
    expect(stdout).toContain('→ lexmask packs install maskrcnn2go-coco')
  })

  it('ends with 2 for a measurement without a photo', async () => {
    const { code, stderr } = await cli.run(['doctor', '--measure'])
    expect(code).toBe(2)
    expect(stderr).toContain('--image photo.jpg')
  })

  it('measures, keeps the result, and auto takes it from then on', async () => {
    const config = { LEXMASK_CONFIG: cli.path('config') }
    const measure = ['doctor', '--measure', '--image', PHOTO, '--json', ...PACK]
    const { stdout, stderr, code } = await cli.run(measure, config)
    expect(stderr).toMatch(/1 of \d+: fp32 on cpu/)
    expect(code).toBe(0)
    const { measurement, machine, trial } = parse(stdout)
    expect(measurement).toMatchObject({
      ...{ machine, pack: 'maskrcnn2go-coco', images: 1 },
      reference: { provider: 'cpu', precision: 'fp32' },
    })
    const [first, second] = measurement?.ways ?? []
    expect([first.precision, second.precision]).toEqual(['fp32', 'int8'])
    expect(first.agreement).toMatchObject({ found: 1, scoreDifference: 0, maskIou: 1 })
    expect(second.agreement?.regions).toBe(first.agreement?.regions)
    expect(trial?.report.isMeasured).toBe(true)
    const kept = JSON.parse(readFileSync(cli.path('config', 'settings.json'), 'utf8')) as unknown
    expect(settingsSchema.parse(kept).measurements).toEqual([measurement])
  })
})

describe.skipIf(!hasShared)('an examination [needs ../shared]', () => {
  /** Of a pack whose processes do as they are told. */
  function examine(plan: readonly FakeStart[], provider: ProviderChoice, limitMs = 20_000) {
    const root = mkdtempSync(join(tmpdir(), 'lexmask-doctor-'))
    onTestFinished(() => rmSync(root, { recursive: true, force: true }))
    const folder = join(root, 'rcnn')
    mkdirSync(folder)
    cpSync(sharedPath('models', 'maskrcnn2go-coco', 'model.json'), join(folder, 'model.json'))
    writeFileSync(join(folder, 'plan.json'), JSON.stringify(plan))
    writeFileSync(join(folder, 'journal.jsonl'), '')
    return examineMachine({
      lexmask: '0',
      packRoots: [{ folder: root, required: true }],
      inference: {
        ...{ launch: forkLauncher(FAKE_WORKER), pack: null, precision: null, graph: null },
        ...{ provider, threads: 0, maxPixels: 1e8 },
      },
      folders: [],
      measurements: [],
      limitMs,
    })
  }

  it('survives drivers that crash, and lays each crash at its door', async () => {
    const report = await examine([{ deadlyProviders: ['cuda', 'dml', 'webgpu'] }], 'auto')
    expect(machineReportSchema.safeParse(report).error).toBeUndefined()
    expect(report.trial?.report.used).toBe('cpu')
    const crashed = report.trial?.report.refused.map(({ provider, code }) => [provider, code])
    expect(crashed).toEqual([
      ['cuda', 'crashed'],
      ['dml', 'crashed'],
      ['webgpu', 'crashed'],
    ])
    const told = report.findings.filter(
      ({ topic, level }) => topic === 'provider' && level === 'note',
    )
    expect(told.every(({ advice }) => advice?.includes('graphics driver'))).toBe(true)
    expect(told.length).toBeGreaterThan(0)
  })

  it('does not wait for ever for one that hangs', async () => {
    const report = await examine(['hang'], 'auto', 500)
    expect(report.trial).toBeNull()
    expect(report.failure).toContain('did not answer')
    expect(report.findings.some(({ level }) => level === 'problem')).toBe(true)
  })

  it('says what is wrong with a pack that does not load', async () => {
    const report = await examine(['refuse'], 'cpu')
    expect(report.failure).toBe('The pack is damaged.')
  })
})
