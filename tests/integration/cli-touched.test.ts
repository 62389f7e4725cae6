import { afterAll, beforeEach, describe, expect, it } from 'vitest'
import { createApp, type App } from '#main/app/create-app.ts'
import { dispatch } from '#shared/contract/dispatch.ts'
import type { CommandName, CommandRequest } from '#shared/contract/commands.ts'
import type { AnnotationRecord } from '#shared/contract/records.ts'
import { boxFromXywh, boxIou } from '#shared/geometry/box.ts'
import { rasterisePolygons } from '#shared/geometry/rasterise-polygon.ts'
import { rleIntersection } from '#shared/geometry/rle-algebra.ts'
import { rleFromCocoString, rleToCocoString } from '#shared/geometry/rle.ts'
import { hasShared } from '../support/coco-mini.ts'
import { resourcesFolder } from '../support/lexicon.ts'
import { CommandLine, cocoPhotos } from '../support/command-line.ts'

const WORDS = 'person, chair, tv, dining table, potted plant'

describe.skipIf(!hasShared)('what a person did to annotations (needs ../shared)', () => {
  const folders: CommandLine[] = []
  let cli: CommandLine
  /** Annotations of one photo, as the person left them. */
  let accepted: AnnotationRecord
  let rejected: AnnotationRecord
  let edited: AnnotationRecord

  beforeEach(async () => {
    cli = await CommandLine.create()
    folders.push(cli)
    await cli.expect(0, prelabel(WORDS))
    await withApp(touch)
  })
  afterAll(() => Promise.all(folders.map((folder) => folder.remove())))

  const prelabel = (words: string, ...options: string[]): string[] => [
    ...['prelabel', '--images', ...cocoPhotos(1), '--vocabulary', words],
    ...['--out', 'labels.json', ...options],
  ]

  /** The project as a window has it; no model is loaded. */
  async function withApp<T>(use: (app: App) => T | Promise<T>): Promise<T> {
    const app = createApp({
      projectFile: cli.path('labels.lexmask'),
      open: {},
      packRoots: [],
      resourcesFolder,
      reviewerName: null,
      inference: {
        launch: () => {
          throw new Error('no inference process is needed')
        },
        pack: null,
        precision: null,
        graph: null,
        provider: 'cpu',
        threads: 0,
        maxPixels: 2 ** 28,
      },
      report: (error) => {
        throw error
      },
    })
    try {
      return await use(app)
    } finally {
      await app.close()
    }
  }

  async function ask<Name extends CommandName>(
    app: App,
    name: Name,
    input: CommandRequest<Name>,
  ): Promise<void> {
    expect(await dispatch(app.handlers, name, input)).toMatchObject({ ok: true })
  }

  const annotationsOf = (app: App): AnnotationRecord[] =>
    app.project.images.listIds({}).flatMap((id) => app.project.annotations.listForImage(id))

  async function touch(app: App): Promise<void> {
    const [first, second, third] = annotationsOf(app).sort((a, b) => b.area - a.area)
    const { imageId } = first
    await ask(app, 'annotations.setState', {
      imageId,
      annotationIds: [first.id],
      state: 'accepted',
    })
    await ask(app, 'annotations.setState', {
      imageId,
      annotationIds: [second.id],
      state: 'rejected',
    })
    const { id: annotationId, maskHash: expectedMaskHash } = third
    await ask(app, 'annotations.edit', {
      imageId,
      step: 'Erase',
      update: [{ annotationId, expectedMaskHash, mask: withoutRightFifth(app, third) }],
    })
    const byId = new Map(annotationsOf(app).map((annotation) => [annotation.id, annotation]))
    accepted = byId.get(first.id) as AnnotationRecord
    rejected = byId.get(second.id) as AnnotationRecord
    edited = byId.get(third.id) as AnnotationRecord
    expect(accepted.state).toBe('accepted')
    expect(rejected.state).toBe('rejected')
    expect(edited).toMatchObject({ state: 'edited' })
    expect(edited.area).toBeLessThan(third.area)
  }

  function withoutRightFifth(
    app: App,
    { maskHash, bbox: [x, y, width, height] }: AnnotationRecord,
  ) {
    const [stored] = app.project.masks.getMany([maskHash]).values()
    const right = Math.round(x + width * 0.8)
    const kept = rasterisePolygons([[x, y, right, y, right, y + height, x, y + height]], stored)
    const mask = rleIntersection(rleFromCocoString(stored.counts, stored), kept)
    return { width: stored.width, height: stored.height, counts: rleToCocoString(mask) }
  }

  /** They are there as they were left, and nothing was proposed on top of them. */
  async function expectKept(): Promise<void> {
    const all = await withApp(annotationsOf)
    const touched = [accepted, rejected, edited]
    for (const before of touched) {
      expect(all.find(({ id }) => id === before.id)).toEqual(before)
    }
    const proposals = all.filter(({ id }) => !touched.some((one) => one.id === id))
    expect(proposals.length).toBeGreaterThan(0)
    for (const proposal of proposals) {
      expect(proposal.state).toBe('proposed')
      for (const one of touched) {
        const overlap = boxIou(boxFromXywh(proposal.bbox), boxFromXywh(one.bbox))
        if (proposal.classId === one.classId) expect(overlap).toBeLessThanOrEqual(0.5)
        else if (one !== rejected) expect(overlap).toBeLessThanOrEqual(0.7)
      }
    }
    const exported = cli.readCoco('labels.json').annotations
    const ids = exported.map(({ id }) => id)
    expect(ids).toContain(accepted.id)
    expect(ids).toContain(edited.id)
    expect(ids).not.toContain(rejected.id)
    expect(exported.find(({ id }) => id === accepted.id)?.lexmask).toMatchObject({
      state: 'accepted',
    })
  }

  it('stays when the same command runs again', async () => {
    await cli.expect(0, prelabel(WORDS))
    await expectKept()
  })

  it('stays when every image goes through the model again', async () => {
    await cli.expect(0, prelabel(WORDS, '--again'))
    await expectKept()
  })

  it('stays at a lower threshold, and with other regions', async () => {
    const rescore = ['rescore', '--project', 'labels.lexmask', '--out', 'labels.json']
    await cli.expect(0, [...rescore, '--threshold', '0.05'])
    await expectKept()
    await cli.expect(0, prelabel(WORDS, '--threshold', '0.05', '--set', 'proposals=60'))
    await expectKept()
  })

  it('stays when words come and go, and is no obstacle to the others', async () => {
    await cli.expect(0, prelabel(`${WORDS}, vase, book, clock`, '--threshold', '0.1'))
    await expectKept()
    await cli.expect(0, prelabel(WORDS))
    await expectKept()
  })

  it('is told by info, which does not count the rejected', async () => {
    const { stdout } = await cli.expect(0, ['info', '--project', 'labels.lexmask', '--json'])
    const { project } = JSON.parse(stdout) as {
      project: { classes: { name: string; annotations: number }[] }
    }
    const count = project.classes.reduce((sum, { annotations }) => sum + annotations, 0)
    expect(count).toBe((await withApp(annotationsOf)).length - 1)
  })

  it('keeps its class in the vocabulary: leaving the word out is refused, and changes nothing', async () => {
    const before = await withApp(annotationsOf)
    const { code, stderr } = await cli.run(prelabel('sandwich'))
    expect(code).toBe(1)
    expect(stderr).toMatch(/^error: These classes still have annotations: "/m)
    expect(await withApp(annotationsOf)).toEqual(before)
  })
})
