import { rleArea, rleBbox } from '#shared/geometry/rle-algebra.ts'
import { rleFromCocoString } from '#shared/geometry/rle.ts'
import type { AnnotationRecord, EncodedMask, MaskRecord } from '#shared/contract/records.ts'
import { recordKey } from '#shared/history/record-diff.ts'
import type { ShapeEdit } from '#renderer/correction/edit-context.ts'
import { bitmapFromRows } from '../../../support/random-masks.ts'
import {
  annotationRecord,
  FakeApplication,
  imageRecord,
  Refusal,
  vocabularyOf,
} from '../labelling/application-fixture.ts'
import type { Answers } from '../labelling/application-fixture.ts'
import { targetOf } from './edit-fixture.ts'

const recordOf = (mask: EncodedMask): MaskRecord => {
  const rle = rleFromCocoString(mask.counts, mask)
  return { ...mask, hash: `hash ${mask.counts}`, bbox: rleBbox(rle), area: rleArea(rle) }
}

export const SIZE = { width: 10, height: 10 }
/** Rows of ten pixels; those left out are empty. */
export const maskOfRows = (...rows: string[]): EncodedMask => {
  const blank = Array.from({ length: SIZE.height - rows.length }, () => '.'.repeat(SIZE.width))
  return targetOf(1, bitmapFromRows(...rows, ...blank)).mask
}

/** An application that keeps the masks of one image as the real one does, without overlaps. */
export class MaskApplication extends FakeApplication {
  readonly masks = new Map<string, MaskRecord>()
  annotations: AnnotationRecord[] = []
  #nextId = 100

  constructor(masks: readonly EncodedMask[], answers: Answers = {}) {
    super()
    this.annotations = masks.map((mask, i) => this.#annotationOf(i + 1, 1, this.keep(mask)))
    const vocabulary = vocabularyOf(1, 'bus', 'cat', 'dog')
    Object.assign(this.answers, {
      'vocabulary.get': () => vocabulary,
      'images.ids': () => ({ imageIds: [1, 2] }),
      'images.open': ({ imageId }: { readonly imageId: number }) => ({
        image: imageRecord(imageId),
        annotations: imageId === 1 ? this.annotations : [],
        masks: [...this.masks.values()],
        history: { undo: null, redo: null },
        revision: this.revision,
      }),
      'masks.get': ({ hashes }: { readonly hashes: readonly string[] }) =>
        hashes.flatMap((hash) => this.masks.get(hash) ?? []),
      'prompts.available': () => ({ box: true, points: false, why: 'No pack of the kind SAM.' }),
      'annotations.edit': (edit: ShapeEdit) => this.#edit(edit),
      ...answers,
    })
  }

  get edits(): ShapeEdit[] {
    return this.inputsOf('annotations.edit') as ShapeEdit[]
  }

  keep(mask: EncodedMask): MaskRecord {
    const record = recordOf(mask)
    this.masks.set(record.hash, record)
    return record
  }

  #annotationOf(id: number, classId: number, { hash, bbox, area }: MaskRecord): AnnotationRecord {
    return annotationRecord(id, { classId, maskHash: hash, bbox, area, candidateId: null })
  }

  #edit({ imageId, create = [], update = [], remove = [] }: ShapeEdit): object {
    const before = new Map(this.annotations.map((one) => [one.id, one]))
    const named = [...update, ...remove]
    if (named.some((one) => before.get(one.annotationId)?.maskHash !== one.expectedMaskHash)) {
      throw new Refusal('CONFLICT')
    }
    const added: Record<`annotation:${number}`, AnnotationRecord> = {}
    const updated: Record<`annotation:${number}`, readonly [AnnotationRecord, AnnotationRecord]> =
      {}
    const removed: Record<`annotation:${number}`, AnnotationRecord> = {}
    const createdIds = create.map(({ classId, mask }) => {
      const id = this.#nextId++
      added[recordKey('annotation', id)] = {
        ...this.#annotationOf(id, classId, this.keep(mask)),
        imageId,
      }
      return id
    })
    for (const { annotationId, mask } of update) {
      const from = before.get(annotationId)!
      const to = {
        ...this.#annotationOf(annotationId, from.classId, this.keep(mask)),
        state: 'edited' as const,
      }
      updated[recordKey('annotation', annotationId)] = [from, to]
    }
    for (const { annotationId } of remove) {
      removed[recordKey('annotation', annotationId)] = before.get(annotationId)!
    }
    const gone = new Set(remove.map(({ annotationId }) => annotationId))
    const changed = new Map(Object.values(updated).map(([, to]) => [to.id, to]))
    this.annotations = [
      ...this.annotations
        .filter(({ id }) => !gone.has(id))
        .map((one) => changed.get(one.id) ?? one),
      ...Object.values(added),
    ]
    this.change({ added, updated, removed })
    return { changeId: this.revision, revision: this.revision, createdIds }
  }
}
