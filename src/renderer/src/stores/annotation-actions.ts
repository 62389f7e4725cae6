import type { AttributeValue } from '#shared/contract/attributes.ts'
import type { ChangeReceipt, CommandInput } from '#shared/contract/commands.ts'
import { LexmaskError } from '#shared/contract/errors.ts'
import type { AnnotationState } from '#shared/contract/records.ts'
import { useClient } from '../transport/use-client.ts'
import { useCurrentImageStore } from './current-image.ts'
import { useToastsStore } from './toasts.ts'

export type FlagChange = CommandInput<'annotations.setFlags'>['flags']

/**
 * What a person does to annotations of the image on show. Each answers null when it was not done;
 * why has been told.
 */
export interface AnnotationActions {
  readonly setState: (
    annotationIds: readonly number[],
    state: Exclude<AnnotationState, 'edited'>,
  ) => Promise<ChangeReceipt | null>
  readonly setClass: (
    annotationIds: readonly number[],
    classId: number,
  ) => Promise<ChangeReceipt | null>
  readonly setFlags: (
    annotationIds: readonly number[],
    flags: FlagChange,
  ) => Promise<ChangeReceipt | null>
  /** null takes an own value away. */
  readonly setAttribute: (
    annotationIds: readonly number[],
    name: string,
    value: AttributeValue | null,
  ) => Promise<ChangeReceipt | null>
  /** The annotations in their new stacking order, the lowest first. */
  readonly reorder: (annotationIds: readonly number[]) => Promise<ChangeReceipt | null>
  readonly remove: (annotationIds: readonly number[]) => Promise<ChangeReceipt | null>
  readonly promote: (candidateId: number, classId: number) => Promise<ChangeReceipt | null>
}

export function useAnnotationActions(): AnnotationActions {
  const client = useClient()
  const current = useCurrentImageStore()
  const toasts = useToastsStore()

  async function act(
    ids: readonly number[],
    request: (imageId: number, annotationIds: number[]) => Promise<ChangeReceipt>,
  ): Promise<ChangeReceipt | null> {
    const { imageId } = current
    if (imageId === null || ids.length === 0) return null
    try {
      return await request(imageId, [...ids])
    } catch (error) {
      toasts.showError(error)
      if (isOutOfDate(error)) await current.reload()
      return null
    }
  }

  return {
    setState: (ids, state) =>
      act(ids, (imageId, annotationIds) =>
        client.request('annotations.setState', { imageId, annotationIds, state }),
      ),
    setClass: (ids, classId) =>
      act(ids, (imageId, annotationIds) =>
        client.request('annotations.setClass', { imageId, annotationIds, classId }),
      ),
    setFlags: (ids, flags) =>
      act(ids, (imageId, annotationIds) =>
        client.request('annotations.setFlags', { imageId, annotationIds, flags }),
      ),
    setAttribute: (ids, name, value) =>
      act(ids, (imageId, annotationIds) =>
        client.request('annotations.setAttributes', {
          imageId,
          annotationIds,
          attributes: { [name]: value },
        }),
      ),
    reorder: (ids) =>
      act(ids, (imageId, annotationIds) =>
        client.request('annotations.reorder', { imageId, annotationIds }),
      ),
    remove: (ids) =>
      act(ids, (imageId, annotationIds) =>
        client.request('annotations.delete', { imageId, annotationIds }),
      ),
    promote: (candidateId, classId) =>
      act([candidateId], (imageId) =>
        client.request('candidates.promote', { imageId, candidateId, classId }),
      ),
  }
}

const isOutOfDate = (error: unknown): boolean =>
  error instanceof LexmaskError && ['CONFLICT', 'NOT_FOUND'].includes(error.code)
