import { describe, expect, it } from 'vitest'
import type { AnnotationRecord, ImageRecord } from '#shared/contract/records.ts'
import { detectorRegionsSchema, detectorScoringSchema } from '#shared/contract/recipes.ts'
import {
  commitProposals,
  type CommittedProposals,
  type ProposalChange,
} from '#main/app/scoring/commit-proposals.ts'
import type { RunParameters } from '#main/app/models/run-parameters.ts'
import type { ProposalScorer } from '#main/app/scoring/scoring.ts'
import type { ProjectDatabase } from '#main/storage/project-database.ts'
import { candidateAt, edit, openStreet, runDraft } from './storage-fixture.ts'

interface Bench {
  readonly project: ProjectDatabase
  readonly imageId: number
  /** Scores the stored candidates so, and commits what follows. */
  readonly commit: (
    scores: readonly number[],
    change?: Partial<ProposalChange>,
  ) => CommittedProposals
  readonly annotations: () => AnnotationRecord[]
  readonly image: () => ImageRecord | null
}

/** An image with three stored candidates that a run found. */
function openBench(): Bench {
  const { project, imageIds } = openStreet()
  const [imageId] = imageIds
  const runId = project.transaction(() => {
    const id = project.runs.insert(runDraft())
    project.candidates.replaceForImage(imageId, id, [4, 17, 30].map(candidateAt))
    return id
  })
  const jobId = project.transaction(() =>
    project.jobs.create({ runId, kind: 'prelabel', createdMs: 1, imageIds: [imageId] }),
  )
  const parameters: RunParameters = {
    recipe: 'detector',
    regions: detectorRegionsSchema.parse({}),
    scoring: detectorScoringSchema.parse({}),
    models: {
      detector: 'maskrcnn2go-coco',
      graph: 'regions',
      precision: 'int8',
      clip: null,
      clipForm: 'whole',
    },
    facts: {
      detectorClasses: ['person', '', '', '', '', '', 'train'],
      clip: null,
      sameTextSpace: false,
    },
    replaceTouched: false,
    scoredRevision: null,
  }
  return {
    project,
    imageId,
    commit: (scores, change = {}) => {
      const scorer: ProposalScorer = {
        vocabulary: project.vocabulary.get(),
        parameters,
        unservedWords: [],
        detectorClasses: [new Set(), new Set()],
        score: () => {
          const detections = scores.map((score, candidate) => ({
            candidate,
            classIndex: 0,
            isNegative: false,
            score,
            servedAs: 'exact' as const,
          }))
          return { called: detections, detections }
        },
      }
      const candidates = project.candidates.listForImage(imageId)
      const options = { label: 'Auto-label', jobId, merge: false, replaceTouched: false, ...change }
      return project.transaction(() =>
        commitProposals(project, imageId, candidates, scorer, options),
      )
    },
    annotations: () => project.annotations.listForImage(imageId),
    image: () => project.images.get(imageId),
  }
}

const RESCORE = { label: 'Re-score', jobId: null, merge: true } as const

describe('the proposals of a run', () => {
  it('are on the image in one step that undo takes back, status and all', () => {
    const { project, imageId, commit, annotations, image } = openBench()
    commit([0.9, 0.8, 0.1])
    expect(annotations().map(({ score }) => score)).toEqual([0.9, 0.8])
    expect(annotations()[0].provenance?.detectorClass).toBe('train')
    expect(image()?.status).toBe('labelled')
    project.transaction(() => project.history.undo(imageId))
    expect(annotations()).toEqual([])
    expect(image()?.status).toBe('new')
  })

  it('label an image also when nothing is found in it', () => {
    const { commit, annotations, image } = openBench()
    commit([])
    expect(annotations()).toEqual([])
    expect(image()?.status).toBe('labelled')
  })

  it('change nothing and tell nobody when they are as they were', () => {
    const { commit } = openBench()
    expect(commit([0.9]).change).not.toBeNull()
    expect(commit([0.9], RESCORE).change).toBeNull()
  })

  it('keep their ids and are one step however often they are scored again', () => {
    const { project, imageId, commit, annotations } = openBench()
    commit([0.9, 0.8])
    const ids = annotations().map(({ id }) => id)
    commit([0.7, 0.6, 0.5], RESCORE)
    commit([0.6, 0.5, 0.1], RESCORE)
    expect(annotations().map(({ id, score }) => [id, score])).toEqual([
      [ids[0], 0.6],
      [ids[1], 0.5],
    ])
    project.transaction(() => project.history.undo(imageId))
    expect(annotations().map(({ id, score }) => [id, score])).toEqual([
      [ids[0], 0.9],
      [ids[1], 0.8],
    ])
  })

  it('leave what a person accepted as it is', () => {
    const { project, commit, annotations } = openBench()
    commit([0.9, 0.8])
    const [first] = annotations()
    edit(project, first, { state: 'accepted' })
    commit([0.3, 0.1], RESCORE)
    expect(annotations()).toEqual([{ ...first, state: 'accepted' }])
  })
})

describe('a reviewed image', () => {
  it('waits for its review again when a run finds something new in it', () => {
    const { project, imageId, commit, image } = openBench()
    commit([0.9])
    project.transaction(() => project.images.update(imageId, { status: 'reviewed' }))
    commit([0.9, 0.8])
    expect(image()?.status).toBe('labelled')
  })

  it('stays reviewed when a run finds nothing new', () => {
    const { project, imageId, commit, image } = openBench()
    commit([0.9])
    project.transaction(() => project.images.update(imageId, { status: 'reviewed' }))
    commit([0.8])
    expect(image()?.status).toBe('reviewed')
  })
})

describe('an image whose last run failed', () => {
  it('stays failed, with its reason, while its old regions are scored again', () => {
    const { project, imageId, commit, annotations, image } = openBench()
    const why = { status: 'failed', error: 'The file is gone.' } as const
    project.transaction(() => project.images.update(imageId, why))
    commit([0.9], RESCORE)
    expect(annotations()).toHaveLength(1)
    expect(image()).toMatchObject(why)
  })

  it('is labelled once a run has gone well', () => {
    const { project, imageId, commit, image } = openBench()
    // A run takes the reason away before its proposals are committed.
    project.transaction(() => project.images.update(imageId, { status: 'failed', error: null }))
    commit([0.9])
    expect(image()).toMatchObject({ status: 'labelled', error: null })
  })
})
