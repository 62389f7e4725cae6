import { describe, expect, it } from 'vitest'
import type { SearchHit } from '#shared/contract/commands.ts'
import { diffRecords } from '#shared/history/record-diff.ts'
import { hitsAfter } from '#renderer/search/hits-after.ts'
import { annotationRecord, imageRecord } from '../labelling/application-fixture.ts'

const hit = (changes: Partial<SearchHit> = {}): SearchHit => ({
  imageId: 1,
  candidateId: 7,
  annotationId: 3,
  classId: 1,
  score: 0.5,
  bbox: [0, 0, 4, 4],
  ...changes,
})
const record = annotationRecord(3, { candidateId: 7 })
const change = (from: typeof record | null, to: typeof record | null) =>
  diffRecords('annotation', from === null ? [] : [from], to === null ? [] : [to])

describe('results while people work on', () => {
  it('follow the class of their annotation', () => {
    const [now] = hitsAfter([hit()], change(record, { ...record, classId: 2 }))
    expect(now).toMatchObject({ annotationId: 3, classId: 2 })
  })

  it('have no annotation any more where it was rejected or deleted', () => {
    const none = { annotationId: null, classId: null }
    const rejected = { ...record, state: 'rejected' as const }
    expect(hitsAfter([hit()], change(record, rejected))).toMatchObject([none])
    expect(hitsAfter([hit()], change(record, null))).toMatchObject([none])
  })

  it('have it again when that is taken back', () => {
    const without = hitsAfter([hit()], change(record, null))
    expect(hitsAfter(without, change(null, record))).toEqual([hit()])
  })

  it('leave with their image', () => {
    const other = hit({ imageId: 2, candidateId: 8, annotationId: null, classId: null })
    const gone = diffRecords('image', [imageRecord(1)], [])
    expect(hitsAfter([hit(), other], gone)).toEqual([other])
  })

  it('stay the same list where nothing of them changed', () => {
    const hits = [hit()]
    const other = annotationRecord(9, { candidateId: 70 })
    expect(hitsAfter(hits, change(other, { ...other, classId: 2 }))).toBe(hits)
    expect(hitsAfter(hits, change(record, { ...record, state: 'accepted' }))).toBe(hits)
  })
})
