import { writeFileSync } from 'node:fs'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { FileEvaluation } from '#main/app/files/evaluate-files.ts'
import type { CocoDataset } from '#main/formats/coco-types.ts'
import { CommandLine, type Ended } from '../support/command-line.ts'
import { boatsTruth, copyNpmPhotos, modelsFolder } from '../support/npm-photos.ts'

const models = modelsFolder()

/** Of six objects two are hard: a skiff before a wall, and a man who stands before a cabin. */
const AP50_AT_LEAST = 0.4

describe.skipIf(models === null)('the photographs that come with npm (needs a model pack)', () => {
  let cli: CommandLine
  let labelled: Ended
  let labels: CocoDataset

  beforeAll(async () => {
    cli = await CommandLine.create()
    const photos = copyNpmPhotos(cli.folder)
    writeFileSync(cli.path('truth.json'), JSON.stringify(boatsTruth()))
    labelled = await cli.expect(0, [
      ...['prelabel', '--images', photos, '--vocabulary', 'boat, person, umbrella, animal'],
      ...['--models', models ?? '', '--out', 'labels.json'],
    ])
    labels = cli.readCoco('labels.json')
  })
  afterAll(() => cli.remove())

  const found = (photo: string, category: string): CocoDataset['annotations'] => {
    const image = labels.images.find(({ file_name }) => file_name === photo)
    const { id } = labels.categories.find(({ name }) => name === category) ?? {}
    return labels.annotations.filter((one) => one.image_id === image?.id && one.category_id === id)
  }

  it('become masks of boats and a COCO file', () => {
    expect(labels.images.map(({ file_name }) => file_name).sort()).toEqual(['boats.jpg', 'cat.jpg'])
    expect(found('boats.jpg', 'boat').length).toBeGreaterThanOrEqual(3)
    expect(labelled.stdout).toContain('annotations in 2 images')
  })

  it('say that an animal is served by what the detector knows of animals', () => {
    const animals = found('cat.jpg', 'animal')
    expect(animals.length).toBeGreaterThanOrEqual(1)
    const seen = animals.map(({ lexmask }) => lexmask?.detectorClass)
    expect(seen).toContain('cat')
    expect(seen).not.toContain('person')
  })

  it(`have masks that lie on the boats and persons: AP50 of ${AP50_AT_LEAST} against outlines drawn by hand`, async () => {
    // Only the first photo has a truth.
    const boats = labels.images.filter(({ file_name }) => file_name === 'boats.jpg')
    const onBoats = {
      ...labels,
      images: boats,
      annotations: labels.annotations.filter(isOf(boats)),
    }
    writeFileSync(cli.path('boats.json'), JSON.stringify(onBoats))
    const { stdout } = await cli.expect(0, [
      ...['evaluate', '--gt', 'truth.json', '--dt', 'boats.json', '--iou', 'segm', '--json'],
    ])
    const [{ evaluation }] = JSON.parse(stdout) as FileEvaluation[]
    console.log(`boats.jpg: segm AP50 ${evaluation.summary.AP50.toFixed(3)}`)
    expect(evaluation.summary.AP50).toBeGreaterThanOrEqual(AP50_AT_LEAST)
  })
})

const isOf =
  (images: CocoDataset['images']) =>
  ({ image_id }: CocoDataset['annotations'][number]): boolean =>
    images.some(({ id }) => id === image_id)
