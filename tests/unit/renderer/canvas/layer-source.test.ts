import { expect, test } from 'vitest'
import type { ComposeRequest } from '../../../../src/renderer/src/canvas/compose/compose-protocol.ts'
import { LayerSource } from '../../../../src/renderer/src/canvas/compose/layer-source.ts'
import type {
  ComposePort,
  LayerName,
  LayerOrder,
  MaskLayer,
} from '../../../../src/renderer/src/canvas/compose/layer-source.ts'
import { maskFromRows } from './canvas-fixture.ts'

/** A worker that answers when it is told to. */
class SlowPort implements ComposePort {
  readonly requests: ComposeRequest[] = []
  onmessage: ComposePort['onmessage'] = null
  closed = 0

  postMessage(request: ComposeRequest): void {
    this.requests.push(request)
  }

  terminate(): void {
    this.onmessage = null
  }

  answer({ isFailing = false } = {}): void {
    const request = this.requests.at(-1)
    if (request?.kind !== 'compose') throw new Error('Nothing was ordered.')
    const made = { close: () => this.closed++ } as unknown as ImageBitmap
    const bitmap = isFailing ? null : made
    const data = { ticket: request.ticket, bitmap }
    this.onmessage?.({ data } as MessageEvent<typeof data>)
  }
}

function started(): { port: SlowPort; source: LayerSource; delivered: MaskLayer[] } {
  const port = new SlowPort()
  const delivered: MaskLayer[] = []
  return { port, source: new LayerSource(port, (layer) => delivered.push(layer)), delivered }
}

function order(maskOpacity: number): LayerOrder {
  return {
    frame: { scale: 1, left: 0, top: 0, width: 1, height: 1 },
    content: { items: [], maskOpacity, hasOutlines: true, hasBoxes: false },
    pixelRatio: 1,
    liveId: null,
  }
}

const orderOf = ({ name, content }: MaskLayer): [LayerName, number] => [name, content.maskOpacity]

test('a slider that is faster than the painting skips states and ends at the last', () => {
  const { port, source, delivered } = started()
  for (const opacity of [0.1, 0.2, 0.3, 0.4]) source.order('sharp', order(opacity))
  port.answer()
  port.answer()
  expect(delivered.map(orderOf)).toEqual([
    ['sharp', 0.1],
    ['sharp', 0.4],
  ])
  expect(port.requests).toHaveLength(2)
})

test('the sharp layer goes before the coarse one', () => {
  const { port, source, delivered } = started()
  source.order('sharp', order(0.1))
  source.order('coarse', order(0.2))
  source.order('sharp', order(0.3))
  for (let i = 0; i < 3; i++) port.answer()
  expect(delivered.map(({ name }) => name)).toEqual(['sharp', 'sharp', 'coarse'])
})

test('a mask is sent once, as long as it stays', () => {
  const { port, source } = started()
  const [a, b] = [maskFromRows('#.'), maskFromRows('.#')]
  source.setMasks([a])
  source.setMasks([a, b])
  source.setMasks([b])
  source.setMasks([a])
  expect(
    port.requests.map((request) => request.kind === 'masks' && request.added.map((m) => m.hash)),
  ).toEqual([[a.hash], [b.hash], [], [a.hash]])
})

test('after another image was chosen, nothing of the last one arrives', () => {
  const { port, source, delivered } = started()
  source.order('sharp', order(0.1))
  source.order('coarse', order(0.2))
  source.cancel()
  source.order('sharp', order(0.3))
  port.answer()
  port.answer()
  expect(delivered.map(orderOf)).toEqual([['sharp', 0.3]])
  expect(port.closed).toBe(1)
})

test('a layer that could not be made does not stop the next', () => {
  const { port, source, delivered } = started()
  source.order('sharp', order(0.1))
  source.order('sharp', order(0.2))
  port.answer({ isFailing: true })
  port.answer()
  expect(delivered.map(orderOf)).toEqual([['sharp', 0.2]])
})
