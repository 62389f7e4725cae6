import { describe, expect, it } from 'vitest'
import type { AnnotationRecord, ClassRecord } from '#shared/contract/records.ts'
import type { XywhBox } from '#shared/geometry/box.ts'
import { proposeAnnotations, type ProposalInput } from '#main/app/scoring/propose-annotations.ts'
import type { StoredCandidate } from '#main/storage/candidate-repository.ts'
import type { Detection } from '#main/vision/detections.ts'

const classOf = (id: number, more: Partial<ClassRecord> = {}): ClassRecord => ({
  id,
  name: `class ${id}`,
  synonyms: [],
  prompts: [],
  negatives: [],
  threshold: null,
  colour: '#000000',
  position: id,
  ...more,
})

const candidate = (id: number, more: Partial<StoredCandidate> = {}): StoredCandidate => ({
  id,
  imageId: 1,
  runId: 4,
  box: [0, 0, 10, 10],
  objectness: 0.75,
  detectorClass: 1,
  posterior: { classes: Uint16Array.of(1), probabilities: Float32Array.of(0.5) },
  vector: null,
  boxHeadVector: null,
  maskHash: `mask ${id}`,
  bbox: [id * 100, 0, 10, 10],
  area: 80,
  ...more,
})

const BUS = 11
const TRAM = 12

const annotation = (id: number, more: Partial<AnnotationRecord> = {}): AnnotationRecord => ({
  id,
  imageId: 1,
  classId: BUS,
  maskHash: 'mask 1',
  bbox: [100, 0, 10, 10],
  area: 80,
  isCrowd: false,
  isOccluded: false,
  isTruncated: false,
  attributes: {},
  position: id,
  score: 0.4,
  state: 'proposed',
  origin: 'run',
  candidateId: 1,
  provenance: null,
  ...more,
})

const found = (candidateIndex: number, classIndex: number, score: number): Detection => ({
  candidate: candidateIndex,
  classIndex,
  isNegative: false,
  score,
  servedAs: 'synonym',
})

function propose(more: Partial<ProposalInput>): AnnotationRecord[] {
  let nextId = 1000
  return proposeAnnotations({
    imageId: 1,
    annotations: [],
    candidates: [candidate(1), candidate(2), candidate(3)],
    detections: [],
    classes: [classOf(BUS), classOf(TRAM)],
    threshold: 0.2,
    recipe: 'detector',
    detectorClasses: ['person', 'bus'],
    replaceTouched: false,
    reserveIds: (count) => Array.from({ length: count }, () => nextId++),
    ...more,
  })
}

const places = (annotations: readonly AnnotationRecord[]): string[] =>
  annotations.map(({ id, candidateId, classId }) => `${id}: ${candidateId} as ${classId}`)

describe('what a run proposes', () => {
  it('is an annotation of the mask, with its score and where it came from', () => {
    const box = [10.123, 20.5, 40.129, 60.5] as const
    const candidates = [candidate(1), candidate(2, { box })]
    expect(propose({ candidates, detections: [found(1, 0, 0.6)] })).toEqual([
      {
        id: 1000,
        imageId: 1,
        classId: BUS,
        maskHash: 'mask 2',
        bbox: [200, 0, 10, 10],
        area: 80,
        isCrowd: false,
        isOccluded: false,
        isTruncated: false,
        attributes: {},
        position: 1000,
        score: 0.6,
        state: 'proposed',
        origin: 'run',
        candidateId: 2,
        provenance: {
          recipe: 'detector',
          runId: 4,
          detectorClass: 'bus',
          objectness: 0.75,
          servedAs: 'synonym',
          box: [10.12, 20.5, 30.01, 40],
        },
      },
    ])
  })

  it('names no detector class where the detector saw none', () => {
    const [proposal] = propose({
      candidates: [candidate(1, { detectorClass: null })],
      detections: [found(0, 0, 0.6)],
    })
    expect(proposal.provenance?.detectorClass).toBeNull()
  })

  it('is proposed from the threshold on, and not below', () => {
    const detections = [found(0, 0, 0.2), found(1, 0, 0.1999)]
    expect(places(propose({ detections }))).toEqual([`1000: 1 as ${BUS}`])
  })

  it("goes by a class's own threshold where it has one", () => {
    const classes = [classOf(BUS, { threshold: 0.5 }), classOf(TRAM, { threshold: 0 })]
    const detections = [found(0, 0, 0.49), found(1, 0, 0.5), found(2, 1, 0.05)]
    expect(places(propose({ classes, detections }))).toEqual([
      `1000: 2 as ${BUS}`,
      `1001: 3 as ${TRAM}`,
    ])
  })

  it('leaves out a mask without a pixel', () => {
    const candidates = [candidate(1, { area: 0 }), candidate(2)]
    const detections = [found(0, 0, 0.9), found(1, 0, 0.8)]
    expect(places(propose({ candidates, detections }))).toEqual([`1000: 2 as ${BUS}`])
  })

  it('may give one region two classes', () => {
    const detections = [found(0, 0, 0.9), found(0, 1, 0.8)]
    expect(places(propose({ detections }))).toEqual([`1000: 1 as ${BUS}`, `1001: 1 as ${TRAM}`])
  })

  it('asks for just as many ids as it needs', () => {
    const asked: number[] = []
    propose({
      annotations: [annotation(7)],
      detections: [found(0, 0, 0.9), found(1, 0, 0.8)],
      reserveIds: (count) => {
        asked.push(count)
        return Array.from({ length: count }, (_, i) => 50 + i)
      },
    })
    expect(asked).toEqual([1])
  })
})

describe('scoring again', () => {
  it('keeps the id of a proposal, with its new score', () => {
    const after = propose({ annotations: [annotation(7)], detections: [found(0, 0, 0.9)] })
    expect(after.map(({ id, score }) => [id, score])).toEqual([[7, 0.9]])
  })

  it('gives another id to another class of the same region', () => {
    const after = propose({ annotations: [annotation(7)], detections: [found(0, 1, 0.9)] })
    expect(places(after)).toEqual([`1000: 1 as ${TRAM}`])
  })

  it('takes back a proposal whose score fell under the threshold', () => {
    expect(propose({ annotations: [annotation(7)], detections: [found(0, 0, 0.1)] })).toEqual([])
  })

  it('takes back a proposal that is not found any more', () => {
    expect(propose({ annotations: [annotation(7)] })).toEqual([])
  })
})

const at = (x: number): XywhBox => [x, 0, 10, 10]
/** Two boxes of ten pixels, shifted so that they overlap by the given part of their union. */
const shiftFor = (iou: number): number => (10 * (1 - iou)) / (1 + iou)

describe('what a person has dealt with', () => {
  it.each<[string, Partial<AnnotationRecord>]>([
    ['accepted', { state: 'accepted' }],
    ['edited', { state: 'edited' }],
    ['rejected', { state: 'rejected' }],
    ['drawn', { origin: 'person', candidateId: null, state: 'proposed' }],
    ['imported', { origin: 'import', candidateId: null, state: 'proposed' }],
  ])('stays as it is when it was %s', (_, more) => {
    const touched = annotation(7, { ...more, bbox: at(5000) })
    expect(propose({ annotations: [touched] })).toEqual([touched])
  })

  it('is not proposed once more on the same region', () => {
    const touched = annotation(7, { state: 'accepted', bbox: at(5000) })
    const after = propose({ annotations: [touched], detections: [found(0, 0, 0.9)] })
    expect(after).toEqual([touched])
  })

  it('does not come back after it was rejected, nor from a region of a new run beside it', () => {
    const rejected = annotation(7, { state: 'rejected', candidateId: 1, bbox: at(100) })
    const candidates = [
      candidate(1),
      candidate(21, { bbox: at(100 + shiftFor(0.55)) }),
      candidate(22, { bbox: at(100 + shiftFor(0.45)) }),
    ]
    const detections = [found(0, 0, 0.9), found(1, 0, 0.9), found(2, 0, 0.9)]
    const after = propose({ annotations: [rejected], candidates, detections })
    expect(places(after)).toEqual([`7: 1 as ${BUS}`, `1000: 22 as ${BUS}`])
  })

  it('may be another class after it was rejected as one', () => {
    const rejected = annotation(7, { state: 'rejected' })
    const after = propose({ annotations: [rejected], detections: [found(0, 1, 0.9)] })
    expect(places(after)).toEqual([`7: 1 as ${BUS}`, `1000: 1 as ${TRAM}`])
  })

  it('is not called by a second word after it was accepted', () => {
    const accepted = annotation(7, { state: 'accepted', candidateId: null, bbox: at(100) })
    const candidates = [
      candidate(21, { bbox: at(100 + shiftFor(0.75)) }),
      candidate(22, { bbox: at(100 + shiftFor(0.65)) }),
    ]
    const detections = [found(0, 1, 0.9), found(1, 1, 0.9)]
    const after = propose({ annotations: [accepted], candidates, detections })
    expect(places(after)).toEqual([`7: null as ${BUS}`, `1000: 22 as ${TRAM}`])
  })

  it('makes way only where the user asks for it by name', () => {
    const touched = [
      annotation(7, { state: 'accepted' }),
      annotation(8, { state: 'rejected', candidateId: 2, bbox: at(200) }),
      annotation(9, { origin: 'person', candidateId: null, bbox: at(900) }),
    ]
    const detections = [found(0, 0, 0.9), found(1, 0, 0.8)]
    const after = propose({ annotations: touched, detections, replaceTouched: true })
    expect(places(after)).toEqual([`1000: 1 as ${BUS}`, `1001: 2 as ${BUS}`])
    expect(after.every(({ state, origin }) => state === 'proposed' && origin === 'run')).toBe(true)
  })
})
