import { describe, expect, it } from 'vitest'
import { promptsForClass, promptsForName, TEMPLATE_SETS } from '#shared/vocabulary/prompts.ts'

describe('promptsForName', () => {
  it('says one plain sentence', () => {
    expect(promptsForName('bus', 'single')).toEqual(['a photo of a bus.'])
    expect(promptsForName('umbrella', 'single')).toEqual(['a photo of an umbrella.'])
  })

  it.each([
    ['single', 1],
    ['ensemble14', 14],
    ['ensemble80', 80],
  ] as const)('%s has %i sentences, all different, each with the name once', (set, count) => {
    const prompts = promptsForName('umbrella stand', set)
    expect(prompts).toHaveLength(count)
    expect(new Set(prompts).size).toBe(count)
    for (const prompt of prompts) {
      expect(prompt.split('umbrella stand')).toHaveLength(2)
      expect(prompt).not.toMatch(/[{}]|\ba umbrella|\s{2}/)
    }
  })

  it.each(TEMPLATE_SETS)('%s does not double an article that the name brings', (set) => {
    expect(promptsForName('the man on the left', set)).toEqual(
      promptsForName('man on the left', set),
    )
    expect(promptsForName('A hat', set)).toEqual(promptsForName('hat', set))
    // "an", "the" and "one" are taken off as words, not as letters.
    expect(promptsForName('ant', set)[0]).toContain('an ant')
  })

  it('puts "$&" and its kin in as they are', () => {
    expect(promptsForName('$& shop', 'single')).toEqual(['a photo of a $& shop.'])
  })
})

describe('promptsForClass', () => {
  const bus = { name: 'bus', synonyms: ['coach'], prompts: [] }

  it('gives every name its own sentences', () => {
    expect(promptsForClass(bus, 'single')).toEqual([
      { word: 'bus', prompts: ['a photo of a bus.'] },
      { word: 'coach', prompts: ['a photo of a coach.'] },
    ])
  })

  it('lets own prompts replace the templates', () => {
    const prompts = ['{article} {} seen from a satellite', 'public transport']
    expect(promptsForClass({ ...bus, prompts }, 'ensemble80')).toEqual([
      { word: 'bus', prompts: ['a bus seen from a satellite', 'public transport'] },
      { word: 'coach', prompts: ['a coach seen from a satellite'] },
    ])
  })

  it('takes own prompts without a place for the name as those of the class', () => {
    expect(promptsForClass({ ...bus, prompts: ['public transport'] }, 'single')).toEqual([
      { word: 'bus', prompts: ['public transport'] },
    ])
  })
})
