import { describe, expect, it } from 'vitest'
import { detectVocabularyFormat, parseVocabulary } from '#shared/vocabulary/parse.ts'
import { serialiseVocabularyJson, serialiseVocabularyText } from '#shared/vocabulary/serialise.ts'
import { VocabularyError } from '#shared/vocabulary/vocabulary-error.ts'
import type { Vocabulary, VocabularyFormat } from '#shared/vocabulary/vocabulary.ts'
import { property } from '../../support/random.ts'

/** The words of a vocabulary in one line each: what a person would see. */
function words({ classes, negatives }: Vocabulary): string[] {
  return [
    ...classes.map(({ name, synonyms, negatives }) =>
      [[name, ...synonyms].join('|'), ...negatives].join(' not '),
    ),
    ...negatives.map((word) => `none is ${word}`),
  ]
}

function problemsOf(text: string, format?: VocabularyFormat): string[] {
  try {
    parseVocabulary(text, format ? { format } : {})
  } catch (error) {
    expect(error).toBeInstanceOf(VocabularyError)
    return (error as VocabularyError).problems.map(
      ({ line, column, message }) => `${line}:${column} ${message}`,
    )
  }
  throw new Error(`${JSON.stringify(text)} was accepted`)
}

describe('a comma list', () => {
  it.each<[string, string[]]>([
    ['bus', ['bus']],
    ['bus, traffic light', ['bus', 'traffic light']],
    [' bus ,', ['bus']],
    ['bus, tree, -sky, -road', ['bus', 'tree', 'none is sky', 'none is road']],
    ['公交车，树、-天空', ['公交车', '树', 'none is 天空']],
    ['"lamp, desk", bus', ['lamp, desk', 'bus']],
    ['bus,\ntree, # plants\n\nC#', ['bus', 'tree', 'C#']],
    ['\uFEFFbus,\r\ntree', ['bus', 'tree']],
    ['traffic \u00A0 light, x', ['traffic light', 'x']],
  ])('%j', (text, expected) => {
    expect(words(parseVocabulary(text, { format: 'list' }))).toEqual(expected)
  })

  it('says where a word is missing or too many, and what to do', () => {
    expect(problemsOf('bus,, tree', 'list')).toEqual([
      '1:5 A name is empty. Write a word before this comma or remove it.',
    ])
    expect(problemsOf('bus, Bus', 'list')).toEqual([
      '1:6 "Bus" is already there as "bus" (line 1). Remove one of them.',
    ])
    expect(problemsOf('bus: coach', 'list')[0]).toMatch(/^1:4 There are no synonyms in a list/)
    expect(problemsOf('', 'list')[0]).toMatch(/^1:1 There is no class/)
    expect(problemsOf('-sky', 'list')[0]).toMatch(/^1:1 There is no class/)
  })
})

describe('a text file', () => {
  it('has a class a line, with synonyms, negatives and comments', () => {
    const text = [
      '\uFEFF# what to look for',
      '',
      'bus: coach, minibus, -tram   # a comment',
      '  person:  man ,woman,',
      'C#',
      'sofa：沙发，长沙发、-椅子',
      '"Star Wars: figure": "a ""toy"""',
      '-sky',
      '-road, -wall',
    ].join('\r\n')
    expect(words(parseVocabulary(text))).toEqual([
      'bus|coach|minibus not tram',
      'person|man|woman',
      'C#',
      'sofa|沙发|长沙发 not 椅子',
      'Star Wars: figure|a "toy"',
      'none is sky',
      'none is road',
      'none is wall',
    ])
  })

  it('composes Unicode, so that one word is one word', () => {
    const [{ name }] = parseVocabulary('cafe\u0301').classes
    expect(name).toBe('caf\u00e9')
    expect(problemsOf('caf\u00e9\ncafe\u0301')).toHaveLength(1)
  })

  it('gives classes colours and leaves the threshold to the project', () => {
    const { classes } = parseVocabulary('bus\ntree')
    expect(classes.map(({ threshold }) => threshold)).toEqual([null, null])
    expect(new Set(classes.map(({ colour }) => colour)).size).toBe(2)
  })

  it.each([
    ['bus\n- tree', '2:1 A "-" stands alone'],
    ['bus\n-', '2:1 A "-" stands alone'],
    ['a: b\n公交车, x', '2:4 Here a comma separates synonyms'],
    ['a: b: c', '1:5 A class has one colon'],
    [': b', '1:1 A name is missing'],
    ['a: b\n-c: d', '2:3 A negative has no synonyms'],
    ['a: b\n-c, d', '2:5 "d" stands in a line of negatives'],
    ['a: "b', '1:4 The quote is not closed'],
    ['a: "b" c', '1:7 After a closing quote'],
    ['bus\nTRAM: coach, Bus', '2:14 "Bus" is already there as "bus" (line 1)'],
    ['traffic light\ntraffic-light', '2:1 "traffic-light" is already there as "traffic light"'],
    ['bus: -coach, -BUS', '1:14 "BUS" is a name of the class "bus" and a negative of it'],
    ['bus: coach\n-Coach', '2:1 "Coach" is a name of a class (line 1) and a negative of the whole'],
    ['bus: -tram, -tram', '1:13 "tram" is already there'],
    ['a: b\n-c\n-c', '3:1 "c" is already there'],
    ['bus: "-tram"', '1:6 "-tram" begins with "-"'],
    ['bus: _', '1:6 A name is empty'],
    ['b\u0000us', '1:1 There is a control character'],
    ['b\uFFFDs', '1:1 "b\uFFFDs" has unreadable characters. Save the file as UTF-8.'],
    ['x'.repeat(201), '1:1 A name has 201 characters'],
    ['😀😀: a, , b', '1:8 A name is empty'],
  ])('%j is refused: %s', (text, expected) => {
    expect(problemsOf(text, 'text')[0].slice(0, expected.length)).toBe(expected)
  })

  it('names every problem at once, in order, and the source', () => {
    const text = 'bus\nbus\na, b\n- c'
    expect(problemsOf(text, 'text').map((problem) => problem.split(' ')[0])).toEqual([
      '2:1',
      '3:2',
      '4:1',
    ])
    expect(() => parseVocabulary(text, { format: 'text', source: 'words.txt' })).toThrow(
      /^words\.txt, line 2, column 1: .* \(and 2 more problems\)$/,
    )
  })
})

describe('JSON', () => {
  it('may be a list of names and classes', () => {
    const text = '["bus", {"name": "tree", "synonyms": ["oak"], "negatives": ["bush"]}]'
    expect(words(parseVocabulary(text))).toEqual(['bus', 'tree|oak not bush'])
  })

  it('has everything that a class has', () => {
    const vocabulary = parseVocabulary(
      '\uFEFF{ "negatives": ["sky"],\r\n "classes": [{ "name": "b\\u0075s", "threshold": 2.5e-1,\n' +
        '"colour": "#2B6CFF", "prompts": ["{article} {} in rain"] }, {"name":"x","threshold":null}] }',
    )
    expect(vocabulary.negatives).toEqual(['sky'])
    expect(vocabulary.classes[0]).toEqual({
      name: 'bus',
      synonyms: [],
      prompts: ['{article} {} in rain'],
      negatives: [],
      threshold: 0.25,
      colour: '#2b6cff',
    })
    expect(vocabulary.classes[1].colour).toMatch(/^#[0-9a-f]{6}$/)
  })

  it.each([
    ['["a",\n "b" "c"]', '2:6 A comma or "]" is missing'],
    ['["a",\n]', '2:1 There is a comma too many'],
    ['{"classes": ["a"],}', '1:19 There is a comma too many'],
    ['["a"', '1:1 This "[" is not closed'],
    ['["a', '1:2 The quote is not closed'],
    ['["a\\q"]', '1:2 A text has an escape'],
    ["['a']", '1:2 Write names in straight double quotes'],
    ['[bus]', '1:2 "bus" is no JSON value'],
    ['[a]: b', '1:2 "a" is no JSON value'],
    ['["a"] x', '1:7 The JSON ends before this'],
    ['[1', '1:1 This "[" is not closed'],
    ['[', '1:2 The JSON ends too early'],
    ['{classes: []}', '1:2 A key is missing'],
    ['{"classes" []}', '1:12 A colon is missing after "classes"'],
    ['["a"] // x', '1:7 JSON has no comments'],
    ['{"classes": ["a"], "classes": ["b"]}', '1:20 The key "classes" is there twice'],
    ['['.repeat(40), '1:34 This nests too deep'],
    ['{"words": ["a"]}', '1:1 "classes" is missing'],
    [
      '{"classes": ["a"], "clases": []}',
      '1:20 "clases" is no key of a vocabulary. It has: "classes", "negatives"',
    ],
    ['{"classes": "a"}', '1:13 "classes" must be a list, and this is a text'],
    ['[1]', '1:2 A class must be a text or an object, and this is a number'],
    ['[{"synonyms": ["a"]}]', '1:2 A class has no "name"'],
    ['[{"name": 1}]', '1:11 "name" must be a text'],
    ['[{"name": "a", "color": "#000000"}]', '1:16 "color" is no key of a class'],
    ['[{"name": "a", "synonyms": "b"}]', '1:28 "synonyms" must be a list of texts'],
    ['[{"name": "a", "synonyms": [1]}]', '1:29 Each of "synonyms" must be a text'],
    [
      '[{"name": "a",\n "threshold": 1.5}]',
      '2:15 A threshold lies between 0 and 1, and this is 1.5',
    ],
    ['[{"name": "a", "threshold": -0.1}]', '1:29 A threshold lies between'],
    ['[{"name": "a", "threshold": "0.5"}]', '1:29 "threshold" must be a number or null'],
    ['[{"name": "a", "colour": "red"}]', '1:26 "red" is no colour'],
    ['[{"name": "a", "prompts": [" "]}]', '1:28 A prompt is empty'],
    ['[{"name": "a", "prompts": ["a {name}"]}]', '1:28 "a {name}" has braces with no meaning'],
    ['["a", "-b"]', '1:7 "-b" begins with "-"'],
    ['["a",\n  "A"]', '2:3 "A" is already there as "a" (line 1)'],
    ['[{"name": "a", "negatives": ["A"]}]', '1:30 "A" is a name of the class "a" and a negative'],
    ['[""]', '1:2 A name is empty'],
    ['[]', '1:1 There is no class'],
    ['{"classes": []}', '1:1 There is no class'],
  ])('%j is refused: %s', (text, expected) => {
    const problems = problemsOf(text, 'json')
    expect(problems.map((problem) => problem.slice(0, expected.length))).toContain(expected)
  })

  it('reads a very long text without running out of stack', () => {
    expect(problemsOf(`["${'\\n'.repeat(2_000_000)}"]`)[0]).toMatch(/^1:2 A name/)
  })

  it('agrees with JSON.parse on what is JSON', () => {
    const alphabet = [
      '{',
      '}',
      '[',
      ']',
      ',',
      ':',
      '"a"',
      '"b"',
      '1',
      '-0',
      '.5',
      'true',
      'null',
      ' ',
      '\n',
    ]
    property(
      (random) => {
        const text = `[${Array.from({ length: random.integer(0, 7) }, () => random.pick(alphabet)).join('')}]`
        let isJson = true
        try {
          JSON.parse(text)
        } catch {
          isJson = false
        }
        // Its own syntax errors come alone; errors of meaning speak of classes, names and keys.
        let isSyntaxError = false
        try {
          parseVocabulary(text, { format: 'json' })
        } catch (error) {
          isSyntaxError =
            /missing before|missing after|too many|ends|no JSON value|cannot stand|not closed|A key is missing/.test(
              (error as Error).message,
            )
        }
        expect({ text, isJson }).toEqual({ text, isJson: !isSyntaxError })
      },
      { cases: 3000 },
    )
  })
})

describe('detectVocabularyFormat', () => {
  it.each<[string, VocabularyFormat]>([
    ['bus', 'text'],
    ['bus\ntree', 'text'],
    ['bus, tree', 'list'],
    ['bus，tree', 'list'],
    ['bus, tree,\ncar', 'list'],
    ['bus: coach, minibus', 'text'],
    ['bus # a, b: c', 'text'],
    ['"a, b"\nc', 'text'],
    ['"a: b", c', 'list'],
    ['\uFEFF \n[ "a" ]', 'json'],
    ['{"classes": []}', 'json'],
  ])('%j is a %s', (text, expected) => {
    expect(detectVocabularyFormat(text)).toBe(expected)
  })
})

describe('writing a vocabulary', () => {
  const pieces = ['bus', 'C#', ' #', '-', ', ', ':', '，', '"', '公交车', 'é', '🚌', ' ', 'x']

  it('as text, and reading it back, keeps all words', () => {
    property(
      (random) => {
        const word = (i: number): string =>
          `${Array.from({ length: random.integer(1, 4) }, () => random.pick(pieces)).join('')} ${i}`
            .replace(/^[\s-]+/, '')
            .replace(/\s+/g, ' ')
        let next = 0
        const wordList = (): string[] =>
          Array.from({ length: random.integer(0, 3) }, () => word(next++))
        const vocabulary: Vocabulary = {
          classes: Array.from({ length: random.integer(1, 4) }, () => ({
            name: word(next++),
            synonyms: wordList(),
            negatives: wordList(),
            prompts: [],
            threshold: null,
            colour: '#2b6cff',
          })),
          negatives: wordList(),
        }
        const text = serialiseVocabularyText(vocabulary)
        expect(words(parseVocabulary(text, { format: 'text' }))).toEqual(words(vocabulary))
        expect(parseVocabulary(serialiseVocabularyJson(vocabulary))).toEqual(vocabulary)
      },
      { cases: 500 },
    )
  })

  it('as JSON keeps everything a vocabulary has, and nothing else', () => {
    const vocabulary: Vocabulary = {
      classes: [
        {
          name: 'bus',
          synonyms: ['coach'],
          prompts: ['a {}'],
          negatives: ['tram'],
          threshold: 0.3,
          colour: '#2b6cff',
        },
      ],
      negatives: ['sky'],
    }
    const record = { ...vocabulary, revision: 7 }
    expect(parseVocabulary(serialiseVocabularyJson(record))).toEqual(vocabulary)
  })
})
