import { copyFileSync, mkdirSync, rmSync } from 'node:fs'
import sharp from 'sharp'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { FolderOutcome } from '#main/app/prelabel-folder.ts'
import { boxFromXywh, boxIou, type XywhBox } from '#shared/geometry/box.ts'
import { hasShared, sharedPath } from '../support/coco-mini.ts'
import { CommandLine, type Ended } from '../support/command-line.ts'
import { upright, writeOddImages, writeOddLinks } from '../support/odd-images.ts'

const BUS = sharedPath('data', 'photos', 'bus.jpg')

/** What is wrong with each bad file, as a person is told. */
const BAD = {
  'bitmap.jpg': /BMP image, which Lexmask does not read/,
  'drawing.png': /SVG drawing, which Lexmask does not read/,
  'empty.jpg': /is empty: the file has no bytes/,
  'float.tiff': /stores measurements/,
  'huge-header.png': /says it has 30000 × 30000 pixels; the limit is 268 million/,
  'page.png': /is not an image, although its name says so/,
  'text.jpg': /is not an image, although its name says so/,
  'truncated.jpg': /is cut off/,
  'truncated.png': /is cut off/,
  'truncated.tiff': /is cut off/,
} as const

const SKIPPED = {
  'climbs-out': 'a link that leads out of the folder',
  loop: 'a link that leads back to a folder above it',
} as const

describe.skipIf(!hasShared)('a folder with all that goes wrong (needs ../shared)', () => {
  let cli: CommandLine
  let ended: Ended
  let outcome: FolderOutcome
  let good: Map<string, string>

  const prelabel = [
    ...['prelabel', '--images', 'photos', '--vocabulary', 'person, bus'],
    ...['--out', 'labels.json'],
  ]

  beforeAll(async () => {
    cli = await CommandLine.create()
    const odd = await writeOddImages(cli.path('photos'))
    await writeOddLinks(cli.path('photos'))
    mkdirSync(cli.path('photos', '子文件夹'))
    copyFileSync(BUS, cli.path('photos', '子文件夹', '图片 (1).jpg'))
    // Stored lying on its side, with the orientation that sets it upright.
    await sharp(BUS)
      .rotate(270)
      .withMetadata({ orientation: 6 })
      .toFile(cli.path('photos', 'bus.jpg'))

    good = new Map([
      ['bus.jpg', '810x1080'],
      ['子文件夹/图片 (1).jpg', '810x1080'],
    ])
    for (const [name, bytes] of odd) {
      if (name in BAD) continue
      const { width, height, pageHeight = height } = await sharp(bytes).metadata()
      const isUpright = name.startsWith('rotated-')
      good.set(name, isUpright ? `${upright.width}x${upright.height}` : `${width}x${pageHeight}`)
    }
    ended = await cli.run([...prelabel, '--json'])
    outcome = JSON.parse(ended.stdout) as FolderOutcome
  })
  afterAll(() => cli.remove())

  it('labels every good image, with its size as a person sees it and its name as it is', () => {
    const { images } = cli.readCoco('labels.json')
    const sizes = images.map(({ file_name, width, height }) => [file_name, `${width}x${height}`])
    expect(sizes.sort()).toEqual([...good].sort())
    expect(sizes.map(([name]) => name)).toContain('图片 (1).jpg')
    expect(good.size).toBeGreaterThan(15)
    expect(outcome.labelled).toBe(good.size)
  })

  it('finds the same bus in the photo with an orientation as in the upright one', () => {
    const { images, annotations, categories } = cli.readCoco('labels.json')
    const bus = categories.find(({ name }) => name === 'bus')?.id
    const boxIn = (fileName: string): XywhBox => {
      const image = images.find(({ file_name }) => file_name === fileName)
      const found = annotations.filter(
        ({ image_id, category_id }) => image_id === image?.id && category_id === bus,
      )
      expect(found).toHaveLength(1)
      return found[0].bbox
    }
    const overlap = boxIou(
      boxFromXywh(boxIn('bus.jpg')),
      boxFromXywh(boxIn('子文件夹/图片 (1).jpg')),
    )
    expect(overlap).toBeGreaterThan(0.95)
  })

  it('reports every bad image by name and reason, and says so by its exit code', () => {
    expect(ended.code).toBe(3)
    expect(outcome.failed.map(({ name }) => name).sort()).toEqual(Object.keys(BAD).sort())
    const lines = ended.stderr.split('\n')
    for (const [name, reason] of Object.entries(BAD)) {
      expect(outcome.failed.find((one) => one.name === name)?.reason).toMatch(reason)
      const line = lines.find((one) => one.startsWith(`failed ${name}: `))
      expect(line).toMatch(reason)
    }
  })

  it('reports the links that it does not follow', () => {
    for (const [path, reason] of Object.entries(SKIPPED)) {
      expect(outcome.skipped).toContainEqual({ path, reason, isLost: false })
      expect(ended.stderr).toContain(`skipped ${path}: ${reason}\n`)
    }
    expect(outcome.skipped).toHaveLength(2)
  })

  it('tries only the bad ones when asked again, and labels one that was mended', async () => {
    copyFileSync(BUS, cli.path('photos', 'truncated.jpg'))
    const again = await cli.expect(3, [...prelabel, '--json'])
    expect(again.stderr).toContain(`${Object.keys(BAD).length} images to label`)
    const { labelled, failed, kept } = JSON.parse(again.stdout) as FolderOutcome
    expect({ labelled, failed: failed.length, kept }).toEqual({
      labelled: 1,
      failed: Object.keys(BAD).length - 1,
      kept: good.size,
    })
  })

  it('labels a photo again whose file was replaced', async () => {
    copyFileSync(sharedPath('data', 'photos', 'zidane.jpg'), cli.path('photos', 'bus.jpg'))
    await cli.run(prelabel)
    const { images, annotations, categories } = cli.readCoco('labels.json')
    const image = images.find(({ file_name }) => file_name === 'bus.jpg')
    expect(image).toMatchObject({ width: 1280, height: 720 })
    const classes = new Map(categories.map(({ id, name }) => [id, name]))
    const found = annotations
      .filter(({ image_id }) => image_id === image?.id)
      .map(({ category_id }) => classes.get(category_id))
    expect(new Set(found)).toEqual(new Set(['person']))
  })

  it('is content once the bad ones are gone; links are no loss', async () => {
    for (const name of Object.keys(BAD)) rmSync(cli.path('photos', name), { force: true })
    const { stderr } = await cli.expect(0, prelabel)
    expect(stderr).toMatch(
      /^2 classes are the detector's own\nAll images are labelled in this way already; no model is needed\.\nskipped climbs-out/,
    )
  })

  it('counts a photo in a format that it cannot read as one that was not labelled', async () => {
    copyFileSync(BUS, cli.path('photos', 'phone.heic'))
    const { stderr } = await cli.expect(3, prelabel)
    expect(stderr).toContain(
      'skipped phone.heic: a format that is not read here: save it as PNG or JPEG\n',
    )
  })
})
