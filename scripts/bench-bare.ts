import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import { detectorRegionsSchema } from '#shared/contract/recipes.ts'
import { openDetector } from '#main/networks/open-networks.ts'
import { findPacks } from '#main/packs/find-packs.ts'
import { detectorRecipe } from '#main/recipes/detector.ts'
import { StageClock } from '#main/recipes/stage-clock.ts'
import { openImage } from '#main/imaging/decode-image.ts'

/**
 * The bare model: every image is decoded and resized first, then only the sessions run, one after
 * another with nothing beside them. Prints the milliseconds inside `session.run`.
 *
 * Usage: bench-bare.ts MODELS IMAGES PRECISION THREADS
 */
const [models, folder, precision, threads] = process.argv.slice(2)
const { packs } = await findPacks([{ folder: models, required: true }])
const pack = packs.find((one) => one.kind === 'mask-rcnn')
if (pack?.kind !== 'mask-rcnn') throw new Error(`no Mask R-CNN pack in ${models}`)
const { detector, factory } = await openDetector(
  { pack, graph: 'regions', precision },
  { provider: 'cpu', threads: Number(threads), excluded: [], trying: () => undefined },
)
const networks = { detector, clip: null }
const parameters = detectorRegionsSchema.parse({})
const prepared = []
for (const file of readdirSync(folder).sort()) {
  const image = await openImage(join(folder, file))
  prepared.push(await detectorRecipe.prepare(image, networks, new StageClock()))
}
// The first run of a session allocates.
await detectorRecipe.findRegions(prepared[0], networks, parameters, new StageClock())
factory.takeRunMs()
for (const one of prepared) {
  await detectorRecipe.findRegions(one, networks, parameters, new StageClock())
}
console.log(JSON.stringify({ images: prepared.length, modelMs: factory.takeRunMs() }))
