import { test } from 'vitest'
import { readFileSync } from 'node:fs'
import { openImage } from '#main/worker/decode-image.ts'
import { findPacks } from '#main/packs/find-packs.ts'
import { RegionNetwork } from '#main/networks/mask-rcnn.ts'
import { SessionFactory } from '#main/networks/sessions.ts'
import { detectorRecipe } from '#main/recipes/detector.ts'
import { StageClock } from '#main/recipes/stage-clock.ts'
import { detectorRegionsSchema } from '#shared/contract/recipes.ts'
import { rleToCocoString } from '#shared/geometry/rle.ts'
import { rleBbox } from '#shared/geometry/rle-algebra.ts'
import { evaluateDetections } from '#main/evaluation/evaluate-detections.ts'
test('ap', async () => {
  const { packs } = await findPacks([{ folder: '../shared/models', required: true }])
  const pack = packs.find((p) => p.name === 'maskrcnn2go-coco') as any
  const factory = new SessionFactory({ requested: 'cpu', used: 'cpu', share: null, refused: [] }, { threads: 0 })
  const gt = JSON.parse(readFileSync('../shared/data/coco-mini/instances.json', 'utf8'))
  for (const precision of (process.env.PREC ?? 'int8').split(',')) {
  const network = await RegionNetwork.open(pack, precision, factory)
  const clock = new StageClock()
  const dt: any[] = [], dtm: any[] = []
  let run = 0
  for (const im of gt.images) {
    const image = await openImage('../shared/data/coco-mini/images/' + im.file_name)
    const networks = { detector: { kind: 'regions', network }, clip: null } as any
    const prepared = await detectorRecipe.prepare(image, networks, clock)
    const c = await detectorRecipe.findRegions(prepared, networks, detectorRegionsSchema.parse({ candidateFloor: Number(process.env.FLOOR ?? 0.05) }), clock)
    run += factory.takeRunMs()
    for (const k of c) {
      const cls = pack.description.classes[k.detectorClass!]
      const score = k.posterior.probabilities[[...k.posterior.classes].indexOf(k.detectorClass!)]
      const cocoId = gt.categories.find((q: any) => q.name === cls.name).id
      const segmentation = { size: [k.mask.height, k.mask.width], counts: rleToCocoString(k.mask) }
      dt.push({ image_id: im.id, category_id: cocoId, score, bbox: [k.box[0], k.box[1], k.box[2] - k.box[0], k.box[3] - k.box[1]], segmentation })
      dtm.push({ image_id: im.id, category_id: cocoId, score, bbox: rleBbox(k.mask), segmentation })
    }
  }
  for (const iouType of ['bbox', 'segm'] as const) {
    const e = evaluateDetections({ groundTruth: gt, detections: dt, iouType, useCategories: true } as any)
    console.log(precision, iouType, e.summary.AP, e.summary.AP50)
  }
  console.log('mask boxes', evaluateDetections({ groundTruth: gt, detections: dtm, iouType: 'bbox', useCategories: true } as any).summary.AP, dt.length / 79, run / 79, Object.fromEntries(Object.entries(clock.ms).map(([k, v]) => [k, (v as number) / 79])))
  }
}, 200000)
