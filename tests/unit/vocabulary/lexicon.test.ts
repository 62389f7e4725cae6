import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { isWord, readNode, writeNode, type LexiconFile } from '#shared/vocabulary/lexicon-file.ts'
import { Lexicon, type LexiconMatch } from '#shared/vocabulary/lexicon.ts'
import { pluralForms, singularForms } from '#shared/vocabulary/names.ts'

const text = readFileSync(new URL('../../../resources/lexicon.json', import.meta.url), 'utf8')
const file = JSON.parse(text) as LexiconFile
const lexicon = Lexicon.parse(file)

describe('the 80 classes', () => {
  it('are those of COCO', () => {
    expect(lexicon.classNames).toHaveLength(80)
    expect(lexicon.classNames.slice(0, 3)).toEqual(['person', 'bicycle', 'car'])
    expect(lexicon.classNames.at(-1)).toBe('toothbrush')
  })

  it.each(lexicon.classNames)('%s is exact, in any case, number and spacing', (name) => {
    const spellings = [name, name.toUpperCase(), name.replaceAll(' ', '_'), ` ${name} `]
    const numbers = singularForms(name).length > 0 ? singularForms(name) : pluralForms(name)
    for (const word of [...spellings, name.replaceAll(' ', ''), numbers[0]]) {
      expect(lexicon.lookup(word), word).toEqual({ relation: 'exact', classes: [name], via: name })
    }
  })

  it('each have a Chinese name that means them', () => {
    const served = new Set(
      Object.keys(file.chinese).flatMap((name) => {
        const match = lexicon.lookup(name)
        return match?.relation === 'synonym' ? match.classes : []
      }),
    )
    expect(lexicon.classNames.filter((name) => !served.has(name))).toEqual([])
  })

  it('have words of their own that mean nothing else', () => {
    const words = {
      person: 'human',
      bicycle: 'bike',
      car: 'automobile',
      motorcycle: 'motorbike',
      airplane: 'aeroplane',
      bus: 'omnibus',
      truck: 'lorry',
      'traffic light': 'traffic signal',
      'fire hydrant': 'fireplug',
      cow: 'cattle',
      backpack: 'rucksack',
      handbag: 'purse',
      umbrella: 'brolly',
      tie: 'necktie',
      frisbee: 'flying disc',
      donut: 'doughnut',
      couch: 'sofa',
      'potted plant': 'houseplant',
      toilet: 'loo',
      tv: 'telly',
      mouse: 'computer mouse',
      remote: 'remote control',
      'cell phone': 'mobile phone',
      refrigerator: 'fridge',
      'teddy bear': 'teddy',
      'hair drier': 'hair dryer',
    }
    for (const [name, word] of Object.entries(words)) {
      expect(lexicon.lookup(word), word).toEqual({
        relation: 'synonym',
        classes: [name],
        via: word,
      })
    }
  })
})

describe('Chinese names', () => {
  it('all lead somewhere', () => {
    const lost = Object.keys(file.chinese).filter((name) => lexicon.lookup(name) === null)
    expect(lost).toEqual([])
  })

  it.each([
    ['狗', 'synonym', ['dog'], 'dog'],
    ['汽车', 'synonym', ['car'], 'car'],
    ['汽 车', 'synonym', ['car'], 'car'],
    ['汽車', 'synonym', ['car'], 'car'],
    ['贵宾犬', 'kind', ['dog'], 'poodle'],
    ['沙发', 'synonym', ['couch'], 'couch'],
    ['水果', 'covers', ['banana', 'apple', 'orange'], 'fruit'],
    ['家具', 'covers', ['bench', 'chair', 'couch', 'bed', 'dining table'], 'furniture'],
  ])('%s: %s of %j through %s', (word, relation, classes, via) => {
    expect(lexicon.lookup(word)).toEqual({ relation, classes, via })
  })

  it('车 is any vehicle, and 汽车 a car', () => {
    expect(lexicon.lookup('车')?.classes).toEqual(lexicon.lookup('vehicle')?.classes)
  })
})

describe('words of several meanings', () => {
  it.each(
    (
      'crane, ass, star, pawn, dish, doll, pill, screw, slip, printer, toaster, ruler, speaker, ' +
      'stroller, mannequin, statue, robot, mummy, planter, cooler, charger, monitor, tumbler, ' +
      'hot dog, kiwi, whale, ram, poster, cutter, loader, screen, washer, mixer, server'
    ).split(', '),
  )('%s is no person', (word) => {
    expect(lexicon.lookup(word)?.classes ?? []).not.toContain('person')
  })

  it('takes glasses for spectacles and a glass for a glass', () => {
    expect(lexicon.lookup('glasses')).toBeNull()
    expect(lexicon.lookup('glass')?.classes).toEqual(['wine glass', 'cup'])
  })
})

describe('spelling', () => {
  it.each([
    ['grey wolfhound', null],
    ['travelling bag', 'suitcase'],
    ['traveling bag', 'suitcase'],
    ['draught horse', 'horse'],
    ['draft horse', 'horse'],
    ['moustache cup', 'cup'],
    ['mustache cups', 'cup'],
    ['hair dryer', 'hair drier'],
    ['tennis racquets', 'tennis racket'],
    ['doughnuts', 'donut'],
    ['parlour car', 'train'],
    ['labourers', 'person'],
    ['jumbojet', 'airplane'],
    ['fire-engine', 'truck'],
  ])('%s: %s', (word, name) => {
    expect(lexicon.lookup(word)?.classes[0] ?? null).toBe(name)
  })
})

describe('other classes', () => {
  it('leads words to the names that it is given, in their order', () => {
    const few = lexicon.among(['sofa', 'Dogs', 'lizard', 'mystery'])
    expect(few.lookup('settee')).toEqual({ relation: 'synonym', classes: ['sofa'], via: 'settee' })
    expect(few.lookup('poodle')).toEqual({ relation: 'kind', classes: ['Dogs'], via: 'poodle' })
    expect(few.lookup('iguana')).toEqual({ relation: 'kind', classes: ['lizard'], via: 'iguana' })
    expect(few.lookup('mysteries')?.relation).toBe('exact')
    expect(few.lookup('car')).toBeNull()
    expect(few.lookup('animal')).toEqual({
      relation: 'covers',
      classes: ['Dogs', 'lizard'],
      via: 'animal',
    })
    expect(lexicon.lookup('iguana')).toBeNull()
  })

  it('knows the names of a text table in their own sense', () => {
    const table = lexicon.among(['bow (weapon)', 'bow (decorative ribbons)', 'mug', 'bat (animal)'])
    expect(table.lookup('longbow')?.classes).toEqual(['bow (weapon)'])
    expect(table.lookup('beer mug')?.classes).toEqual(['mug'])
    expect(table.lookup('fruit bat')?.classes).toEqual(['bat (animal)'])
  })

  it('prefers the nearest class', () => {
    const nested = lexicon.among(['sandwich', 'hamburger', 'food'])
    expect(nested.lookup('cheeseburger')?.classes).toEqual(['hamburger'])
    expect(nested.lookup('hamburger')?.relation).toBe('exact')
  })

  it('takes a class that is called glasses by its name', () => {
    expect(lexicon.among(['glass', 'glasses']).lookup('glasses')?.classes).toEqual(['glasses'])
  })

  it('has nothing to say over no classes', () => {
    expect(lexicon.among([]).lookup('dog')).toBeNull()
  })
})

describe('any text', () => {
  it.each([
    '',
    ' ',
    '-',
    '__proto__',
    'prototype',
    'toString',
    'hasOwnProperty',
    '\u0000',
    '\uD800',
    '🐩',
    '(((',
    'a|b<c',
    'poodle#1',
    'poodle|poodle dog<dog',
    'x'.repeat(10_000),
    'dog '.repeat(3000),
  ])('%j is not known and does no harm', (word) => {
    expect(lexicon.lookup(word)).toBeNull()
  })

  it('answers what nouns mean, and not what objects have', () => {
    expect(lexicon.lookup('constructor')?.classes).toEqual(['person'])
  })
})

describe('the file', () => {
  it('is under 1.5 MB and carries the notice of WordNet', () => {
    expect(Buffer.byteLength(text)).toBeLessThan(1_500_000)
    const notice = file.notice.join('\n')
    expect(notice).toContain('Copyright 2011 by Princeton University')
    expect(notice).toContain('NO REPRESENTATIONS OR WARRANTIES')
  })

  it('is sorted, names each node once, and refers to none that is not there', () => {
    const nodes = file.nouns.map(readNode)
    const ids = new Set(nodes.map(({ id }) => id))
    expect(ids.size).toBe(nodes.length)
    expect(nodes.map(({ id }) => id)).toEqual([...ids].sort())
    const references = [
      ...nodes.flatMap(({ wider }) => wider),
      ...Object.values(file.tableNames),
      ...Object.values(file.classes).flatMap((list) => list.split('|')),
    ]
    expect(references.filter((id) => !ids.has(id))).toEqual([])
    expect(nodes.map(writeNode)).toEqual(file.nouns)
    expect(nodes.flatMap(({ words }) => words).filter((word) => !isWord(word))).toEqual([])
  })

  it('never leads up in a circle', () => {
    const above = new Map(file.nouns.map(readNode).map(({ id, wider }) => [id, wider]))
    const done = new Set<string>()
    const visit = (id: string, path: readonly string[]): void => {
      expect(path).not.toContain(id)
      if (done.has(id)) return
      for (const wider of above.get(id) ?? []) visit(wider, [...path, id])
      done.add(id)
    }
    for (const id of above.keys()) visit(id, [])
  })

  it('covers only classes that there are', () => {
    const covered = Object.values(file.wider).flatMap((list) => list.split('|'))
    expect(covered.filter((name) => !(name in file.classes))).toEqual([])
  })

  it.each([null, 3, [], {}, { ...file, format: 2 }, { ...file, nouns: [1] }])(
    'is refused when it is another: %#',
    (value) => {
      expect(() => Lexicon.parse(value)).toThrow(/lexicon cannot be read/)
    },
  )

  it('gives 1,000 words the same answers every time', () => {
    const start = performance.now()
    const fresh = Lexicon.parse(JSON.parse(text))
    const loaded = performance.now()
    const words = file.nouns.slice(0, 10_000).map((line) => readNode(line).words[0] ?? 'dog')
    // As people type: nouns, plurals, capitals, and what nobody knows.
    const sample = Array.from({ length: 1000 }, (_, i) => {
      const word = words[i * 10]
      return [word, `${word}s`, word.toUpperCase(), `${word} of nowhere`][i % 4]
    })
    const answers: (LexiconMatch | null)[][] = []
    const times = [0, 1, 2].map(() => {
      const from = performance.now()
      answers.push(sample.map((word) => fresh.lookup(word)))
      return performance.now() - from
    })
    const shown = times.map((ms) => ms.toFixed(1)).join(', ')
    console.log(`lexicon: read in ${(loaded - start).toFixed(0)} ms; 1,000 words: ${shown} ms`)
    expect(answers[0].filter((answer) => answer !== null).length).toBeGreaterThan(300)
    expect(answers[2]).toEqual(answers[0])
  })
})
