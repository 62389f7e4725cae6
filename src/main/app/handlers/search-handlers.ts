import type { ProjectHandlers } from '#shared/contract/dispatch.ts'
import type { AppServices } from './app-services.ts'
import { requireImage } from '../images/require-image.ts'

type SearchHandlers = Pick<ProjectHandlers, Extract<keyof ProjectHandlers, `search.${string}`>>

export function searchHandlers({ project, search, phrases }: AppServices): SearchHandlers {
  return {
    'search.words': ({ text, ...options }) => search.words(text, options),
    'search.phrase': (input) => {
      if (input.imageId !== null) requireImage(project, input.imageId)
      return phrases.find(input)
    },
    'search.like': ({ imageId, limit, per, ...of }) => {
      requireImage(project, imageId)
      return search.like(imageId, of, { limit, per })
    },
  }
}
