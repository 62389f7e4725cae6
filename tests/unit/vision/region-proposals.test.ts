import { describe, expect, it } from 'vitest'
import { placeAnchors } from '#main/vision/anchors.ts'
import {
  proposeBoxes,
  type LevelScores,
  type ProposalOptions,
} from '#main/vision/region-proposals.ts'
import { readTorchvisionAnswers } from '../../support/torchvision-answers.ts'

const options: ProposalOptions = {
  weights: [1, 1, 1, 1],
  preNmsTop: 100,
  nmsIou: 0.5,
  atMost: 10,
  convention: 'exclusive',
}
const IMAGE = { width: 100, height: 100 }

/** A level whose anchors are told one by one, and not refined. */
function level(boxes: readonly number[][], objectness: readonly number[]): LevelScores {
  return {
    ...{ width: boxes.length, height: 1, shapes: 1 },
    objectness: Float32Array.from(objectness),
    deltas: new Float32Array(4 * boxes.length),
    anchors: Float32Array.from(boxes.flat()),
  }
}

const rows = ({ boxes }: { boxes: Float32Array }): number[][] =>
  Array.from({ length: boxes.length / 4 }, (_, i) => [...boxes.subarray(4 * i, 4 * i + 4)])

describe('proposals', () => {
  it('are torchvision’s, on three levels of which one has strides that fit', () => {
    const { regionProposals: answers } = readTorchvisionAnswers()
    const levels = answers.levels.map(
      ({ width, height, anchors, logits, deltas }): LevelScores => ({
        ...{ width, height, shapes: anchors.length },
        objectness: Float32Array.from(logits, (logit) => 1 / (1 + Math.exp(-logit))),
        deltas: Float32Array.from(deltas),
        anchors: placeAnchors({ stride: 'fit', boxes: anchors }, { width, height }, answers.input),
      }),
    )
    const { preNmsTop, nmsIou, atMost } = answers
    const proposed = proposeBoxes(levels, answers.image, {
      ...options,
      ...{ preNmsTop, nmsIou, atMost },
    })
    expect(proposed.boxes).toHaveLength(answers.boxes.length)
    answers.boxes.forEach((side, i) => expect(proposed.boxes[i]).toBeCloseTo(side, 2))
  })

  it('of different levels do not suppress each other, and come best first', () => {
    const box = [10, 10, 50, 50]
    const near = [12, 10, 50, 50]
    const other = [60, 60, 90, 90]
    const found = proposeBoxes(
      [level([box, near], [0.5, 0.9]), level([box, other], [0.7, 0.2])],
      IMAGE,
      options,
    )
    expect(rows(found)).toEqual([near, box, other])
    expect([...found.objectness]).toEqual([0.9, 0.7, 0.2].map(Math.fround))
  })

  it('are as many of each level before, and as many of all after', () => {
    const boxes = [0, 1, 2, 3].map((i) => [i * 20, 0, i * 20 + 10, 10])
    const levels = [level(boxes, [0.9, 0.8, 0.7, 0.6]), level(boxes, [0.4, 0.3, 0.2, 0.1])]
    const scores = (more: Partial<ProposalOptions>): number[] =>
      Array.from(proposeBoxes(levels, IMAGE, { ...options, ...more }).objectness, (score) =>
        Number(score.toFixed(3)),
      )
    expect(scores({ preNmsTop: 2 })).toEqual([0.9, 0.8, 0.4, 0.3])
    expect(scores({ atMost: 5 })).toEqual([0.9, 0.8, 0.7, 0.6, 0.4])
  })

  it('are clipped to the image, and left out where nothing is left of them', () => {
    const boxes = [
      [90, 40, 130, 60],
      [110, 40, 130, 60],
    ]
    expect(rows(proposeBoxes([level(boxes, [0.5, 0.9])], IMAGE, options))).toEqual([
      [90, 40, 100, 60],
    ])
    const inclusive = { ...options, convention: 'inclusive' } as const
    expect(rows(proposeBoxes([level(boxes, [0.5, 0.9])], IMAGE, inclusive))).toEqual([
      [99, 40, 99, 60],
      [90, 40, 99, 60],
    ])
  })

  it('take the refinement of their own shape and cell', () => {
    const two: LevelScores = {
      ...{ width: 2, height: 1, shapes: 2 },
      // [shape, cell]: the second shape of the first cell is the best one.
      objectness: Float32Array.of(0.1, 0.2, 0.9, 0.3),
      // [4 * shape + side, cell]
      deltas: Float32Array.of(0, 0, 0, 0, 0, 0, 0, 0, 0.5, 0, 0.25, 0, Math.log(2), 0, 0, 0),
      anchors: Float32Array.of(0, 0, 4, 4, 10, 10, 30, 30, 20, 0, 24, 4, 50, 10, 70, 30),
    }
    const [best] = rows(proposeBoxes([two], IMAGE, options))
    // Centre 20, 20 and side 20: moved by 10 and 5, twice as wide.
    ;[10, 15, 50, 35].forEach((side, i) => expect(best[i]).toBeCloseTo(side, 4))
  })
})
