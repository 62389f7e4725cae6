import { createApp, type App, type AppOptions } from '#main/app/create-app.ts'

/** The application over a project that was labelled before: what it is asked for needs no model. */
export function openWithoutModel(
  projectFile: string,
  options: Pick<AppOptions, 'packRoots' | 'resourcesFolder'>,
): App {
  return createApp({
    ...options,
    projectFile,
    open: {},
    reviewerName: null,
    inference: {
      launch: () => {
        throw new Error('No model is needed here.')
      },
      ...{ pack: null, precision: null, graph: null, provider: 'cpu', threads: 0 },
      maxPixels: 2 ** 28,
    },
    report: (error) => {
      throw error
    },
  })
}
