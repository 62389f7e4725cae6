import { describe, expect, it } from 'vitest'
import { doneSteps } from '#renderer/guide/guide-steps.ts'

const nothing = { images: 0, classes: 0, labelled: 0, reviewed: 0, isExported: false }

describe('the first steps', () => {
  it('are ticked by what is in the project, in any order', () => {
    expect([...doneSteps(nothing)]).toEqual([])
    expect([...doneSteps({ ...nothing, classes: 2 })]).toEqual(['writeWords'])
    expect([
      ...doneSteps({ images: 3, classes: 1, labelled: 3, reviewed: 1, isExported: true }),
    ]).toEqual(['addPhotos', 'writeWords', 'label', 'review', 'export'])
  })
})
