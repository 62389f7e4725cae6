import { copyFileSync, linkSync, mkdirSync, readdirSync, statSync, writeFileSync } from 'node:fs'
import { spawnSync } from 'node:child_process'
import { dirname, join, relative } from 'node:path'
import sharp from 'sharp'
import type { AnnotationRecord } from '#shared/contract/records.ts'
import { rleFromCocoString } from '#shared/geometry/rle.ts'
import { diffRecords } from '#shared/history/record-diff.ts'
import { openProject } from '#main/storage/open-project.ts'
import type { ProjectDatabase } from '#main/storage/project-database.ts'
import { productFolder } from '../../tests/e2e/support/app-folder.ts'
import { randomAnnotations } from '../../tests/support/canvas-scene.ts'
import { SeededRandom } from '../../tests/support/random.ts'

/** Made once, told apart by what stands behind the picture in each file. */
const DIFFERENT_PHOTOS = 24
const PHOTO = { width: 640, height: 480 }
const LARGE = { width: 4000, height: 3000 }

/** A picture with shapes of all sizes, about as large in a file as a photo. */
async function photo(
  random: SeededRandom,
  { width, height }: { readonly width: number; readonly height: number },
): Promise<Buffer> {
  const noise = Uint8Array.from({ length: 48 * 36 * 3 }, () => random.integer(0, 255))
  return sharp(noise, { raw: { width: 48, height: 36, channels: 3 } })
    .resize(width, height, { fit: 'fill' })
    .jpeg({ quality: 85 })
    .toBuffer()
}

/** Files of different content in a folder of their own. */
export async function makePhotos(folder: string, count: number, seed: number): Promise<void> {
  mkdirSync(folder, { recursive: true })
  const random = new SeededRandom(seed)
  const photos: Buffer[] = []
  for (let i = 0; i < DIFFERENT_PHOTOS; i++) photos.push(await photo(random, PHOTO))
  for (let i = 0; i < count; i++) {
    const name = `photo-${String(i).padStart(5, '0')}.jpg`
    // Readers stop at the end of the picture; the content as a whole is another one.
    const tail = Buffer.from(String(i))
    writeFileSync(join(folder, name), Buffer.concat([photos[i % photos.length], tail]))
  }
}

/** Runs the command line on photos. */
export function labelPhotos(photos: string, words: string, project: string): void {
  const launcher = join(productFolder, 'bin', 'lexmask.js')
  const command = ['prelabel', '--images', photos, '--vocabulary', words, '--project', project]
  const { status } = spawnSync(
    process.execPath,
    [launcher, ...command, '--out', join(dirname(project), 'labels.json')],
    { stdio: ['ignore', 'ignore', 'inherit'] },
  )
  if (status !== 0) throw new Error(`Labelling the photos ended with ${status}.`)
}

/** One large image with so many proposals, and nothing else. */
export async function manyMasksProject(file: string, count: number, seed: number): Promise<void> {
  const random = new SeededRandom(seed)
  const picture = join(dirname(file), 'large.jpg')
  writeFileSync(picture, await photo(random, LARGE))
  const project = openProject(file, { create: true })
  try {
    project.transaction(() => {
      const imageId = insertImage(project, file, picture)
      const scene = randomAnnotations(random, LARGE, count)
      const names = [...new Map(scene.map(({ classId, name }) => [classId, name]))].sort(
        ([a], [b]) => a - b,
      )
      const classes = names.map(([, name]) => ({
        name,
        synonyms: [],
        prompts: [],
        negatives: [],
        threshold: null,
      }))
      project.history.commitChange({
        imageId: null,
        label: 'Add classes',
        diff: project.vocabulary.diffTo({ classes, negatives: [] }),
      })
      const classIds = project.vocabulary.list().map(({ id }) => id)
      const annotationIds = project.annotations.reserveIds(count)
      const annotations = scene.map(({ classId, mask, score, state }, i): AnnotationRecord => ({
        id: annotationIds[i],
        imageId,
        classId: classIds[names.findIndex(([id]) => id === classId)],
        maskHash: project.masks.put(rleFromCocoString(mask.counts, LARGE)).hash,
        bbox: mask.bbox,
        area: mask.area,
        isCrowd: false,
        isOccluded: false,
        isTruncated: false,
        attributes: {},
        position: annotationIds[i],
        score,
        state,
        origin: 'run',
        candidateId: null,
        provenance: null,
      }))
      const diff = diffRecords('annotation', [], annotations)
      project.history.commitChange({ imageId, label: 'Auto-label', diff })
    })
  } finally {
    project.close()
  }
}

function insertImage(project: ProjectDatabase, file: string, picture: string): number {
  const { size, mtimeMs } = statSync(picture)
  const path = relative(dirname(file), picture)
  const modifiedMs = Math.floor(mtimeMs)
  const draft = { path, name: path, bytes: size, modifiedMs, sha256: null, ...LARGE }
  const { added } = project.images.insertMany([draft])
  project.images.update(added[0].id, { status: 'labelled' })
  return added[0].id
}

/** As many labelled images as asked for: those of a project with what was found in them, again and again. */
export function multiplyProject(file: string, count: number): void {
  const project = openProject(file)
  try {
    const originals = [...project.images.iterate({ statuses: ['labelled'] })]
    const folder = dirname(file)
    mkdirSync(join(folder, 'copies'), { recursive: true })
    for (let i = originals.length; i < count; i++) {
      const original = originals[i % originals.length]
      const path = `copies/${String(i).padStart(5, '0')}-${original.name}`
      linkSync(join(folder, original.path), join(folder, path))
      project.transaction(() => copyImage(project, original.id, path))
    }
  } finally {
    project.close()
  }
}

function copyImage(project: ProjectDatabase, originalId: number, path: string): void {
  const original = project.images.get(originalId)
  if (original === null) throw new Error(`Image ${originalId} is gone.`)
  const { added } = project.images.insertMany([{ ...original, path, name: path }])
  const imageId = added[0].id
  project.images.update(imageId, { status: 'labelled' })
  const candidates = project.candidates.listForImage(originalId)
  const masks = project.masks.getMany(candidates.map(({ maskHash }) => maskHash))
  const copies = candidates.map(({ maskHash, ...candidate }) => {
    const mask = masks.get(maskHash)
    if (mask === undefined) throw new Error(`Mask ${maskHash} is gone.`)
    return { ...candidate, mask: rleFromCocoString(mask.counts, mask) }
  })
  if (copies.length > 0) project.candidates.replaceForImage(imageId, candidates[0].runId, copies)
}

/** Copies, so that links beside them are on one drive with them. */
export function copyPhotos(source: string, folder: string): void {
  mkdirSync(folder, { recursive: true })
  for (const name of readdirSync(source)) copyFileSync(join(source, name), join(folder, name))
}
