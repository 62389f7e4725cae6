import { describe, expect, it } from 'vitest'
import { ProposalRecall } from '#main/evaluation/proposal-recall.ts'
import { boxIou, type Box } from '#shared/geometry/box.ts'
import { property } from '../../support/random.ts'

const square = (x: number, y: number, side = 10): Box => [x, y, x + side, y + side]

function recallsOf(proposals: readonly Box[], objects: readonly Box[]) {
  const recall = new ProposalRecall()
  recall.add(proposals, objects)
  return recall.recalls()
}

describe('the recall of proposals', () => {
  it('is 1 when every object has its own box, and 0 when none has', () => {
    const objects = [square(0, 0), square(50, 50)]
    expect(recallsOf(objects, objects)[0]).toEqual({ count: 100, at50: 1, mean: 1 })
    expect(recallsOf([square(200, 200)], objects)[0]).toEqual({ count: 100, at50: 0, mean: 0 })
  })

  it('counts the IoU thresholds that a box reaches', () => {
    // 8 of 10 columns: IoU 0.8, which 7 of the 10 thresholds allow.
    const [{ at50, mean }] = recallsOf([[0, 0, 8, 10]], [square(0, 0)])
    expect(at50).toBe(1)
    expect(mean).toBeCloseTo(0.7, 12)
  })

  it('lets one box cover one object', () => {
    const objects: Box[] = [
      [0, 0, 10, 10],
      [0, 0, 10, 11],
    ]
    expect(recallsOf([square(0, 0)], objects)[0].at50).toBe(0.5)
  })

  it('looks at the first 100, 300 and 1000 boxes', () => {
    const far = Array.from({ length: 299 }, (_, i) => square(1000 + 20 * i, 0))
    const proposals = [...far, square(0, 0)]
    const at50 = recallsOf(proposals, [square(0, 0)]).map(({ at50 }) => at50)
    expect(at50).toEqual([0, 1, 1])
  })

  it('is -1 without objects, and adds up over images', () => {
    const recall = new ProposalRecall()
    recall.add([square(0, 0)], [])
    expect(recall.recalls()[0]).toEqual({ count: 100, at50: -1, mean: -1 })
    recall.add([square(0, 0)], [square(0, 0), square(30, 0), square(60, 0), square(90, 0)])
    expect(recall.recalls()[0].at50).toBe(0.25)
  })

  it('takes the best pair that is left, as the search of all pairs does', () => {
    property(
      (random) => {
        const box = (): Box => {
          const [x, y] = [random.integer(0, 20), random.integer(0, 20)]
          return [x, y, x + random.integer(5, 20), y + random.integer(5, 20)]
        }
        const proposals = Array.from({ length: random.integer(0, 6) }, box)
        const objects = Array.from({ length: random.integer(1, 6) }, box)
        const [{ at50 }] = recallsOf(proposals, objects)
        expect(at50 * objects.length).toBeCloseTo(slowlyCovered(proposals, objects), 9)
      },
      { cases: 60 },
    )
  })
})

/** Objects covered from IoU 0.5 on: the best pair of all is taken out until none is good enough. */
function slowlyCovered(proposals: readonly Box[], objects: readonly Box[]): number {
  let best = { iou: -1, p: -1, o: -1 }
  proposals.forEach((proposal, p) => {
    objects.forEach((object, o) => {
      const iou = boxIou(proposal, object)
      if (iou > best.iou) best = { iou, p, o }
    })
  })
  if (best.iou < 0.5) return 0
  return (
    1 +
    slowlyCovered(
      proposals.filter((_, p) => p !== best.p),
      objects.filter((_, o) => o !== best.o),
    )
  )
}
