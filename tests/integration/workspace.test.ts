import {
  copyFile,
  mkdir,
  mkdtemp,
  readdir,
  readFile,
  rm,
  symlink,
  writeFile,
} from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setImmediate } from 'node:timers/promises'
import Database from 'better-sqlite3'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { Workspace, WorkspaceOptions } from '#main/app/workspace/workspace.ts'
import { forkLauncher, type LaunchWorker } from '#main/inference/worker-process.ts'
import { openProject } from '#main/storage/open-project.ts'
import type { CommandName, CommandOutput, CommandRequest } from '#shared/contract/commands.ts'
import { dispatch } from '#shared/contract/dispatch.ts'
import { errorOfFailure } from '#shared/contract/errors.ts'
import { recordsOfKind } from '#shared/history/record-diff.ts'
import type { JobProgress } from '#shared/contract/events.ts'
import { builtFile } from '../support/build.ts'
import { sharedPath } from '../support/coco-mini.ts'
import { cocoFolder, cocoPhotos, isAlive } from '../support/command-line.ts'
import { NO_PICTURES, workspaceIn } from '../support/served-window.ts'

let folder: string
let opened: Workspace[]

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'lexmask-workspace-'))
  opened = []
})
afterEach(async () => {
  for (const workspace of opened) await workspace.close()
  await rm(folder, { recursive: true, force: true })
})

const path = (...parts: string[]): string => join(folder, ...parts)

async function start(options: Partial<WorkspaceOptions> = {}): Promise<Workspace> {
  const workspace = await workspaceIn(folder, options)
  opened.push(workspace)
  return workspace
}

/** @throws LexmaskError as the command */
async function ask<Name extends CommandName>(
  workspace: Workspace,
  name: Name,
  input: CommandRequest<Name>,
): Promise<CommandOutput<Name>> {
  const reply = await dispatch(workspace.handlers, name, input, (error) => {
    throw error
  })
  if (reply.ok) return reply.data as CommandOutput<Name>
  throw errorOfFailure(reply.error)
}

describe('a workspace without a project', () => {
  it('tells its state, and answers what is asked of a project with NO_PROJECT', async () => {
    const workspace = await start()
    await expect(ask(workspace, 'workspace.get', {})).resolves.toMatchObject({
      project: null,
      recent: [],
      settings: { theme: 'system' },
      shell: { kind: 'server', hasDialogs: false },
    })
    await expect(ask(workspace, 'images.list', {})).rejects.toMatchObject({
      code: 'NO_PROJECT',
      message: 'No project is open. Open or create one first.',
    })
  })

  it('knows the packs', async () => {
    const { packs, searched } = await ask(await start(), 'packs.list', {})
    expect(searched).toEqual([sharedPath('models')])
    expect(packs.find(({ name }) => name === 'maskrcnn2go-coco')).toMatchObject({
      kind: 'mask-rcnn',
      classes: 80,
      recipes: ['detector', 'crop', 'vild', 'ovseg', 'fvlm-patch', 'regionclip'],
    })
  })

  it('asks with the dialogs of its shell, or says that it has none', async () => {
    const question = { purpose: 'images', suggested: null } as const
    await expect(ask(await start(), 'files.pick', question)).rejects.toMatchObject({
      code: 'FORBIDDEN',
    })
    const asked: unknown[] = []
    const workspace = await start({
      pickFiles: (one) => {
        asked.push(one)
        return Promise.resolve(['/a.jpg'])
      },
    })
    await expect(ask(workspace, 'files.pick', question)).resolves.toEqual({ paths: ['/a.jpg'] })
    expect(asked).toEqual([question])
  })
})

describe('projects', () => {
  it('and no other file has a path with a NUL in it', async () => {
    const workspace = await start()
    for (const [name, input] of [
      ['workspace.create', { path: path('a\0b') }],
      ['workspace.open', { path: path('a\0b') }],
      ['files.list', { folder: path('a\0b') }],
    ] as const) {
      await expect(ask(workspace, name, input)).rejects.toMatchObject({
        code: 'INVALID_INPUT',
        message: expect.stringContaining('NUL') as string,
      })
    }
    expect(await readdir(folder)).not.toContain('a')
  })

  it('are made, opened, closed and remembered, the last one first, and each change is told', async () => {
    const workspace = await start()
    const told: (string | undefined)[] = []
    workspace.events.subscribe('workspace.changed', ({ project }) => told.push(project?.name))
    const first = await ask(workspace, 'workspace.create', { path: path('first') })
    expect(first.project).toMatchObject({ path: path('first.lexmask'), name: 'first' })
    await ask(workspace, 'workspace.create', { path: path('second.lexmask') })
    await ask(workspace, 'workspace.open', { path: path('first.lexmask') })
    const closed = await ask(workspace, 'workspace.close', {})
    expect(told).toEqual(['first', 'second', 'first', undefined])
    expect(closed.project).toBeNull()
    expect(closed.recent.map(({ name, isThere }) => [name, isThere])).toEqual([
      ['first', true],
      ['second', true],
    ])
    await rm(path('first.lexmask'))
    const { recent } = await ask(workspace, 'workspace.forget', { path: path('second.lexmask') })
    expect(recent).toMatchObject([{ name: 'first', isThere: false }])
  })

  it('are never made over a file that is there', async () => {
    const workspace = await start()
    await writeFile(path('mine.lexmask'), 'precious')
    await expect(ask(workspace, 'workspace.create', { path: path('mine') })).rejects.toMatchObject({
      code: 'FORBIDDEN',
    })
    await expect(readFile(path('mine.lexmask'), 'utf8')).resolves.toBe('precious')
  })

  it('tell through one hub of events, whichever is open', async () => {
    const workspace = await start()
    const told: string[] = []
    workspace.events.subscribe('records.changed', ({ diff }) =>
      told.push(...recordsOfKind(diff.added, 'class').map(({ name }) => name)),
    )
    for (const name of ['bus', 'tram']) {
      await ask(workspace, 'workspace.create', { path: path(name) })
      await ask(workspace, 'vocabulary.replace', { revision: 0, classes: [{ name }] })
    }
    expect(told).toEqual(['bus', 'tram'])
  })

  it('that are open already stay open, by whatever name they are called', async () => {
    const workspace = await start()
    await ask(workspace, 'workspace.create', { path: path('one') })
    await symlink(path('one.lexmask'), path('same.lexmask'))
    for (const name of ['one.lexmask', 'same.lexmask']) {
      const { project } = await ask(workspace, 'workspace.open', { path: path(name) })
      expect(project?.path).toBe(path('one.lexmask'))
    }
  })

  it.each([
    ['that are not there', 'PROJECT_NOT_FOUND', () => Promise.resolve()],
    [
      'of another program',
      'PROJECT_NOT_LEXMASK',
      (file: string) => writeFile(file, 'a letter to my aunt'),
    ],
    [
      'of a later Lexmask',
      'PROJECT_TOO_NEW',
      async (file: string) => {
        openProject(file, { create: true }).close()
        const database = new Database(file)
        database.pragma('user_version = 999')
        database.close()
        return Promise.resolve()
      },
    ],
    [
      'that are damaged',
      'PROJECT_DAMAGED',
      async (file: string) => {
        openProject(file, { create: true }).close()
        const bytes = await readFile(file)
        await writeFile(file, bytes.fill(0x55, 4096, bytes.length - 4096))
      },
    ],
  ])('%s are refused, and the present one stays open', async (_what, code, prepare) => {
    const workspace = await start()
    await ask(workspace, 'workspace.create', { path: path('present') })
    await prepare(path('other.lexmask'))
    await expect(
      ask(workspace, 'workspace.open', { path: path('other.lexmask') }),
    ).rejects.toMatchObject({ code })
    const { project, recent } = await ask(workspace, 'workspace.get', {})
    expect(project?.name).toBe('present')
    expect(recent).toHaveLength(1)
    await ask(workspace, 'vocabulary.replace', { revision: 0, classes: [{ name: 'bus' }] })
  })

  it('that another Lexmask has open can be opened beside it to read', async () => {
    const [here, there] = [await start(), await start()]
    const file = path('shared.lexmask')
    await ask(there, 'workspace.create', { path: file })
    await expect(ask(here, 'workspace.open', { path: file })).rejects.toMatchObject({
      code: 'PROJECT_IN_USE',
    })
    const { project } = await ask(here, 'workspace.open', { path: file, readOnly: true })
    expect(project).toMatchObject({ isReadOnly: true })
    await ask(there, 'workspace.close', {})
    const again = await ask(here, 'workspace.open', { path: file })
    expect(again.project).toMatchObject({ isReadOnly: false })
  })

  it('asked for at the same time are opened one after another', async () => {
    const workspace = await start()
    const names = ['a', 'b', 'c', 'd']
    const states = await Promise.all(
      names.map((name) => ask(workspace, 'workspace.create', { path: path(name) })),
    )
    expect(states.map(({ project }) => project?.name)).toEqual(names)
    // Only the last one is still locked.
    for (const name of names.slice(0, -1)) openProject(path(`${name}.lexmask`)).close()
  })

  it('are let go when the workspace is closed', async () => {
    const workspace = await start()
    await ask(workspace, 'workspace.create', { path: path('one') })
    await workspace.close()
    expect(await readdir(folder)).toEqual(expect.not.arrayContaining(['one.lexmask.lock']))
    openProject(path('one.lexmask')).close()
  })
})

describe('several processes', () => {
  it('do not lose each other’s recent projects', async () => {
    const [one, other] = [await start(), await start()]
    await Promise.all([
      ask(one, 'workspace.create', { path: path('a') }),
      ask(other, 'workspace.create', { path: path('b') }),
    ])
    await Promise.all([
      ask(one, 'workspace.create', { path: path('c') }),
      ask(other, 'workspace.create', { path: path('d') }),
    ])
    const { recent } = await ask(await start(), 'workspace.get', {})
    expect(recent.map(({ name }) => name).sort()).toEqual(['a', 'b', 'c', 'd'])
  })

  it('keep each other’s settings', async () => {
    const [one, other] = [await start(), await start()]
    await ask(one, 'settings.change', { theme: 'dark' })
    await ask(other, 'settings.change', { locale: 'zh-CN', view: { thumbnailPx: 200 } })
    const { settings } = await ask(await start(), 'workspace.get', {})
    expect(settings).toMatchObject({ theme: 'dark', locale: 'zh-CN', view: { thumbnailPx: 200 } })
  })
})

describe('files of the person', () => {
  it.each([
    ['cut off', '{"theme":"da'],
    ['not an object', '[1,2]'],
    ['empty', ''],
  ])('that are %s never stop the start, and are kept beside', async (_what, text) => {
    await mkdir(path('config', 'recent'), { recursive: true })
    await writeFile(path('config', 'settings.json'), text)
    await writeFile(path('config', 'recent', 'x.json'), text)
    const workspace = await start()
    const state = await ask(workspace, 'workspace.get', {})
    expect(state).toMatchObject({ settings: { theme: 'system' }, recent: [] })
    await ask(workspace, 'settings.change', { theme: 'dark' })
    await expect(readFile(path('config', 'settings.json.bak'), 'utf8')).resolves.toBe(text)
    expect((await start()).settings.theme).toBe('dark')
  })

  it('lose only the fields that are wrong', async () => {
    await mkdir(path('config'))
    const text = JSON.stringify({
      theme: 'dark',
      threads: -3,
      view: { thumbnailPx: 99, maskOpacity: 'much' },
      shortcuts: { 'images.next': ['J', 'two keys'], 'later.action': ['K'], 'images.add': 'M' },
      fromTomorrow: true,
    })
    await writeFile(path('config', 'settings.json'), text)
    const { settings } = await start()
    expect(settings).toMatchObject({
      theme: 'dark',
      threads: 0,
      view: { thumbnailPx: 99, maskOpacity: 0.45 },
    })
    expect(settings.shortcuts).toEqual({ 'images.next': ['J'], 'later.action': ['K'] })
    await expect(readFile(path('config', 'settings.json.bak'), 'utf8')).resolves.toBe(text)
  })

  it('that cannot be written are reported, and hold for this session', async () => {
    await writeFile(path('config'), 'a file where the folder should be')
    const reported: unknown[] = []
    const workspace = await start({ report: (error) => reported.push(error) })
    const settings = await ask(workspace, 'settings.change', { theme: 'light' })
    expect(settings.theme).toBe('light')
    await ask(workspace, 'settings.change', { locale: 'en' })
    expect(workspace.settings).toMatchObject({ theme: 'light', locale: 'en' })
    expect(reported.length).toBeGreaterThan(0)
  })
})

describe('auto-labelling', () => {
  const pids: number[] = []
  const launch: LaunchWorker = () => {
    const worker = forkLauncher(builtFile('main', 'worker.js'))()
    pids.push(worker.pid ?? 0)
    return worker
  }
  beforeEach(() => void (pids.length = 0))

  async function startJob(workspace: Workspace, photos: readonly string[]): Promise<void> {
    await ask(workspace, 'settings.change', { provider: 'cpu' })
    await ask(workspace, 'workspace.create', { path: path('job') })
    await ask(workspace, 'images.add', { paths: [...photos] })
    await ask(workspace, 'vocabulary.replace', { revision: 0, classes: [{ name: 'person' }] })
    await label(workspace)
  }

  function label(workspace: Workspace): Promise<unknown> {
    return ask(workspace, 'prelabel.start', {
      images: { filter: {} },
      recipe: { name: 'detector' },
      vocabularyRevision: 1,
    })
  }

  function progressed(
    workspace: Workspace,
    isFar: (items: JobProgress['items']) => boolean,
  ): Promise<void> {
    return new Promise((resolve) => {
      const leave = workspace.events.subscribe('job.progress', ({ items }) => {
        if (!isFar(items)) return
        leave()
        resolve()
      })
    })
  }

  it('lets the images in work end when another project is opened, and goes on later', async () => {
    const workspace = await start({ launch })
    await startJob(workspace, [cocoFolder])
    await progressed(workspace, ({ done }) => done >= 1)
    expect(workspace.isWorking).toBe(true)
    await ask(workspace, 'workspace.create', { path: path('other') })
    expect(pids.some(isAlive)).toBe(false)
    const { project } = await ask(workspace, 'workspace.open', { path: path('job.lexmask') })
    const labelled = project?.imagesByStatus.labelled ?? 0
    expect(labelled).toBeGreaterThanOrEqual(1)
    const [job] = await ask(workspace, 'jobs.list', {})
    expect(job.items).toMatchObject({ done: labelled, running: 0, failed: 0 })
    expect(job.items.queued).toBe(79 - labelled)
  })

  it('shows pictures, or none and no fault, while the images in work end', async () => {
    const picture = new Uint8Array([0xff, 0xd8, 0xff, 0, 0, 0, 0, 0, 0, 0, 0, 0])
    const thumbnail = (): Promise<Uint8Array> => Promise.resolve(picture)
    const workspace = await start({ launch, pictures: { ...NO_PICTURES, thumbnail } })
    await startJob(workspace, cocoPhotos(4))
    const { imageIds } = await ask(workspace, 'images.ids', {})
    await progressed(workspace, ({ running }) => running > 0)
    let isClosed = false
    const closed = ask(workspace, 'workspace.close', {}).then(() => (isClosed = true))
    const statuses = new Set<number>()
    while (!isClosed) {
      const { signal } = new AbortController()
      const url = `/asset/thumbnail/${imageIds[0]}`
      const { status } = await workspace.answerAsset({ url, knownTag: null, signal })
      statuses.add(status)
      await setImmediate()
    }
    await closed
    expect([...statuses].filter((status) => status !== 200)).toEqual([204])
  })

  it('uses one inference process, and another one with the next run after the settings change', async () => {
    const workspace = await start({ launch })
    const isDone = progressed(workspace, ({ queued, running }) => queued + running === 0)
    await startJob(workspace, cocoPhotos(4))
    await progressed(workspace, ({ done }) => done >= 1)
    // Not under the images in work: these end as they began.
    await ask(workspace, 'settings.change', { threads: 1 })
    await isDone
    const [job] = await ask(workspace, 'jobs.list', {})
    expect(job.items).toMatchObject({ done: 4, failed: 0 })
    expect(pids).toHaveLength(1)

    const isDoneAgain = progressed(workspace, ({ queued, running }) => queued + running === 0)
    await label(workspace)
    await isDoneAgain
    expect(pids).toHaveLength(2)
    expect(isAlive(pids[0])).toBe(false)
  })

  it('finds packs in a folder that the settings name since', async () => {
    await mkdir(path('mine'))
    const source = sharedPath('models', 'maskrcnn2go-coco')
    await symlink(source, path('mine', 'maskrcnn2go-coco'))
    const workspace = await start({
      packRoots: (named) => (named === null ? [] : [{ folder: named, required: false }]),
    })
    await expect(ask(workspace, 'packs.list', {})).resolves.toMatchObject({ packs: [] })
    await ask(workspace, 'settings.change', { packFolder: path('mine') })
    await expect(ask(workspace, 'packs.list', {})).resolves.toMatchObject({
      packs: [{ name: 'maskrcnn2go-coco' }],
    })
    await copyFile(join(source, 'model.json'), path('model.json'))
    await mkdir(path('mine', 'broken'))
    await writeFile(path('mine', 'broken', 'model.json'), '{')
    const fresh = await ask(workspace, 'packs.list', { isFresh: true })
    expect(fresh.refused).toMatchObject([{ folder: path('mine', 'broken') }])
  })
})
