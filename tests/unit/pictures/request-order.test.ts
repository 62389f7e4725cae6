import { describe, expect, it } from 'vitest'
import { nextRequest, type WaitingRequest } from '#main/pictures/request-order.ts'

/** Takes requests until none is left; written as "thumbnail 3". */
function orderOf(calls: readonly WaitingRequest['call'][]): string[] {
  const waiting = new Set(calls.map((call, i) => ({ id: i + 1, call, ends: 0 })))
  const order: string[] = []
  for (let next = nextRequest(waiting); next; next = nextRequest(waiting)) {
    order.push(`${next.call} ${next.id}`)
    waiting.delete(next)
  }
  return order
}

describe('the order of pictures', () => {
  it('is thumbnails newest first', () => {
    expect(orderOf(['thumbnail', 'thumbnail', 'thumbnail'])).toEqual([
      ...['thumbnail 3', 'thumbnail 2', 'thumbnail 1'],
    ])
  })

  it('is overlays oldest first', () => {
    expect(orderOf(['overlay', 'overlay', 'overlay'])).toEqual([
      ...['overlay 1', 'overlay 2', 'overlay 3'],
    ])
  })

  it('is the canvas before the grid before a batch', () => {
    expect(orderOf(['overlay', 'displayCopy', 'thumbnail', 'displayCopy', 'thumbnail'])).toEqual([
      ...['displayCopy 4', 'displayCopy 2', 'thumbnail 5', 'thumbnail 3', 'overlay 1'],
    ])
  })

  it('is the edge of a mask before all pictures', () => {
    expect(orderOf(['displayCopy', 'snap', 'overlay', 'snap', 'thumbnail'])).toEqual([
      ...['snap 4', 'snap 2', 'displayCopy 1', 'thumbnail 5', 'overlay 3'],
    ])
  })

  it('of nothing is nothing', () => {
    expect(nextRequest([])).toBeNull()
  })
})
