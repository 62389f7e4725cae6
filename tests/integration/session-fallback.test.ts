import { join } from 'node:path'
import { Tensor, type InferenceSession } from 'onnxruntime-node'
import { describe, expect, it } from 'vitest'
import { SessionFactory } from '#main/networks/sessions.ts'
import { hasShared, sharedPath } from '../support/coco-mini.ts'

/** Of another system, so that it is nowhere. */
const ELSEWHERE = process.platform === 'win32' ? 'coreml' : 'dml'
const file = (name: string): string => join(sharedPath('models', 'maskrcnn2go-coco'), name)

const factoryFor = (used: 'cpu' | typeof ELSEWHERE): SessionFactory =>
  new SessionFactory({ requested: used, used, share: null, refused: [] }, { threads: 1 })

function boxFeeds(session: InferenceSession): Record<string, Tensor> {
  return Object.fromEntries(
    session.inputMetadata.map((input) => {
      if (!input.isTensor) throw new Error('a box head takes tensors')
      const dims = input.shape.length === 2 ? [1, 4] : [1, Number(input.shape[1]), 8, 8]
      const data = new Float32Array(dims.reduce((a, b) => a * b)).fill(1)
      if (dims.length === 2) data.set([0, 0, 60, 60])
      return [input.name, new Tensor('float32', data, dims)]
    }),
  )
}

describe.skipIf(!hasShared)('a graph whose provider cannot open it [needs ../shared]', () => {
  it('runs on the CPU with the same numbers, and the report says why', async () => {
    const asked = factoryFor(ELSEWHERE)
    const plain = factoryFor('cpu')
    const session = await asked.open(file('box_head.fp32.onnx'), 'box-head')
    const other = await plain.open(file('box_head.fp32.onnx'), 'box-head')
    const [ours, theirs] = [
      await asked.run(session, boxFeeds(session)),
      await plain.run(other, boxFeeds(other)),
    ]
    for (const [name, { data }] of Object.entries(theirs)) expect(ours[name].data).toEqual(data)
    expect(asked.report.sessions).toEqual([
      {
        role: 'box-head',
        file: 'box_head.fp32.onnx',
        provider: 'cpu',
        refusal: { provider: ELSEWHERE, code: 'absent', detail: '' },
      },
    ])
    expect(plain.report.sessions[0].refusal).toBeNull()
  })

  it('is told as unreadable when the CPU cannot open it either', async () => {
    const opening = factoryFor(ELSEWHERE).open(file('model.json'), 'backbone')
    await expect(opening).rejects.toMatchObject({ code: 'MODEL_UNREADABLE' })
  })

  it('says what is wrong with an input, and not that its provider is at fault', async () => {
    const factory = factoryFor('cpu')
    const session = await factory.open(file('box_head.fp32.onnx'), 'box-head')
    await expect(factory.run(session, {})).rejects.toThrow()
    expect(factory.report.sessions[0]).toMatchObject({ provider: 'cpu', refusal: null })
  })
})
