import type { Taught, TeachState } from '#shared/contract/commands.ts'
import type { AnnotationRecord } from '#shared/contract/records.ts'
import { recordsOfKind, updatesOfKind, type RecordDiff } from '#shared/history/record-diff.ts'
import type { ProjectDatabase } from '#main/storage/project-database.ts'
import { learnClass, learnShared, type Lesson, type TaughtExample } from '#main/vision/lesson.ts'
import type { Rescoring } from '../scoring/rescoring.ts'
import type { RunScorers } from '../scoring/run-scorers.ts'
import type { ImageScorer } from '../scoring/scoring.ts'
import { spaceOf, type TaughtLessons } from '../scoring/taught-lessons.ts'
import { examplesOfImage } from './teach-examples.ts'
import { WorkSlice } from '#main/jobs/work-slice.ts'

/** It is learnt anew by itself after so many answers (ADR 0016). */
export const LEARN_AFTER = 25
/** Of each kind of answer of a class: the newest images' are enough, and more would take longer. */
const MOST_EXAMPLES = 128

/** Learns from what a person answered, and has what is stored scored anew with it. */
export class Teaching {
  readonly #project: ProjectDatabase
  readonly #scorers: RunScorers
  readonly #rescoring: Rescoring
  readonly #lessons: TaughtLessons
  readonly #report: (error: unknown) => void
  /** null until it is asked for: what was answered before this start is counted then. */
  #newAnswers: number | null = null
  /** Where a person answered last: annotations there do not move while it is learnt by itself. */
  #lastImageId: number | null = null
  #learning: Promise<unknown> = Promise.resolve()
  #isClosing = false

  constructor(
    project: ProjectDatabase,
    scorers: RunScorers,
    rescoring: Rescoring,
    lessons: TaughtLessons,
    report: (error: unknown) => void,
  ) {
    this.#project = project
    this.#scorers = scorers
    this.#rescoring = rescoring
    this.#lessons = lessons
    this.#report = report
  }

  state(): TeachState {
    const { meta, lessons } = this.#project
    this.#newAnswers ??= this.#answersSinceLearnt()
    return {
      weight: meta.teachingWeight(),
      answers: lessons.countAnswers(),
      learnt: meta.learnt(),
      newAnswers: this.#newAnswers,
      learnAfter: LEARN_AFTER,
      forgottenMs: meta.teachingForgottenMs(),
    }
  }

  /**
   * Switched on, it learns first from what was answered meanwhile.
   * @param weight 0..1
   */
  async setWeight(weight: number, firstImageIds: readonly number[]): Promise<Taught> {
    const { meta } = this.#project
    const isSwitchedOn = weight > 0 && meta.teachingWeight() === 0
    this.#project.transaction(() => meta.setTeachingWeight(weight))
    if (isSwitchedOn) await this.#learnAlone()
    return this.#rescore(firstImageIds)
  }

  /** Learns from all answers now. */
  async apply(firstImageIds: readonly number[]): Promise<Taught> {
    await this.#learnAlone()
    return this.#rescore(firstImageIds)
  }

  /** Of the answers up to now nothing is known any more but the annotations. */
  async forget(firstImageIds: readonly number[]): Promise<Taught> {
    const { meta, lessons } = this.#project
    this.#project.transaction(() => {
      lessons.forgetAnswers()
      meta.setTeachingForgottenMs(Date.now())
      meta.setLearnt(null)
      this.#lessons.replace(new Map())
    })
    this.#newAnswers = 0
    return this.#rescore(firstImageIds)
  }

  /**
   * Counts the answers of a change of records; when there are enough, learns from all in the
   * background. What scoring itself changed is none.
   */
  note(diff: RecordDiff): void {
    const answers = answersOf(diff)
    if (answers.length === 0 || this.#isClosing) return
    // What is counted now has these answers already.
    if (this.#newAnswers === null) this.#newAnswers = this.#answersSinceLearnt()
    else this.#newAnswers += answers.length
    this.#lastImageId = answers[answers.length - 1].imageId
    if (this.#newAnswers < LEARN_AFTER || this.#project.meta.teachingWeight() === 0) return
    this.#learnByItself().catch(this.#report)
  }

  /** Of a person, as far as numbers say: an answer that was changed since is not told from others. */
  #answersSinceLearnt(): number {
    const { meta } = this.#project
    return Math.max(0, this.#answerCount() - (meta.learnt()?.answers ?? 0))
  }

  #answerCount(): number {
    return this.#project.lessons
      .countAnswers()
      .reduce((sum, { accepted, rejected }) => sum + accepted + rejected, 0)
  }

  /** Learns nothing more; what is being learnt ends. */
  async close(): Promise<void> {
    this.#isClosing = true
    await this.#learning.catch(() => undefined)
  }

  async #learnByItself(): Promise<void> {
    await this.#learnAlone()
    if (this.#isClosing) return
    const { jobs } = this.#project
    // A run scores as it goes, and all of it when it ends: two of them would only get in each other's way.
    if (jobs.findResumable().length > 0) return
    this.#learning = this.#rescoring.rescore({ exceptImageId: this.#lastImageId })
    await this.#learning
  }

  /** One after another: each begins with what the one before left. */
  async #learnAlone(): Promise<void> {
    const before = this.#learning.catch(() => undefined)
    const learning = before.then(() => (this.#isClosing ? undefined : this.#learn()))
    this.#learning = learning
    await learning
  }

  async #learn(): Promise<void> {
    this.#newAnswers = 0
    const answers = this.#answerCount()
    const lessons = new Map<string, Lesson>()
    for (const [space, examples] of await this.#gather()) {
      lessons.set(space, await lessonOf(examples))
    }
    this.#project.transaction(() => {
      this.#lessons.replace(lessons)
      this.#project.meta.setLearnt(answers > 0 ? { atMs: Date.now(), answers } : null)
    })
  }

  async #rescore(firstImageIds: readonly number[]): Promise<Taught> {
    const rescored = await this.#rescoring.rescore({ firstImageIds })
    return { state: this.state(), rescored }
  }

  /** By space. */
  async #gather(): Promise<Map<string, TaughtExample[]>> {
    const { lessons, candidates } = this.#project
    const found = new Map<string, TaughtExample[]>()
    const scorers = new Map<number, ImageScorer>()
    const counts = new Map<string, number>()
    const slice = new WorkSlice()
    for (const imageId of lessons.listAnsweredImageIds()) {
      const runId = candidates.runOfImage(imageId)
      if (runId === null) continue
      const scorer = scorers.get(runId) ?? (await this.#scorers.untaught(runId))
      scorers.set(runId, scorer)
      // Awaiting let others work: the candidates may be another run's now.
      if (candidates.runOfImage(imageId) !== runId) continue
      const space = spaceOf(scorer.parameters)
      const examples = found.get(space) ?? []
      found.set(space, examples)
      for (const example of examplesOfImage(this.#project, imageId, scorer)) {
        const kind = JSON.stringify([space, example.classId, example.isYes])
        const count = counts.get(kind) ?? 0
        counts.set(kind, count + 1)
        if (count < MOST_EXAMPLES) examples.push(example)
      }
      if (slice.isOver) await slice.giveWay()
    }
    return found
  }
}

async function lessonOf(examples: readonly TaughtExample[]): Promise<Lesson> {
  const shared = learnShared(examples)
  const classes = new Map<number, Float32Array>()
  const slice = new WorkSlice()
  for (const classId of new Set(examples.map((example) => example.classId))) {
    const own = examples.filter((example) => example.classId === classId)
    classes.set(classId, learnClass(own, shared))
    if (slice.isOver) await slice.giveWay()
  }
  return { shared, classes }
}

/** Annotations that are an answer after a change, and were another before it, or none. */
function answersOf({ added, updated }: RecordDiff): AnnotationRecord[] {
  const isAnswer = ({ state }: AnnotationRecord): boolean => state !== 'proposed'
  return [
    ...recordsOfKind(added, 'annotation').filter(isAnswer),
    ...updatesOfKind(updated, 'annotation').flatMap(([before, after]) =>
      isAnswer(after) && (before.state !== after.state || before.classId !== after.classId)
        ? [after]
        : [],
    ),
  ]
}
