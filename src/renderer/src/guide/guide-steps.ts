export const GUIDE_STEPS = ['addPhotos', 'writeWords', 'label', 'review', 'export'] as const
export type GuideStep = (typeof GUIDE_STEPS)[number]

export interface Progress {
  readonly images: number
  readonly classes: number
  /** Images that a run or a person is through with. */
  readonly labelled: number
  readonly reviewed: number
  readonly isExported: boolean
}

/** The steps of the first-run guide that are behind the person. */
export function doneSteps(progress: Progress): ReadonlySet<GuideStep> {
  const isDone: Readonly<Record<GuideStep, boolean>> = {
    addPhotos: progress.images > 0,
    writeWords: progress.classes > 0,
    label: progress.labelled > 0,
    review: progress.reviewed > 0,
    export: progress.isExported,
  }
  return new Set(GUIDE_STEPS.filter((step) => isDone[step]))
}
