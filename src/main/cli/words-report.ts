import type { ClassService, ServiceReport } from '#shared/vocabulary/service-report.ts'
import { isUntrained } from '#shared/vocabulary/word-server.ts'
import { tableLines } from './text-table.ts'

/** Classes of which there is nothing to tell one by one, with how many of them are told. */
const PLAIN_GROUPS: readonly {
  readonly isOne: (service: ClassService) => boolean
  readonly tell: (count: number) => string
}[] = [
  {
    isOne: ({ way, words, yieldsTo, labelled }) =>
      way === 'exact' &&
      yieldsTo.length === 0 &&
      labelled.length === 1 &&
      words.every((word) => word.way !== 'unserved' && word.way !== 'region-text'),
    tell: (count) =>
      count === 1 ? "1 class is the detector's own" : `${count} classes are the detector's own`,
  },
  {
    isOne: ({ way, words, yieldsTo }) =>
      way === 'region-text' &&
      yieldsTo.length === 0 &&
      words.every((word) => word.textRelation === 'exact' && !isUntrained(word)),
    tell: (count) =>
      `${count === 1 ? '1 class is' : `${count} classes are`} found by text vectors of their own; ` +
      'less certain than a class of the detector',
  },
  {
    isOne: ({ way }) => way === 'clip',
    tell: (count) => `${count === 1 ? '1 class is' : `${count} classes are`} found by CLIP`,
  },
]

/**
 * What is said before a run: how many classes are found by their own names, a line for each other
 * one, and at the end those that nothing serves with what to do about it.
 */
export function briefReport({ classes, negatives, packAdvice, advice }: ServiceReport): string[] {
  const plainLines = PLAIN_GROUPS.flatMap(({ isOne, tell }) => {
    const count = classes.filter(isOne).length
    return count === 0 ? [] : [tell(count)]
  })
  const others = classes.filter((service) => !PLAIN_GROUPS.some(({ isOne }) => isOne(service)))
  const isUnserved = ({ way }: ClassService): boolean => way === 'unserved'
  return [
    ...plainLines,
    ...others.filter((service) => !isUnserved(service)).map(({ sentence }) => sentence),
    ...negatives.filter(takesNothing).map(({ sentence }) => sentence),
    ...others.filter(isUnserved).map(({ sentence }) => sentence),
    ...[packAdvice, advice].filter((one) => one !== null),
  ]
}

const takesNothing = ({
  detectorClasses,
  textNames,
  service,
}: ServiceReport['negatives'][number]): boolean =>
  service.way !== 'clip' && detectorClasses.length + textNames.length === 0

/** All of it: a table of the words, the negatives, and what to do. */
export function fullReport({ classes, negatives, packAdvice, advice }: ServiceReport): string {
  const rows = classes.flatMap(({ name, way, effect, words }) => [
    [name, way, effect],
    ...(words.length === 1 ? [] : words.map((word) => [`  ${word.word}`, word.way, meant(word)])),
  ])
  return [
    tableLines([['word', 'how', 'what is labelled'], ...rows]).join('\n'),
    negatives.map(({ sentence }) => sentence).join('\n'),
    ...[packAdvice, advice].filter((one) => one !== null),
  ]
    .filter((part) => part !== '')
    .join('\n\n')
}

/** What one of several words of a class stands for; what is labelled stands with the class. */
function meant({ way, detectorClasses, textNames }: ClassService['words'][number]): string {
  if (way === 'clip' || way === 'unserved') return ''
  return (way === 'region-text' ? textNames : detectorClasses).join(', ')
}
