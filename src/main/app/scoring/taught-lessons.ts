import { isClipRecipe } from '#shared/contract/recipes.ts'
import type { ProjectDatabase } from '#main/storage/project-database.ts'
import type { Detection } from '#main/vision/detections.ts'
import { teachDetections, type Lesson } from '#main/vision/lesson.ts'
import type { RunParameters } from '../models/run-parameters.ts'
import type { CalledImage, ImageScorer } from './scoring.ts'

/**
 * What the regions of a run are told apart by. A lesson about one kind of region says nothing of
 * another: their numbers mean other things.
 */
export function spaceOf({ recipe, models, facts }: RunParameters): string {
  return isClipRecipe(recipe)
    ? JSON.stringify([recipe, facts.clip?.encoder ?? models.clip])
    : JSON.stringify([recipe, models.detector])
}

/** The lessons of a project as scoring applies them. */
export class TaughtLessons {
  readonly #project: ProjectDatabase
  /** By space; read at the first use. */
  #lessons: ReadonlyMap<string, Lesson> | null = null

  constructor(project: ProjectDatabase) {
    this.#project = project
  }

  /** What corrects this scorer; null while there is nothing to correct with. */
  of({
    parameters,
    vocabulary,
  }: Pick<ImageScorer, 'parameters' | 'vocabulary'>):
    ((image: CalledImage) => readonly Detection[]) | null {
    const weight = this.#project.meta.teachingWeight()
    const lesson = this.#all().get(spaceOf(parameters))
    if (weight === 0 || !lesson) return null
    const options = {
      classIds: vocabulary.classes.map(({ id }) => id),
      detectorClasses: parameters.facts.detectorClasses.length,
      weight,
      scoreFloor: parameters.scoring.scoreFloor,
    }
    return ({ called, scorable }) => teachDetections(called, scorable, lesson, options)
  }

  /** In place of all earlier ones; in the caller's transaction. */
  replace(lessons: ReadonlyMap<string, Lesson>): void {
    this.#project.lessons.replaceAll(lessons)
    this.#lessons = lessons
  }

  #all(): ReadonlyMap<string, Lesson> {
    return (this.#lessons ??= this.#project.lessons.listAll())
  }
}
