import { isDeepStrictEqual } from 'node:util'
import {
  FLAG_ATTRIBUTES,
  faultOfValue,
  isForClass,
  type AttributeDefinition,
  type AttributeValue,
  type AttributeValues,
} from '#shared/contract/attributes.ts'
import type { CommandInput } from '#shared/contract/commands.ts'
import { LexmaskError } from '#shared/contract/errors.ts'
import type { AnnotationRecord } from '#shared/contract/records.ts'
import { diffRecords } from '#shared/history/record-diff.ts'
import type { CommittedChange } from '#main/storage/history-store.ts'
import type { ProjectDatabase } from '#main/storage/project-database.ts'

/** @throws LexmaskError NOT_FOUND for a class that is gone, CONFLICT for an old list */
export function defineAttributes(
  project: ProjectDatabase,
  { definitions, expected }: CommandInput<'attributes.define'>,
  madeBy: string | null,
): CommittedChange | null {
  return project.transaction(() => {
    const before = project.meta.attributes()
    if (!isDeepStrictEqual(before.definitions, expected)) {
      throw new LexmaskError(
        'CONFLICT',
        'The attributes were changed in the meantime. Look at them and make your change again.',
      )
    }
    const known = new Set(before.definitions.flatMap(({ classIds }) => classIds ?? []))
    const classIds = [...new Set(definitions.flatMap((one) => one.classIds ?? []))]
    // What was said of a class stays when the class goes: undo brings the class back.
    const missing = classIds.filter(
      (id) => !known.has(id) && project.vocabulary.getClass(id) === null,
    )
    if (missing.length > 0) {
      throw new LexmaskError(
        'NOT_FOUND',
        'A class of this attribute is not there any more. Choose its classes again.',
        { classIds: missing },
      )
    }
    const diff = diffRecords('attributes', [before], [{ ...before, definitions }])
    return project.history.commitChange({ imageId: null, label: 'Edit attributes', diff, madeBy })
  })
}

/**
 * @param values null takes one away, which is allowed for any name
 * @throws LexmaskError INVALID_INPUT for values that annotations of the class cannot have
 */
export function checkValues(
  definitions: readonly AttributeDefinition[],
  classId: number,
  values: Readonly<Record<string, AttributeValue | null>>,
): void {
  const byName = new Map(definitions.map((definition) => [definition.name, definition]))
  for (const [name, value] of Object.entries(values)) {
    if (value === null) continue
    const definition = byName.get(name)
    if (definition === undefined) {
      throw new LexmaskError(
        'INVALID_INPUT',
        `There is no attribute "${name}" in this project. Define it first.`,
        { attribute: name },
      )
    }
    if (!isForClass(definition, classId)) {
      throw new LexmaskError(
        'INVALID_INPUT',
        `The attribute "${name}" is not for this class. Choose annotations of its classes.`,
        { attribute: name, classId },
      )
    }
    const fault = faultOfValue(definition, value)
    if (fault !== null) {
      throw new LexmaskError('INVALID_INPUT', `The attribute ${fault}.`, { attribute: name })
    }
  }
}

/**
 * What is exported of an annotation, in the order of the definitions: its own values, for those it
 * has none of the defaults, and at the end the values of attributes that are defined no more. The
 * flags stand first, those that are set.
 */
export function exportedAttributes(
  definitions: readonly AttributeDefinition[],
  annotation: AnnotationRecord,
): AttributeValues {
  const { classId, attributes } = annotation
  const flags = Object.entries(FLAG_ATTRIBUTES).flatMap(
    ([flag, name]): [string, AttributeValue][] =>
      annotation[flag as keyof typeof FLAG_ATTRIBUTES] ? [[name, true]] : [],
  )
  const defaults = definitions.flatMap((one): [string, AttributeValue][] =>
    one.default === null || !isForClass(one, classId) ? [] : [[one.name, one.default]],
  )
  const values = new Map([...defaults, ...Object.entries(attributes)])
  const places = new Map(definitions.map(({ name }, place) => [name, place]))
  const placeOf = (name: string): number => places.get(name) ?? places.size
  const sorted = [...values].sort(
    ([a], [b]) => placeOf(a) - placeOf(b) || (a < b ? -1 : a > b ? 1 : 0),
  )
  return Object.fromEntries([...flags, ...sorted])
}
