import { describe, expect, it } from 'vitest'
import { scoreHistogram } from '#main/evaluation/score-histogram.ts'

const right = (score: number) => ({ score, isRight: true })
const wrong = (score: number) => ({ score, isRight: false })

describe('the histogram of scores', () => {
  it('counts right and wrong apart, a border in the upper bin and 1 in the last', () => {
    const judged = [right(0), right(0.25), wrong(0.249), wrong(0.5), right(1), wrong(0.999)]
    expect(scoreHistogram(judged, 4)).toEqual({ right: [1, 1, 0, 1], wrong: [1, 0, 1, 1] })
  })

  it('is empty bins without detections', () => {
    expect(scoreHistogram([], 2)).toEqual({ right: [0, 0], wrong: [0, 0] })
  })
})
