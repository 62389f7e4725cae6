import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import onnxProto from 'onnx-proto'
import { describe, expect, it, onTestFinished } from 'vitest'
import { floatTensor, OnnxGraphWriter } from '#main/packs/convert/onnx-graph-writer.ts'
import { withChannelsSecond } from '#main/packs/convert/caffe2-tensors.ts'
import { readModelHead } from '#main/packs/inspect/read-model-head.ts'
import { MessageWriter } from '#main/packs/protobuf/message-writer.ts'
import { ProtobufError, readFields } from '#main/packs/protobuf/read-fields.ts'
import { property } from '../../support/random.ts'

const { onnx } = onnxProto

function smallModel(): Uint8Array {
  const graph = new OnnxGraphWriter()
  graph.constant('bias', floatTensor([1, -2.5], [2]))
  graph.node('Add', ['x', 'bias'], 'sum')
  graph.node('Clip', ['sum'], 'y', { axis: -1, pads: [0, 1], mode: 'avg', scale: { float: 0.5 } })
  return graph.finish('small', [{ name: 'x', dims: ['n', 2] }], [{ name: 'y', dims: ['n', 2] }])
}

describe('a model that is written', () => {
  it('is what another reader of ONNX reads', () => {
    const { graph, opsetImport } = onnx.ModelProto.decode(smallModel())
    expect(opsetImport.map(({ version }) => Number(version))).toEqual([13])
    expect(graph?.node?.map(({ opType, input, output }) => [opType, input, output])).toEqual([
      ['Add', ['x', 'bias'], ['sum']],
      ['Clip', ['sum'], ['y']],
    ])
    const [axis, pads, mode, scale] = graph?.node?.[1].attribute ?? []
    expect(Number(axis.i)).toBe(-1)
    expect(pads.ints?.map(Number)).toEqual([0, 1])
    expect(Buffer.from(mode.s ?? []).toString()).toBe('avg')
    expect(scale.f).toBe(0.5)
    const bytes = Uint8Array.from(graph?.initializer?.[0].rawData ?? [])
    expect([...new Float32Array(bytes.buffer)]).toEqual([1, -2.5])
  })

  it('tells its inputs and outputs without its weights being read', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'lexmask-head-'))
    onTestFinished(() => rm(folder, { recursive: true, force: true }))
    const file = join(folder, 'small.onnx')
    await writeFile(file, smallModel())
    expect(await readModelHead(file)).toEqual({
      producer: 'lexmask',
      opsets: new Map([['', 13]]),
      inputs: [{ name: 'x', type: 'float32', dims: ['n', 2] }],
      outputs: [{ name: 'y', type: 'float32', dims: ['n', 2] }],
      externalFiles: [],
    })
    await writeFile(file, smallModel().subarray(0, 60))
    await expect(readModelHead(file)).rejects.toThrow(ProtobufError)
    await writeFile(file, '<!doctype html>')
    await expect(readModelHead(file)).rejects.toThrow(ProtobufError)
  })
})

describe('fields', () => {
  it('are read as they were written, whatever their numbers', () => {
    property(
      (random) => {
        const value = BigInt(random.integer(-1_000_000_000, 1_000_000_000)) ** 2n
        const text = 'é'.repeat(random.integer(0, 300))
        const written = new MessageWriter().integer(1, -value).bytes(536_870_911, text).finish()
        const [number, word] = [...readFields(written)]
        expect(number).toEqual({ number: 1, wire: 'varint', value: BigInt.asUintN(64, -value) })
        expect(word.number).toBe(536_870_911)
        expect(Buffer.from(word.value as Uint8Array).toString()).toBe(text)
      },
      { cases: 200 },
    )
  })

  it('of any bytes are read or refused, and never more than there is', () => {
    property(
      (random) => {
        const bytes = Uint8Array.from({ length: random.integer(0, 40) }, () =>
          random.integer(0, 255),
        )
        try {
          let length = 0
          for (const { value } of readFields(bytes)) {
            length += typeof value === 'bigint' ? 1 : value.length
          }
          expect(length).toBeLessThanOrEqual(bytes.length)
        } catch (error) {
          expect(error).toBeInstanceOf(ProtobufError)
        }
      },
      { cases: 2000 },
    )
  })
})

it('weights get their channels second as by going through every cell', () => {
  property(
    (random) => {
      const dims = Array.from({ length: 4 }, () => random.integer(1, 5))
      const count = dims.reduce((a, b) => a * b, 1)
      const values = Uint8Array.from({ length: count }, () => random.integer(0, 255))
      const moved = withChannelsSecond({ dims, values })
      const [n, h, w, c] = dims
      expect(moved.dims).toEqual([n, c, h, w])
      for (let i = 0; i < count; i++) {
        const [a, b, y, x] = [
          Math.floor(i / (c * h * w)),
          Math.floor(i / (h * w)) % c,
          Math.floor(i / w) % h,
          i % w,
        ]
        expect(moved.values[i]).toBe(values[((a * h + y) * w + x) * c + b])
      }
    },
    { cases: 50 },
  )
})
