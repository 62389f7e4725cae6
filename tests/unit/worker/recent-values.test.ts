import { describe, expect, it } from 'vitest'
import { RecentValues } from '#main/worker/recent-values.ts'

const keeping = (entries: number, bytes: number): RecentValues<string> =>
  new RecentValues({ entries, bytes }, (value) => value.length)

describe('values that were asked for last', () => {
  it('are given back, and others are not there', () => {
    const values = keeping(2, 100)
    values.put('a', 'aaa')
    expect(values.get('a')).toBe('aaa')
    expect(values.get('b')).toBeUndefined()
  })

  it('push out the one that was asked for longest ago', () => {
    const values = keeping(2, 100)
    values.put('a', 'a')
    values.put('b', 'b')
    values.get('a')
    values.put('c', 'c')
    expect(['a', 'b', 'c'].map((key) => values.get(key))).toEqual(['a', undefined, 'c'])
  })

  it('keep within their bytes, whatever their number', () => {
    const values = keeping(10, 10)
    values.put('a', '1234')
    values.put('b', '1234')
    values.put('c', '1234')
    expect(['a', 'b', 'c'].map((key) => values.get(key))).toEqual([undefined, '1234', '1234'])
    values.put('c', '1')
    values.put('d', '12345')
    expect(['b', 'c', 'd'].map((key) => values.get(key))).toEqual(['1234', '1', '12345'])
  })

  it('do not keep one that is too large alone, and no older one of its name', () => {
    const values = keeping(10, 10)
    values.put('a', '1234')
    values.put('b', '12')
    values.put('a', '12345678901')
    expect(values.get('a')).toBeUndefined()
    expect(values.get('b')).toBe('12')
  })
})
