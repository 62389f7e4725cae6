import type { ProjectHandlers } from '#shared/contract/dispatch.ts'
import type { AppServices } from './app-services.ts'

type TeachHandlers = Pick<ProjectHandlers, Extract<keyof ProjectHandlers, `teach.${string}`>>

export function teachHandlers({ teaching }: AppServices): TeachHandlers {
  return {
    'teach.state': () => teaching.state(),
    'teach.set': ({ weight, firstImageIds }) => teaching.setWeight(weight, firstImageIds),
    'teach.apply': ({ firstImageIds }) => teaching.apply(firstImageIds),
    'teach.forget': ({ firstImageIds }) => teaching.forget(firstImageIds),
  }
}
