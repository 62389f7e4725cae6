import { existsSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import { InferenceSession, Tensor } from 'onnxruntime-node'
import { describe, expect, it } from 'vitest'
import { hasShared, sharedPath } from '../support/coco-mini.ts'

/** Of a model's input: a GPU that the processor plays takes a minute for a photo, and seconds for this. */
const SIDE = 128
/** By precision: the largest difference of an output between WebGPU and the CPU. */
const TOLERANCES = { fp32: 1e-4, fp16: 1e-4 } as const
const GRAPHS = ['backbone_rpn', 'box_head', 'mask_head'] as const
const PACKS = [
  ['maskrcnn2go-coco', 'fp32'],
  ['maskrcnn2go-regions', 'fp16'],
] as const

const fileOf = (pack: string, graph: string, precision: string): string =>
  sharedPath('models', pack, `${graph}.${precision}.onnx`)

async function open(file: string, provider: 'cpu' | 'webgpu'): Promise<InferenceSession> {
  return InferenceSession.create(file, { executionProviders: [provider], logSeverityLevel: 4 })
}

/** Without a graphics driver there is nothing to compare. */
async function hasAdapter(): Promise<boolean> {
  if (!hasShared || !existsSync(fileOf('maskrcnn2go-coco', 'box_head', 'fp32'))) return false
  return open(fileOf('maskrcnn2go-coco', 'box_head', 'fp32'), 'webgpu').then(
    async (session) => {
      await session.release()
      return true
    },
    () => false,
  )
}

/** The same for every provider: a ramp for pixels and features, two boxes for RoIs. */
function feedsOf(session: InferenceSession, graph: string): Record<string, Tensor> {
  return Object.fromEntries(
    session.inputMetadata.map((input) => {
      if (!input.isTensor) throw new Error(`${graph} takes tensors`)
      if (input.shape.length === 2) {
        const boxes = Float32Array.of(0, 0, 60, 60, 20, 20, 100, 100)
        return [input.name, new Tensor('float32', boxes, [2, 4])]
      }
      const isImage = graph === 'backbone_rpn'
      const [channels, side] = isImage ? [3, SIDE] : [Number(input.shape[1]), SIDE / 16]
      const most = isImage ? 255 : 1
      const data = Float32Array.from({ length: channels * side * side }, (_, i) => {
        return (most * ((i * 7919) % 1009)) / 1009
      })
      return [input.name, new Tensor('float32', data, [1, channels, side, side])]
    }),
  )
}

function largestDifference(a: Tensor, b: Tensor): number {
  const [left, right] = [a.data as Float32Array, b.data as Float32Array]
  expect(right.length).toBe(left.length)
  return left.reduce((most, value, i) => Math.max(most, Math.abs(value - right[i])), 0)
}

const isThere = await hasAdapter()

describe.skipIf(!isThere)('WebGPU [needs ../shared and a graphics adapter]', () => {
  it.each(PACKS)(
    'gives the numbers of the CPU for the graphs of %s (%s)',
    { timeout: 600_000 },
    async (pack, precision) => {
      for (const graph of GRAPHS) {
        const file = fileOf(pack, graph, precision)
        const [cpu, gpu] = [await open(file, 'cpu'), await open(file, 'webgpu')]
        const feeds = feedsOf(cpu, graph)
        const [expected, found] = [await cpu.run(feeds), await gpu.run(feeds)]
        for (const name of cpu.outputNames) {
          const difference = largestDifference(expected[name], found[name])
          console.log(`${pack} ${graph}.${precision} ${name}: ${difference.toExponential(1)}`)
          expect(difference, `${graph} ${name}`).toBeLessThan(TOLERANCES[precision])
        }
        await Promise.all([cpu.release(), gpu.release()])
      }
    },
  )
})

it.skipIf(!hasShared)(
  'the packs of the comparison are those that are there [needs ../shared]',
  () => {
    for (const [pack, precision] of PACKS) {
      const files = readdirSync(join(sharedPath('models'), pack))
      for (const graph of GRAPHS) expect(files).toContain(`${graph}.${precision}.onnx`)
    }
  },
)
