/**
 * A process of its own for the tests of interruptions: corrects masks as fast as it can, by the
 * functions behind the commands, and writes the receipt of a step once it is saved. Built by its
 * test, as a start through the test runner's loader takes longer than the work.
 */
import { writeSync } from 'node:fs'
import { editShapes } from '#main/app/annotations/edit-annotation-shapes.ts'
import { setClass, setState } from '#main/app/annotations/edit-annotations.ts'
import { openProject } from '#main/storage/open-project.ts'
import type { CommittedChange } from '#main/storage/history-store.ts'
import { commands, type CommandRequest } from '#shared/contract/commands.ts'
import type { EncodedMask } from '#shared/contract/records.ts'
import { rleFromBitmap } from '#shared/geometry/rle-bitmap.ts'
import { rleToCocoString } from '#shared/geometry/rle.ts'
import { randomBitmap } from '../support/random-masks.ts'
import { SeededRandom } from '../support/random.ts'

/** A step that is in the file, as a window would show it as saved. */
export interface Receipt {
  readonly kind: 'edit' | 'undo' | 'redo'
  readonly changeId: number
  readonly label: string
  readonly revision: number
}

const [path, seed] = process.argv.slice(2)
const random = new SeededRandom(Number(seed))
const project = openProject(path)
const [imageId] = project.images.listIds({}, 'added')
const classIds = project.vocabulary.list().map(({ id }) => id)
const size = { width: 24, height: 24 }

for (;;) {
  const kind = random.pick(['edit', 'edit', 'edit', 'undo', 'redo'] as const)
  const change =
    kind === 'edit' ? editOnce() : project.transaction(() => project.history[kind](imageId))
  if (change?.changeId) {
    const { changeId, label, revision } = change
    const receipt: Receipt = { kind, changeId, label, revision }
    writeSync(1, `${JSON.stringify(receipt)}\n`)
  }
}

function editOnce(): CommittedChange | null {
  const annotations = project.annotations.listForImage(imageId)
  if (annotations.length < 3) return draw()
  const { id: annotationId, maskHash: expectedMaskHash } = random.pick(annotations)
  const one = { annotationId, expectedMaskHash }
  const selection = { imageId, annotationIds: [annotationId] }
  const edits = [
    () => draw(),
    () => shape({ step: 'Paint', update: [{ ...one, mask: randomMask() }] }),
    () => shape({ step: 'Merge', remove: [one] }),
    () => setClass(project, { ...selection, classId: random.pick(classIds) }, 'Anna'),
    () => setState(project, { ...selection, state: random.pick(['accepted', 'rejected']) }, 'Anna'),
  ]
  return random.pick(edits)()
}

function draw(): CommittedChange | null {
  const create = [{ classId: random.pick(classIds), mask: randomMask() }]
  return shape({ step: 'Draw polygon', create, overlap: 'cut-others' })
}

function shape(edit: Omit<CommandRequest<'annotations.edit'>, 'imageId'>): CommittedChange | null {
  const input = commands['annotations.edit'].input.parse({ imageId, ...edit })
  return editShapes(project, input, 'Anna').change
}

function randomMask(): EncodedMask {
  const { pixels } = randomBitmap(random, size)
  // An empty mask deletes; here each edit is to draw something.
  pixels[random.integer(0, pixels.length - 1)] = 1
  return { ...size, counts: rleToCocoString(rleFromBitmap(pixels, size)) }
}
