import { describe, expect, it } from 'vitest'
import type { ReviewItem } from '#shared/contract/commands.ts'
import {
  extend,
  goBack,
  goOn,
  imagesAhead,
  itemAt,
  itemsAhead,
  reorder,
  settle,
  skip,
  startCursor,
  unsettle,
} from '../../../../src/renderer/src/review/queue-cursor.ts'
import {
  judgementsPerMinute,
  remainingMs,
  withJudgement,
} from '../../../../src/renderer/src/review/judging-rate.ts'

const item = (annotationId: number, imageId = annotationId): ReviewItem => ({
  annotationId,
  imageId,
  uncertainty: 0.5,
  reason: 'threshold',
})
const three = startCursor([item(1), item(2), item(3)])
const at = (cursor: typeof three) => itemAt(cursor)?.annotationId ?? null

describe('walking through the queue', () => {
  it('goes on to the next that waits, and ends behind the last', () => {
    const settled = settle(three, [1, 2])
    expect(at(goOn(settled))).toBe(3)
    expect(at(goOn(goOn(settled)))).toBeNull()
  })

  it('goes back also to what was judged, so that it can be looked at again', () => {
    expect(at(goBack(goOn(settle(three, [1]))))).toBe(1)
    expect(at(goBack(three))).toBe(1)
  })

  it('stops again at what an undo brought back', () => {
    const undone = unsettle(goOn(settle(three, [1, 2])), [2])
    expect(at(undone)).toBe(3)
    expect(itemsAhead(goBack(goBack(undone))).map((one) => one.annotationId)).toEqual([2, 3])
  })

  it('skips without a judgement', () => {
    const skipped = skip(three)
    expect(at(skipped)).toBe(2)
    expect([...skipped.skippedIds]).toEqual([1])
    expect(skipped.settledIds.size).toBe(0)
  })

  it('puts what was found later behind, without changing the place', () => {
    const longer = extend(goOn(three), [item(9), item(2), item(1)])
    expect(at(longer)).toBe(2)
    expect(longer.items.map(({ annotationId }) => annotationId)).toEqual([1, 2, 3, 9])
  })

  it('goes on by itself when there is more after the end', () => {
    const ended = goOn(settle(three, [1, 2, 3]))
    expect(at(ended)).toBeNull()
    expect(at(extend(ended, [item(4)]))).toBe(4)
  })

  it('names the images to come once each', () => {
    const cursor = startCursor([item(1, 10), item(2, 10), item(3, 11), item(4, 11), item(5, 12)])
    expect(imagesAhead(cursor, 5)).toEqual([11, 12])
  })

  it('takes a new order for what is ahead alone', () => {
    const atSecond = goOn(settle(three, [1]))
    const reordered = reorder(atSecond, [item(4), item(3), item(2)])
    expect(at(reordered)).toBe(2)
    expect(itemsAhead(reordered).map(({ annotationId }) => annotationId)).toEqual([4, 3])
    expect(at(goBack(reordered))).toBe(1)
  })

  it('goes on at the end with what a new order has come up with', () => {
    const atEnd = goOn(settle(three, [1, 2, 3]))
    expect(at(reorder(atEnd, [item(4)]))).toBe(4)
    expect(at(reorder(atEnd, []))).toBeNull()
  })
})

describe('the pace of judging', () => {
  it('is that of the last judgements, without pauses', () => {
    let times: number[] = []
    for (const ms of [0, 2_000, 900_000, 902_000, 904_000, 906_000])
      times = withJudgement(times, ms)
    expect(judgementsPerMinute(times)).toBe(30)
    expect(remainingMs(60, 30)).toBe(120_000)
  })
  it('is not told from too little', () => {
    expect(judgementsPerMinute([1, 2, 3])).toBeNull()
    expect(remainingMs(60, null)).toBeNull()
  })
})
