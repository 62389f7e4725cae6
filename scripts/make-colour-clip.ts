import { fileURLToPath } from 'node:url'
import { writeColourClip } from '../tests/support/colour-clip/write-colour-clip.ts'

/** The CLIP tokenizer that lies beside the repository. */
const TOKENIZER = fileURLToPath(
  new URL('../../shared/models/clip-tokenizer/tokenizer.json', import.meta.url),
)

const [folder, tokenizerFile = TOKENIZER] = process.argv.slice(2)
if (folder === undefined) {
  console.error('usage: node scripts/make-colour-clip.ts FOLDER [tokenizer.json]')
  process.exitCode = 1
} else {
  await writeColourClip(folder, tokenizerFile)
  console.log(`The colour CLIP is in ${folder}.`)
}
