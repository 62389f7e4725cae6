import { expect, it } from 'vitest'
import { JsonElementReader, JsonElementsError } from '#main/formats/json-elements.ts'
import { SeededRandom } from '../../support/random.ts'

interface Read {
  readonly members: [name: string, isList: boolean][]
  readonly elements: [list: string | null, index: number, value: unknown][]
  readonly bytes: number[]
}

function read(text: string | Buffer, cut: (length: number) => number = () => 7): Read {
  const result: Read = { members: [], elements: [], bytes: [] }
  const reader = new JsonElementReader({
    lists: new Set(['images', 'annotations']),
    onMember: (name, isList) => result.members.push([name, isList]),
    onElement: (list, index, value, byte) => {
      result.elements.push([list, index, value])
      result.bytes.push(byte)
    },
  })
  const bytes = Buffer.from(text)
  for (let at = 0; at < bytes.length;) {
    const length = Math.max(1, cut(bytes.length - at))
    // The reader may not keep memory that its caller fills again.
    const chunk = Buffer.from(bytes.subarray(at, at + length))
    reader.push(chunk)
    chunk.fill(0x21)
    at += length
  }
  reader.finish()
  return result
}

function fault(text: string | Buffer): JsonElementsError {
  try {
    read(text)
  } catch (error) {
    expect(error).toBeInstanceOf(JsonElementsError)
    return error as JsonElementsError
  }
  throw new Error('it was read')
}

function randomValue(random: SeededRandom, depth: number): unknown {
  const kind = random.integer(0, depth > 3 ? 4 : 6)
  const list = () =>
    Array.from({ length: random.integer(0, 4) }, () => randomValue(random, depth + 1))
  switch (kind) {
    case 0:
      return random.between(-1e6, 1e6)
    case 1:
      return random.pick([true, false, null, 0, -1.5e-300])
    case 2:
      return random.pick(['', '图片 "(1)"', '\\', '\\"', '[{,:}]', '\u0000\u001f', '🐱', '}'])
    case 3:
      return random.integer(0, 1000)
    case 4:
      return []
    case 5:
      return list()
    default:
      return Object.fromEntries(list().map((value, i) => [`k"${i}`, value]))
  }
}

it('reads what JSON.parse reads, wherever the chunks are cut', () => {
  for (let seed = 1; seed <= 300; seed++) {
    const random = new SeededRandom(seed)
    const file = {
      info: randomValue(random, 0),
      images: Array.from({ length: random.integer(0, 5) }, () => randomValue(random, 0)),
      other: [randomValue(random, 0)],
      annotations: Array.from({ length: random.integer(0, 5) }, () => randomValue(random, 0)),
    }
    const text = JSON.stringify(file, null, random.pick([undefined, 1, '\t\r\n']))
    const { members, elements, bytes } = read(text, () => random.integer(1, 9))
    expect(
      members.map(([name]) => name),
      `seed ${seed}`,
    ).toEqual(Object.keys(file))
    const expected = (['images', 'annotations'] as const).flatMap((name) =>
      file[name].map((value, i) => [name, i, value]),
    )
    expect(elements, `seed ${seed}`).toEqual(JSON.parse(JSON.stringify(expected)))
    for (const [i, byte] of bytes.entries()) {
      const start = JSON.stringify(elements[i][2])[0]
      expect(Buffer.from(text).toString('utf8', byte, byte + 1)).toBe(start)
    }
  }
})

it('reads a list at the root, with a byte order mark and space around it', () => {
  const { members, elements } = read('\ufeff \n[1, {"a": [2]} ]\n')
  expect(members).toEqual([])
  expect(elements).toEqual([
    [null, 0, 1],
    [null, 1, { a: [2] }],
  ])
  expect(read('[]').elements).toEqual([])
  expect(read('{}').members).toEqual([])
})

it('tells whether a member is a list, and passes over what is not wanted', () => {
  const { members, elements } = read('{"images": {"a": 1}, "shapes": [1, [2]], "annotations": []}')
  expect(members).toEqual([
    ['images', false],
    ['shapes', true],
    ['annotations', true],
  ])
  expect(elements).toEqual([])
})

it('finds every cut: no beginning of a text passes as the whole', () => {
  const text = '{"info": {"a": "b\\"c"}, "images": [{"id": 1}, 22, "x"], "annotations": []}'
  for (let length = 0; length < text.length; length++) {
    const { fault: kind, byte } = fault(text.slice(0, length))
    expect([text.slice(0, length), kind, byte]).toEqual([text.slice(0, length), 'cut-off', length])
  }
  expect(fault(text.slice(0, text.indexOf('22'))).place).toBe('images[1]')
})

it.each([
  ['{"images": [1, 2,]}', 'syntax', 17, 'images[2]'],
  ['{"images": [1,, 2]}', 'syntax', 14, 'images[1]'],
  ['{"images": [1 2]}', 'syntax', 14, 'images[0]'],
  ['{"images": [{"é": 1 "b": 2}]}', 'syntax', 21, 'images[0]'],
  // V8 names no place for a wrong word; then it is that of the element.
  ['{"images": [{"id": 1, "b": tru}]}', 'syntax', 12, 'images[0]'],
  ['{"images" [1]}', 'syntax', 10, 'images'],
  ['{images: []}', 'syntax', 1, ''],
  ['{"images": [], }', 'syntax', 15, 'images'],
  ['{"images": []} {}', 'syntax', 15, ''],
  ['{"images": ]}', 'syntax', 11, 'images'],
  ['[1]]', 'syntax', 3, ''],
  ['"text"', 'syntax', 0, ''],
  ['hello', 'syntax', 0, ''],
])('places the fault of %s', (text, kind, byte, place) => {
  const error = fault(text)
  expect([error.fault, error.byte, error.place]).toEqual([kind, byte, place])
})

it('says of NaN that JSON has none, as Python writes it', () => {
  expect(fault('{"images": [{"area": NaN}]}').message).toBe(
    'NaN and Infinity are no numbers in JSON',
  )
})

it('refuses text that is not UTF-8', () => {
  const bytes = Buffer.concat([Buffer.from('["'), Buffer.of(0xff), Buffer.from('"]')])
  expect(fault(bytes)).toMatchObject({ fault: 'encoding', byte: 1, place: '[0]' })
})

it('refuses depth that is made to hurt, at once', () => {
  const depth = 100_000
  expect(fault(`[${'['.repeat(depth)}${']'.repeat(depth)}]`)).toMatchObject({
    fault: 'too-deep',
    byte: 65,
  })
  expect(fault(`{"info": ${'{"a":'.repeat(depth)}`).fault).toBe('too-deep')
})
