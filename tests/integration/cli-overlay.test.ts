import { createHash } from 'node:crypto'
import {
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import sharp from 'sharp'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { diffRecords } from '#shared/history/record-diff.ts'
import type { OverlayOutcome } from '#main/app/overlay/draw-overlays.ts'
import { openProject } from '#main/storage/open-project.ts'
import { rasterisePolygons } from '#shared/geometry/rasterise-polygon.ts'
import { rleToCocoCounts, rleToCocoString } from '#shared/geometry/rle.ts'
import { hasShared } from '../support/coco-mini.ts'
import {
  childrenOf,
  cocoFolder,
  cocoTruth,
  CommandLine,
  eventually,
  isAlive,
} from '../support/command-line.ts'
import { rotatedJpeg } from '../support/odd-images.ts'

const SIZE = { width: 120, height: 80 }
const BOX = [20, 20, 60, 20, 60, 60, 20, 60]
const GREY = [128, 128, 128]

let cli: CommandLine
beforeAll(async () => {
  cli = await CommandLine.create()
  mkdirSync(cli.path('photos', 'sub'), { recursive: true })
  const background = { r: 128, g: 128, b: 128 }
  const photo = sharp({ create: { ...SIZE, channels: 3, background } })
  const bytes = await photo.png().toBuffer()
  for (const name of [
    'polygon.png',
    'list.png',
    'text.png',
    'crowd.png',
    'empty.png',
    'sub/a.png',
  ]) {
    writeFileSync(cli.path('photos', name), bytes)
  }
  writeFileSync(cli.path('photos', 'a.png'), bytes)
  writeFileSync(cli.path('photos', 'turned.jpg'), await rotatedJpeg(6))
  writeFileSync(cli.path('outside.png'), bytes)
})
afterAll(() => cli.remove())

interface Entry {
  readonly name: string
  readonly segmentation?: unknown
  readonly iscrowd?: 0 | 1
  readonly score?: number
  readonly category?: number
  readonly size?: { readonly width: number; readonly height: number }
}

/** A COCO file with an annotation an image. */
function writeLabels(file: string, entries: readonly Entry[]): void {
  const images = entries.map(({ name, size = SIZE }, i) => ({
    id: i + 1,
    file_name: name,
    ...size,
  }))
  const annotations = entries.map(
    ({ segmentation = [BOX], iscrowd = 0, score, category = 1 }, i) => ({
      ...{ id: i + 1, image_id: i + 1, category_id: category, bbox: [20, 20, 40, 40], area: 1600 },
      ...{ iscrowd, segmentation, score },
    }),
  )
  const categories = ['boat', 'cat'].map((name, i) => ({ id: i + 1, name }))
  writeFileSync(cli.path(file), JSON.stringify({ images, annotations, categories }))
}

async function pixel(file: string, x: number, y: number): Promise<number[]> {
  const place = { left: x, top: y, width: 1, height: 1 }
  return Array.from(await sharp(cli.path(file)).extract(place).removeAlpha().raw().toBuffer())
}

const png = (out: string): string[] => ['--out', out, '--format', 'png', '--no-names']
const labels = (file: string): string[] => ['overlay', '--labels', file, '--images', 'photos']
const outcomeOf = (stdout: string): OverlayOutcome => JSON.parse(stdout) as OverlayOutcome

describe('overlay of a COCO file', () => {
  it('draws polygons, run lengths of both kinds and crowds', async () => {
    const mask = rasterisePolygons([BOX], SIZE)
    const size = [SIZE.height, SIZE.width]
    writeLabels('kinds.json', [
      { name: 'polygon.png' },
      { name: 'list.png', segmentation: { size, counts: rleToCocoCounts(mask) } },
      { name: 'text.png', segmentation: { size, counts: rleToCocoString(mask) } },
      {
        ...{ name: 'crowd.png', iscrowd: 1 },
        segmentation: { size, counts: rleToCocoCounts(mask) },
      },
    ])
    const { stdout } = await cli.expect(0, [...labels('kinds.json'), ...png('kinds')])
    expect(stdout).toBe(`4 annotations on 4 photos: ${cli.path('kinds')}\n`)
    const tinted = await pixel('kinds/polygon.png', 40, 40)
    expect(tinted).not.toEqual(GREY)
    for (const name of ['list.png', 'text.png']) {
      expect(await pixel(`kinds/${name}`, 40, 40)).toEqual(tinted)
      expect(await pixel(`kinds/${name}`, 80, 40)).toEqual(GREY)
    }
    const stripes = await Promise.all(
      [...Array(12).keys()].map((i) => pixel('kinds/crowd.png', 34 + i, 40)),
    )
    expect(new Set(stripes.map((one) => one.join()))).toEqual(new Set([tinted.join(), GREY.join()]))
  })

  it('follows no name out of the folder, and draws the others', async () => {
    writeLabels('hostile.json', [
      { name: '../outside.png' },
      { name: cli.path('outside.png') },
      { name: 'polygon.png' },
    ])
    const { stdout, stderr } = await cli.expect(3, [
      ...[...labels('hostile.json'), ...png('hostile'), '--json'],
    ])
    const { drawn, failed } = outcomeOf(stdout)
    expect(drawn.map(({ name }) => name)).toEqual(['polygon.png'])
    expect(failed.map(({ name }) => name)).toEqual(['../outside.png', cli.path('outside.png')])
    expect(stderr).toContain('failed ../outside.png: its name leads out of the folder')
    expect(cli.list()).not.toContain('outside.jpg')
    expect(readdirSync(cli.path('hostile'))).toEqual(['polygon.png'])
  })

  it('names photos that are missing, damaged or of another size', async () => {
    writeFileSync(cli.path('photos', 'note.jpg'), 'no photo')
    writeLabels('bad.json', [
      { name: 'gone.jpg' },
      { name: 'note.jpg' },
      { name: 'turned.jpg', size: { width: 64, height: 96 }, segmentation: [[1, 1, 9, 1, 9, 9]] },
      { name: 'polygon.png' },
      { name: 'list.png', segmentation: { size: [SIZE.height, SIZE.width], counts: 'nonsense' } },
    ])
    const { stdout, stderr } = await cli.expect(3, [...labels('bad.json'), ...png('bad'), '--json'])
    expect(outcomeOf(stdout)).toMatchObject({ annotations: 1, drawn: [{ name: 'polygon.png' }] })
    expect(stderr).toMatch(/^failed gone\.jpg: there is no photo .*gone\.jpg/m)
    expect(stderr).toMatch(/^failed note\.jpg: .*is not an image/m)
    expect(stderr).toMatch(/^failed turned\.jpg: .*96 × 64 pixels, but its masks are for 64 × 96/m)
    expect(stderr).toMatch(/^failed list\.png: The mask of annotation 5 is none/m)
  })

  it('never writes where the photos are, by whatever path', async () => {
    writeLabels('own.json', [{ name: 'polygon.png' }, { name: 'sub/a.png' }])
    const before = hashes('photos')
    symlinkSync(cli.path('photos'), cli.path('linked'))
    mkdirSync(cli.path('below'))
    symlinkSync(cli.path('photos', 'sub'), cli.path('below', 'sub'))
    for (const out of ['photos', 'photos/../photos', 'linked', 'below']) {
      const { stderr } = await cli.expect(2, [...labels('own.json'), ...png(out)])
      expect(stderr).toContain('where the photos are. Name another folder')
    }
    // A link of the name of a picture is replaced, and what it leads to stays.
    mkdirSync(cli.path('pictures'))
    symlinkSync(cli.path('photos', 'polygon.png'), cli.path('pictures', 'polygon.png'))
    await cli.expect(0, [...labels('own.json'), ...png('pictures')])
    expect(hashes('photos')).toEqual(before)
    expect(await pixel('pictures/polygon.png', 40, 40)).not.toEqual(GREY)
    expect(readdirSync(cli.path('pictures')).sort()).toEqual(['polygon.png', 'sub'])
  })

  it('draws what is asked for: classes, scores, photos without annotations', async () => {
    writeLabels('some.json', [
      { name: 'polygon.png', score: 0.9 },
      { name: 'list.png', score: 0.3 },
      { name: 'text.png', category: 2, score: 0.8 },
      { name: 'empty.png', segmentation: [] },
    ])
    const names = async (...options: string[]): Promise<string[]> => {
      const run = [...labels('some.json'), '--out', 'some', '--json', ...options]
      return outcomeOf((await cli.expect(0, run)).stdout).drawn.map(({ name }) => name)
    }
    expect(await names()).toEqual(['polygon.png', 'list.png', 'text.png'])
    expect(await names('--min-score', '0.5')).toEqual(['polygon.png', 'text.png'])
    expect(await names('--classes', 'Boat')).toEqual(['polygon.png', 'list.png'])
    expect(await names('--classes', 'cat', '--all')).toHaveLength(4)
    const { stderr } = await cli.expect(2, [
      ...labels('some.json'),
      '--out',
      'x',
      '--classes',
      'dog',
    ])
    expect(stderr).toContain('There is no class dog. There are: boat, cat.')
  })

  it('wants to know what is to be drawn', async () => {
    for (const wrong of [
      ['overlay', '--out', 'x'],
      ['overlay', '--out', 'x', '--labels', 'some.json'],
      ['overlay', '--out', 'x', '--labels', 'some.json', '--images', 'photos', 'linked'],
      ['overlay', '--out', 'x', '--labels', 'some.json', '--project', 'p.lexmask'],
      [...labels('some.json'), '--out', 'x', '--max-side', '0'],
      [...labels('some.json'), '--out', 'x', '--format', 'gif'],
    ]) {
      await cli.expect(2, wrong)
    }
    expect(existsSync(cli.path('x'))).toBe(false)
  })
})

function hashes(folder: string): string[] {
  return readdirSync(cli.path(folder), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => `${entry.parentPath}/${entry.name}`)
    .sort()
    .map((file) => `${file} ${createHash('sha256').update(readFileSync(file)).digest('hex')}`)
}

describe('overlay of a project', () => {
  beforeAll(() => {
    const project = openProject(cli.path('site.lexmask'), { create: true })
    project.transaction(() => {
      const boat = 1
      const record = {
        ...{ id: boat, name: 'boat', synonyms: [], prompts: [], negatives: [], threshold: null },
        ...{ colour: '#e6194b', position: 0 },
      }
      project.vocabulary.apply(diffRecords('class', [], [record]))
      const { added } = project.images.insertMany(
        ['a.png', 'sub/a.png', 'empty.png'].map((name) => ({
          ...{ path: `photos/${name}`, name, bytes: 1, modifiedMs: 1, sha256: null, ...SIZE },
        })),
      )
      for (const [i, state] of (['proposed', 'accepted', 'rejected'] as const).entries()) {
        const { hash: maskHash } = project.masks.put(rasterisePolygons([BOX], SIZE))
        project.annotations.insert({
          ...{ imageId: added[i].id, classId: boat, maskHash, isCrowd: false, score: 0.9, state },
          ...{ origin: 'run', candidateId: null, provenance: null },
          ...{ isOccluded: false, isTruncated: false, attributes: {}, position: 0 },
        })
      }
    })
    project.close()
  })

  it('draws what is proposed and accepted, in the folders of the photos', async () => {
    const { stdout } = await cli.expect(0, ['overlay', '--project', 'site.lexmask', ...png('site')])
    expect(stdout).toContain('2 annotations on 2 photos')
    expect(readdirSync(cli.path('site')).sort()).toEqual(['a.png', 'sub'])
    const tinted = await pixel('site/a.png', 22, 40)
    expect(await pixel('site/sub/a.png', 40, 40)).toEqual(tinted)
    // The line of what a person accepted is heavier.
    expect(await pixel('site/sub/a.png', 22, 40)).not.toEqual(tinted)
  })

  it('draws only the images and folders that are named', async () => {
    const names = async (...images: string[]): Promise<string[]> => {
      const order = ['overlay', '--project', 'site.lexmask', '--out', 'part', '--json', '--all']
      const { stdout } = await cli.expect(0, [...order, '--images', ...images])
      return outcomeOf(stdout).drawn.map(({ name }) => name)
    }
    expect(await names('sub')).toEqual(['sub/a.png'])
    expect(await names('empty.png')).toEqual(['empty.png'])
    expect(await names('photos/sub/a.png', 'empty.png')).toEqual(['sub/a.png', 'empty.png'])
    const wrong = ['overlay', '--project', 'site.lexmask', '--out', 'part', '--images', 'nowhere']
    expect((await cli.expect(2, wrong)).stderr).toContain('no image or folder of images “nowhere”')
  })

  it('refuses the folder of the photos', async () => {
    await cli.expect(2, ['overlay', '--project', 'site.lexmask', '--out', 'photos'])
  })
})

describe.skipIf(!hasShared)('overlay of many photos (needs ../shared)', () => {
  const many = ['overlay', '--labels', cocoTruth, '--images', cocoFolder, '--max-side', '320']

  it('draws them all', async () => {
    const { stdout } = await cli.expect(0, [...many, '--out', 'coco', '--json'])
    const { drawn, annotations } = outcomeOf(stdout)
    expect({ drawn: drawn.length, annotations }).toEqual({ drawn: 79, annotations: 624 })
    expect(readdirSync(cli.path('coco'))).toHaveLength(79)
    const { width, height } = await sharp(drawn[0].file).metadata()
    expect(Math.max(width, height)).toBe(320)
  })

  it.skipIf(process.platform === 'win32')('stops at Ctrl-C with whole pictures only', async () => {
    const running = cli.start(
      [...many, '--out', 'stopped', '--format', 'png'],
      {},
      { ownGroup: true },
    )
    await eventually(
      () => existsSync(cli.path('stopped')) && readdirSync(cli.path('stopped')).length > 2,
      'a few pictures are drawn',
    )
    const children = childrenOf(running.pid)
    process.kill(-running.pid, 'SIGINT')
    const { code, stderr } = await running.ended
    expect(code).toBe(130)
    expect(stderr).toMatch(/Stopped; \d+ photos? left\./)
    expect(children).toHaveLength(1)
    await eventually(() => !children.some(isAlive), 'no process is left')
    const names = readdirSync(cli.path('stopped'))
    expect(names.filter((name) => !name.endsWith('.png'))).toEqual([])
    expect(names.length).toBeLessThan(79)
    for (const name of names) await sharp(cli.path('stopped', name)).stats()
  })
})
