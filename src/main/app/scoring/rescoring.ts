import type { RescoreSummary } from '#shared/contract/commands.ts'
import type { AppEvents } from '#shared/contract/events.ts'
import type { EventHub } from '#shared/contract/event-hub.ts'
import type { ServiceReport } from '#shared/vocabulary/service-report.ts'
import { recordsOfKind, updatesOfKind } from '#shared/history/record-diff.ts'
import type { CandidatesOfImage } from '#main/storage/candidate-repository.ts'
import type { ProjectDatabase } from '#main/storage/project-database.ts'
import {
  commitProposals,
  noteDoubts,
  noteScores,
  type CommittedProposals,
} from './commit-proposals.ts'
import {
  parametersOfRun,
  refuseUnscored,
  withScoring,
  type RunParameters,
} from '../models/run-parameters.ts'
import type { RunScorers } from './run-scorers.ts'
import type { ImageScorer } from './scoring.ts'
import { WorkSlice } from '#main/jobs/work-slice.ts'

/** A step of the history that merges with the one before it, if that is one too. */
export const LABEL_OF_RESCORE = 'Re-score'

export interface RescoreOrder {
  /** Replaces these parameters in the runs on record. */
  readonly scoring?: Readonly<Record<string, unknown>>
  /** Change them only in these runs; in all, if not given. */
  readonly runIds?: readonly number[]
  /** Scored and told before all others. */
  readonly firstImageIds?: readonly number[]
  /** Its annotations stay: a person is at work there. The next call scores it. */
  readonly exceptImageId?: number | null
}

/** Scores stored candidates with the present vocabulary; no model runs. */
export class Rescoring {
  readonly #project: ProjectDatabase
  readonly #scorers: RunScorers
  readonly #events: EventHub<AppEvents>
  /** The newest call; an older one that is not through ends where it is. */
  #call = 0

  constructor(project: ProjectDatabase, scorers: RunScorers, events: EventHub<AppEvents>) {
    this.#project = project
    this.#scorers = scorers
    this.#events = events
  }

  /** Runs that found the regions that the project has now, or are about to find more. */
  runsInUse(): { readonly id: number; readonly parameters: RunParameters }[] {
    const { candidates, jobs, runs } = this.#project
    const open = jobs.findResumable().flatMap(({ runId }) => runId ?? [])
    return [...new Set([...candidates.listRunIds(), ...open])].flatMap((id) => {
      const run = runs.get(id)
      return run ? [{ id, parameters: parametersOfRun(run) }] : []
    })
  }

  /**
   * Whether `rescore` would take these parameters.
   * @throws LexmaskError INVALID_INPUT
   */
  assertScoring(scoring: Readonly<Record<string, unknown>>): void {
    const runs = this.runsInUse()
    if (runs.length === 0) return
    const recipes = runs.map(({ parameters }) => parameters.recipe)
    refuseUnscored(scoring, recipes)
    for (const { parameters } of runs) withScoring(parameters, scoring)
  }

  /**
   * How `rescore` would serve the present words, once for each recipe and detector among the runs.
   *
   * @param scoring as for `rescore`
   */
  reports(scoring: Readonly<Record<string, unknown>>): Promise<ServiceReport[]> {
    const runs = this.runsInUse().map(({ parameters }) => withScoring(parameters, scoring))
    return this.#scorers.reportsOf(runs)
  }

  /**
   * Annotations of images that a person has finished are left alone; so are those that a person has
   * touched. A later call takes over.
   *
   * @throws LexmaskError INVALID_INPUT for a parameter that scoring does not have; nothing was changed
   */
  async rescore({
    scoring = {},
    runIds,
    firstImageIds = [],
    exceptImageId = null,
  }: RescoreOrder): Promise<RescoreSummary> {
    const project = this.#project
    const call = ++this.#call
    this.#changeScoring(scoring, runIds)
    const revision = project.meta.vocabularyRevision()
    const scorers = new Map<number, ImageScorer>()
    for (const runId of project.candidates.listRunIds()) {
      scorers.set(runId, await this.#scorers.ofRun(runId))
    }
    const unserved = [...scorers.values()].flatMap((scorer) => scorer.unservedWords)
    const summary = { images: 0, added: 0, updated: 0, removed: 0 }
    const answer = (isSuperseded: boolean): RescoreSummary => {
      return { ...summary, unservedWords: [...new Set(unserved)], isSuperseded }
    }
    const images = this.#inOrder(firstImageIds)
    const awaited = new Set(firstImageIds)
    // A transaction each: it waits for the disk.
    const slice = new WorkSlice()
    for (;;) {
      if (call !== this.#call) return answer(true)
      const batch = this.#scoreBatch(slice, images, scorers, exceptImageId, awaited)
      for (const { change, diff } of batch.committed) {
        summary.images++
        summary.added += recordsOfKind(diff.added, 'annotation').length
        summary.updated += updatesOfKind(diff.updated, 'annotation').length
        summary.removed += recordsOfKind(diff.removed, 'annotation').length
        if (change) this.#events.emit('records.changed', change)
      }
      if (batch.isLast) break
      await slice.giveWay()
    }
    this.#noteScored(revision)
    return answer(false)
  }

  /** For proposals that undo brought back without what scoring had said of them. */
  async fillDoubts(imageId: number): Promise<void> {
    const { annotations, candidates } = this.#project
    if (!annotations.hasUnscored(imageId)) return
    const runId = candidates.runOfImage(imageId)
    if (runId === null) return
    const scorer = await this.#scorers.ofRun(runId)
    this.#project.transaction(() =>
      noteDoubts(this.#project, imageId, candidates.listForImage(imageId), scorer),
    )
  }

  /** Image by image, the first ones first. */
  *#inOrder(firstImageIds: readonly number[]): Generator<CandidatesOfImage, void, undefined> {
    const { candidates } = this.#project
    const first = new Set(firstImageIds)
    for (const imageId of first) yield { imageId, candidates: candidates.listForImage(imageId) }
    for (const imageId of candidates.iterateImageIds()) {
      if (!first.has(imageId)) yield { imageId, candidates: candidates.listForImage(imageId) }
    }
  }

  /**
   * What can be done in a moment, in one transaction; an image at least.
   * @param awaited the images to be told of first; the batch takes out what it has scored
   */
  #scoreBatch(
    slice: WorkSlice,
    images: Generator<CandidatesOfImage, void, undefined>,
    scorers: ReadonlyMap<number, ImageScorer>,
    exceptImageId: number | null,
    awaited: Set<number>,
  ): { readonly committed: readonly CommittedProposals[]; readonly isLast: boolean } {
    return this.#project.transaction(() => {
      const committed: CommittedProposals[] = []
      do {
        const next = images.next()
        if (next.done) return { committed, isLast: true }
        if (next.value.imageId === exceptImageId) continue
        committed.push(...this.#scoreImage(next.value, scorers))
        // Somebody looks at these: they are told of before more is done.
        if (awaited.delete(next.value.imageId) && awaited.size === 0) break
      } while (!slice.isOver)
      return { committed, isLast: false }
    })
  }

  #scoreImage(
    { imageId, candidates }: CandidatesOfImage,
    scorers: ReadonlyMap<number, ImageScorer>,
  ): CommittedProposals[] {
    // A run that began meanwhile scores its images itself.
    const scorer = candidates.length > 0 ? scorers.get(candidates[0].runId) : undefined
    if (!scorer) return []
    if (this.#project.images.get(imageId)?.status === 'reviewed') {
      noteScores(this.#project, imageId, candidates, scorer)
      return []
    }
    return [
      commitProposals(this.#project, imageId, candidates, scorer, {
        label: LABEL_OF_RESCORE,
        jobId: null,
        merge: true,
        replaceTouched: false,
      }),
    ]
  }

  #changeScoring(
    changes: Readonly<Record<string, unknown>>,
    runIds: readonly number[] | undefined,
  ): void {
    if (Object.keys(changes).length === 0) return
    this.assertScoring(changes)
    this.#project.transaction(() => {
      for (const { id, parameters } of this.runsInUse()) {
        if (runIds && !runIds.includes(id)) continue
        this.#setParameters(id, { ...withScoring(parameters, changes), scoredRevision: null })
      }
    })
    this.#scorers.forget()
  }

  #noteScored(revision: number): void {
    this.#project.transaction(() => {
      for (const { id, parameters } of this.runsInUse()) {
        this.#setParameters(id, { ...parameters, scoredRevision: revision })
      }
    })
  }

  #setParameters(runId: number, parameters: RunParameters): void {
    const { regions, scoring, models, facts, replaceTouched, scoredRevision } = parameters
    const stored = { regions, scoring, models, facts, replaceTouched, scoredRevision }
    this.#project.runs.setParameters(runId, stored)
  }
}
