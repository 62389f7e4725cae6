import { describe, expect, it } from 'vitest'
import { evaluateDetections } from '#main/evaluation/evaluate-detections.ts'
import type { EvaluationSummary } from '#main/evaluation/evaluate-detections.ts'
import { evaluateWithOracles } from '#main/evaluation/oracle-rows.ts'
import {
  hasShared,
  readCocoMini,
  readReferenceDetections,
  readShared,
} from '../support/coco-mini.ts'

type Model = 'int8' | 'fp32'
type IouType = 'bbox' | 'segm'
/** Made with the COCO API on another machine, rounded to six places. */
type Scores = Record<Model, Record<IouType | `${IouType}-class-agnostic`, EvaluationSummary>>

describe.skipIf(!hasShared)('metrics agree with the COCO API [needs ../shared]', () => {
  const models = ['int8', 'fp32'] as const
  const iouTypes = ['bbox', 'segm'] as const
  const cases = models.flatMap((model) =>
    iouTypes.flatMap((iouType) =>
      [true, false].map((useCategories) => ({ model, iouType, useCategories })),
    ),
  )

  it.each(cases)(
    'on $model detections, by $iouType, classes used: $useCategories',
    ({ model, iouType, useCategories }) => {
      const expected = readShared<Scores>('data', 'reference', 'scores.json')[model]
      const { summary } = evaluateDetections({
        groundTruth: readCocoMini(),
        detections: readReferenceDetections(model),
        iouType,
        useCategories,
      })
      const reference = expected[useCategories ? iouType : (`${iouType}-class-agnostic` as const)]
      expect(Object.keys(summary).sort()).toEqual(Object.keys(reference).sort())
      const differences = Object.entries(reference).map(([metric, value]) => ({
        metric,
        difference: Math.abs(summary[metric as keyof EvaluationSummary] - (value as number)),
      }))
      expect(differences.filter(({ difference }) => !(difference < 1e-6))).toEqual([])
    },
  )

  it('has a table of the classes that adds up to the summary', () => {
    const { summary, perClass } = evaluateDetections({
      groundTruth: readCocoMini(),
      detections: readReferenceDetections('int8'),
      iouType: 'segm',
      useCategories: true,
    })
    expect(perClass).toHaveLength(80)
    const present = perClass.filter(({ groundTruthCount }) => groundTruthCount > 0)
    const meanAp = present.reduce((sum, { AP }) => sum + AP, 0) / present.length
    expect(meanAp).toBeCloseTo(summary.AP, 10)
    expect(perClass.reduce((sum, one) => sum + one.groundTruthCount, 0)).toBe(619)
    expect(perClass.reduce((sum, one) => sum + one.detectionCount, 0)).toBe(2020)
  })

  it('scores higher with oracle labels than with the detector’s own', () => {
    const rows = evaluateWithOracles({
      groundTruth: readCocoMini(),
      detections: readReferenceDetections('int8'),
      iouType: 'bbox',
      onGroundTruthBoxes: null,
    })
    expect(rows.oracleLabels.summary.AP50).toBeGreaterThan(rows.recipe.summary.AP50 + 0.05)
    expect(rows.groundTruthBoxes).toBeNull()
  })
})
