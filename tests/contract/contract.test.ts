import { afterAll, describe, expect, it, vi } from 'vitest'
import { createClient } from '#shared/contract/client.ts'
import type { Client } from '#shared/contract/client.ts'
import { commands } from '#shared/contract/commands.ts'
import type { CommandName, Snapshot } from '#shared/contract/commands.ts'
import { dispatch } from '#shared/contract/dispatch.ts'
import type { Handlers, Reply } from '#shared/contract/dispatch.ts'
import { LexmaskError } from '#shared/contract/errors.ts'
import type { AppEvent } from '#shared/contract/events.ts'
import type { MachineReport } from '#shared/contract/machine.ts'
import type { MeasureProgress } from '#shared/contract/measurement.ts'
import type { ServiceReport } from '#shared/vocabulary/service-report.ts'
import type { WordService } from '#shared/vocabulary/word-server.ts'
import { GeometryError } from '#shared/geometry/geometry-error.ts'
import { emptyDiff } from '#shared/history/record-diff.ts'
import { closeServer, transportKinds } from './transports.ts'
import type { Served, ServeOptions } from './transports.ts'

afterAll(closeServer)

function unexpected(): never {
  throw new Error('This command was not expected.')
}

/** An application that serves what a test names. */
function handlersWith(served: Partial<Handlers>): Handlers {
  const names = Object.keys(commands) as CommandName[]
  const refusing = Object.fromEntries(
    names.map((name) => [name, unexpected]),
  ) as unknown as Handlers
  return { ...refusing, ...served }
}

function snapshotAt(revision: number): Snapshot {
  return {
    revision,
    project: {
      path: '/photos/street.lexmask',
      name: 'street',
      isReadOnly: false,
      damage: [],
      revision,
      vocabularyRevision: 0,
      imagesByStatus: { new: 0, labelled: 0, reviewed: 0, failed: 0 },
      annotationsByClass: [],
    },
    vocabulary: { revision: 0, classes: [], negatives: [] },
    images: [],
    annotations: [],
  }
}

function changed(revision: number): AppEvent {
  return { name: 'records.changed', data: { revision, changeId: null, diff: emptyDiff() } }
}

describe('the table of handlers', () => {
  it('does not compile with a command left out', () => {
    const rest: Omit<Handlers, 'project.info'> = handlersWith({})
    // @ts-expect-error project.info has no handler
    const incomplete: Handlers = rest
    expect(Object.keys(incomplete).sort()).toEqual(Object.keys(commands).sort())
  })
})

describe.each(transportKinds)('over $name', ({ serve }) => {
  function connect(served: Partial<Handlers>, options?: ServeOptions): Served & { client: Client } {
    const application = serve(handlersWith(served), options)
    const client = createClient(application.transport, {
      shownImageIds: () => [7],
      report: (error) => {
        throw error
      },
    })
    return { ...application, client }
  }

  describe('a request', () => {
    it('reaches its handler with all defaults and brings its answer', async () => {
      const list = vi.fn(() => ({ total: 0, images: [] }))
      const { client } = connect({ 'images.list': list })
      await expect(client.request('images.list')).resolves.toEqual({ total: 0, images: [] })
      expect(list).toHaveBeenCalledWith({ filter: {}, offset: 0, limit: 200 })
    })

    it('examines and measures the machine, and tells how that goes on', async () => {
      const progress: MeasureProgress = {
        ...{ pack: 'rcnn', state: 'running', way: { provider: 'webgpu', precision: 'fp32' } },
        ...{ done: 1, total: 4, remainingMs: 2000, failure: null },
      }
      const machine = { machine: 'this one', providers: [] } as unknown as MachineReport
      const { client, send, settled } = connect({
        'machine.examine': () => machine,
        'machine.measure': () => progress,
        'machine.cancelMeasure': () => ({ isCancelled: true }),
      })
      const heard: MeasureProgress[] = []
      client.subscribe('measure.progress', (told) => heard.push(told))
      await expect(client.request('machine.examine')).resolves.toEqual(machine)
      await expect(client.request('machine.measure')).resolves.toEqual(progress)
      send({ name: 'measure.progress', data: progress })
      await settled()
      expect(heard).toEqual([progress])
      const cancelled = await client.request('machine.cancelMeasure', {})
      expect(cancelled).toEqual({ isCancelled: true })
    })

    it('fills in the parameters of a recipe', async () => {
      const start = vi.fn<Handlers['prelabel.start']>(() => ({
        jobId: 1,
        runId: 1,
        images: 2,
        unservedWords: [],
      }))
      const { client } = connect({ 'prelabel.start': start })
      await client.request('prelabel.start', {
        images: { imageIds: [1, 2] },
        recipe: { name: 'detector', scoring: { threshold: 0.3 } },
        vocabularyRevision: 4,
      })
      expect(start.mock.calls[0][0]).toMatchObject({
        recipe: {
          name: 'detector',
          regions: { atMost: 100 },
          scoring: { threshold: 0.3, nmsIou: 0.5 },
        },
        replaceTouched: false,
      })
    })

    it('asks how words are served: drafts while somebody types, or the stored ones', async () => {
      const service: WordService = {
        ...{ word: '狗', way: 'synonym', ways: ['synonym'], noun: 'dog' },
        ...{ detectorClasses: ['dog'], detectorRelation: 'synonym' },
        ...{ textNames: [], textRelation: null },
      }
      const told: ServiceReport = {
        ...{ recipe: 'detector', pack: null, packAdvice: 'Get a pack.', advice: null },
        classes: [
          {
            ...{ name: '狗', way: 'synonym', word: '狗', words: [service] },
            ...{ labelled: ['dog'], yieldsTo: [], effect: 'dogs', sentence: '狗: another word' },
          },
        ],
        negatives: [],
      }
      const report = vi.fn<Handlers['vocabulary.report']>(() => told)
      const { client } = connect({ 'vocabulary.report': report })
      await expect(client.request('vocabulary.report', { recipe: 'detector' })).resolves.toEqual(
        told,
      )
      expect(report).toHaveBeenLastCalledWith({ recipe: 'detector', negatives: [] })
      await client.request('vocabulary.report', { recipe: 'crop', classes: [{ name: ' 狗 ' }] })
      expect(report).toHaveBeenLastCalledWith({
        recipe: 'crop',
        classes: [{ name: '狗', synonyms: [], negatives: [] }],
        negatives: [],
      })
      await expect(
        client.request('vocabulary.report', { recipe: 'guess' as 'crop' }),
      ).rejects.toMatchObject({ code: 'INVALID_INPUT' })
    })

    it('fails with the code, the message and the details of the application', async () => {
      const { client } = connect({
        'annotations.delete': () => {
          throw new LexmaskError('CONFLICT', 'Look again.', { keys: ['annotation:3'] })
        },
      })
      const failed = client.request('annotations.delete', { imageId: 1, annotationIds: [3] })
      await expect(failed).rejects.toBeInstanceOf(LexmaskError)
      await expect(failed).rejects.toMatchObject({
        code: 'CONFLICT',
        message: 'Look again.',
        details: { keys: ['annotation:3'] },
      })
    })

    it('fails by name when the input is wrong, and says where', async () => {
      const { client } = connect({})
      await expect(
        client.request('images.list', { limit: 0, filter: { classId: 1.5 } }),
      ).rejects.toMatchObject({
        code: 'INVALID_INPUT',
        message: expect.stringMatching(/filter\.classId: .*limit: /) as string,
        details: {
          command: 'images.list',
          issues: [{ field: 'filter.classId' }, { field: 'limit' }],
        },
      })
    })

    it.each([
      ['name', [{ name: 'bus' }, { name: ' Bus ' }], 'classes.1.name: "Bus" is already class 1'],
      [
        'id',
        [
          { name: 'bus', id: 3 },
          { name: 'tram', id: 3 },
        ],
        'classes.1.id: this id is already that of class 1',
      ],
    ])('is refused when two classes have one %s', async (_what, classes, problem) => {
      const { client } = connect({})
      await expect(
        client.request('vocabulary.replace', { revision: 0, classes }),
      ).rejects.toMatchObject({
        code: 'INVALID_INPUT',
        message: expect.stringContaining(problem) as string,
      })
    })

    it('names a fault of the program INTERNAL, keeps its stack to itself and reports it', async () => {
      const fault = new TypeError('x is not a function')
      const reportInternal = vi.fn()
      const { client } = connect(
        { 'project.info': () => Promise.reject(fault) },
        { reportInternal },
      )
      await expect(client.request('project.info')).rejects.toMatchObject({
        code: 'INTERNAL',
        details: { cause: 'TypeError: x is not a function' },
      })
      expect(reportInternal).toHaveBeenCalledWith(fault, 'project.info')
    })

    it('names a malformed mask', async () => {
      const { client } = connect({
        'annotations.edit': () => {
          throw new GeometryError('RLE_STRING_MALFORMED', 'The mask ends early.')
        },
      })
      await expect(
        client.request('annotations.edit', {
          imageId: 1,
          step: 'Paint',
          create: [{ classId: 1, mask: { height: 2, width: 2, counts: 'z' } }],
        }),
      ).rejects.toMatchObject({ code: 'MASK_INVALID', message: 'The mask ends early.' })
    })

    it('survives details that no channel can carry', async () => {
      const cyclic: Record<string, unknown> = { work: () => 1 }
      cyclic.self = cyclic
      const { client } = connect({
        'project.info': () => {
          throw new LexmaskError('NOT_FOUND', 'Gone.', cyclic)
        },
      })
      await expect(client.request('project.info')).rejects.toMatchObject({
        code: 'NOT_FOUND',
        details: {},
      })
    })
  })

  describe('events', () => {
    it('reach those who listen to their name, until they leave', async () => {
      const { client, send, settled } = connect({})
      const heard: unknown[] = []
      const leave = client.subscribe('inference.state', (state) => heard.push(state.state))
      const event = (state: 'starting' | 'ready'): AppEvent => ({
        name: 'inference.state',
        data: { state, provider: null, pack: null, error: null },
      })
      send(event('starting'))
      await settled()
      leave()
      send(event('ready'))
      await settled()
      expect(heard).toEqual(['starting'])
    })

    it('of records come in order and once, after the first snapshot', async () => {
      const { client, send, settled } = connect({ 'project.snapshot': () => snapshotAt(3) })
      const heard = record(client)
      await client.synchronise()
      for (const revision of [2, 3, 4, 4, 5]) send(changed(revision))
      await settled()
      expect(heard).toEqual(['snapshot 3', 'change 4', 'change 5'])
    })

    it('lost on the way make the client ask once for a snapshot, and go on from there', async () => {
      const answers = [snapshotAt(1), snapshotAt(5)]
      let answer = (): void => undefined
      const isAnswered = new Promise<void>((resolve) => (answer = resolve))
      const snapshot = vi.fn(async () => {
        const next = answers.shift() as Snapshot
        if (next.revision === 5) await isAnswered
        return next
      })
      const { client, send, settled } = connect({ 'project.snapshot': snapshot })
      const heard = record(client)
      await client.synchronise()

      send(changed(2))
      // 3 is lost. 4, 5 come before the snapshot is made, 6 and 7 before it arrives.
      for (const revision of [4, 5, 7, 6]) send(changed(revision))
      await settled()
      answer()
      await settled()
      send(changed(8))
      await settled()

      expect(heard).toEqual([
        'snapshot 1',
        'change 2',
        'snapshot 5',
        'change 6',
        'change 7',
        'change 8',
      ])
      expect(snapshot).toHaveBeenCalledTimes(2)
      expect(snapshot).toHaveBeenLastCalledWith({ imageIds: [7] })
    })

    it('before any snapshot make the client ask for one', async () => {
      const { client, send, settled } = connect({ 'project.snapshot': () => snapshotAt(9) })
      const heard = record(client)
      send(changed(9))
      await settled()
      expect(heard).toEqual(['snapshot 9'])
    })

    it('are waited for again after a snapshot failed, without asking in a loop', async () => {
      const snapshot = vi.fn((): Snapshot => {
        if (snapshot.mock.calls.length === 1)
          throw new LexmaskError('STORAGE_FAILED', 'Check the disk.')
        return snapshotAt(6)
      })
      const { client, send, settled } = connect({ 'project.snapshot': snapshot })
      const heard = record(client)
      send(changed(5))
      await settled()
      expect(heard).toEqual(['failed STORAGE_FAILED'])
      expect(snapshot).toHaveBeenCalledTimes(1)
      send(changed(6))
      await settled()
      expect(heard).toEqual(['failed STORAGE_FAILED', 'snapshot 6'])
    })

    it('reach the other listeners when one throws, and what it threw is reported', async () => {
      const report = vi.fn()
      const { transport, send, settled } = serve(
        handlersWith({ 'project.snapshot': () => snapshotAt(0) }),
      )
      const client = createClient(transport, { shownImageIds: () => [], report })
      const fault = new Error('broken store')
      client.subscribe('records.changed', () => {
        throw fault
      })
      const heard = record(client)
      await client.synchronise()
      send(changed(1))
      await settled()
      expect(heard).toEqual(['snapshot 0', 'change 1'])
      expect(report).toHaveBeenCalledExactlyOnceWith(fault)
    })

    it('stop when the client is closed', async () => {
      const { client, send, settled } = connect({ 'project.snapshot': () => snapshotAt(0) })
      await client.synchronise()
      const heard = record(client)
      client.close()
      send(changed(1))
      await settled()
      expect(heard).toEqual([])
    })
  })
})

describe('a channel that fails', () => {
  it('is told by its name', async () => {
    const client = createClient(
      {
        request: () => Promise.reject(new Error('socket closed')),
        subscribe: () => () => undefined,
      },
      { shownImageIds: () => [], report: unexpected },
    )
    await expect(client.request('project.info')).rejects.toMatchObject({ code: 'TRANSPORT_FAILED' })
    await expect(client.synchronise()).rejects.toMatchObject({ code: 'TRANSPORT_FAILED' })
    // Not stuck on the failed one.
    await expect(client.synchronise()).rejects.toMatchObject({ code: 'TRANSPORT_FAILED' })
  })
})

describe('dispatch', () => {
  const handlers = handlersWith({ 'jobs.list': () => [] })

  it.each(['no.such', '', '__proto__', 'constructor', 'toString'])(
    'refuses the unknown command "%s"',
    async (name) => {
      await expect(dispatch(handlers, name, {})).resolves.toMatchObject({
        ok: false,
        error: { code: 'UNKNOWN_COMMAND', details: { command: name } },
      })
    },
  )

  it('takes no input as an empty one', async () => {
    const reply: Reply = await dispatch(handlers, 'jobs.list', undefined)
    expect(reply).toEqual({ ok: true, data: [] })
  })

  it.each([[{ surplus: 1 }], [[]], ['text'], [3], [true]])(
    'refuses the input %j',
    async (input) => {
      await expect(dispatch(handlers, 'jobs.list', input)).resolves.toMatchObject({
        ok: false,
        error: { code: 'INVALID_INPUT' },
      })
    },
  )

  it.each([
    ['a string', 'out'],
    ['nothing', undefined],
    ['a symbol', Symbol('x')],
    ['an object without a prototype', Object.create(null)],
  ])('answers when a handler throws %s', async (_what, thrown) => {
    const throwing = handlersWith({
      'jobs.list': () => {
        throw thrown
      },
    })
    await expect(dispatch(throwing, 'jobs.list', {})).resolves.toMatchObject({
      ok: false,
      error: { code: 'INTERNAL' },
    })
  })

  it('answers when reading the input throws, and when the log does', async () => {
    const hostile = {
      get imageIds(): never {
        throw new Error('trap')
      },
    }
    const failingLog = () => {
      throw new Error('disk full')
    }
    await expect(dispatch(handlers, 'images.remove', hostile, failingLog)).resolves.toMatchObject({
      ok: false,
      error: { code: 'INTERNAL' },
    })
  })
})

/** What a store would hear, in its order. */
function record(client: Client): string[] {
  const heard: string[] = []
  client.subscribe('snapshot.received', ({ revision }) => heard.push(`snapshot ${revision}`))
  client.subscribe('snapshot.failed', ({ code }) => heard.push(`failed ${code}`))
  client.subscribe('records.changed', ({ revision }) => heard.push(`change ${revision}`))
  return heard
}
