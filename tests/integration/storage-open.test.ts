import { fork } from 'node:child_process'
import type { ChildProcess } from 'node:child_process'
import {
  chmodSync,
  cpSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { once } from 'node:events'
import { basename, dirname, join } from 'node:path'
import Database from 'better-sqlite3'
import { describe, expect, it, onTestFinished } from 'vitest'
import { backupPathOf, migrate, migrations } from '#main/storage/migrations.ts'
import { openProject } from '#main/storage/open-project.ts'
import { APPLICATION_ID, readIdentity } from '#main/storage/project-identity.ts'
import { withStorageErrors } from '#main/storage/storage-error.ts'
import { smallDisk } from '../support/small-disk.ts'
import {
  annotate,
  imageDraft,
  open,
  openStreet,
  temporaryFolder,
  temporaryPath,
  type Street,
} from './storage-fixture.ts'

const writer = new URL('storage-writer.ts', import.meta.url)
const NOBODY = 65_534
const isRoot = process.getuid?.() === 0

/** A separate process; killed with the test at the latest. */
function start(
  task: 'try' | 'write' | 'hold',
  path: string,
  more: string[] = [],
  asUser?: number,
): ChildProcess {
  const child = fork(writer, [task, path, ...more], {
    execArgv: ['--disable-warning=ExperimentalWarning'],
    ...(asUser === undefined ? {} : { uid: asUser, gid: asUser }),
  })
  onTestFinished(() => void child.kill('SIGKILL'))
  return child
}

async function answerOf(child: ChildProcess): Promise<Record<string, unknown>> {
  const [message] = (await once(child, 'message')) as [Record<string, unknown>]
  return message
}

async function kill(child: ChildProcess): Promise<void> {
  const ended = once(child, 'exit')
  child.kill('SIGKILL')
  await ended
}

function raw(path: string, options: Database.Options = {}): Database.Database {
  const database = new Database(path, options)
  onTestFinished(() => void database.close())
  return database
}

function refusal(
  path: string,
  options = {},
): { code: string; message: string; details: Record<string, unknown> } {
  try {
    openProject(path, options).close()
  } catch (error) {
    return error as { code: string; message: string; details: Record<string, unknown> }
  }
  throw new Error('It was opened.')
}

/** A sound, closed project. */
function closedProject(path = temporaryPath()): string {
  const street = openStreet(path)
  annotate(street, street.imageIds[0], { count: 50 })
  street.project.close()
  return path
}

describe('a project file', () => {
  it('is made with its mark, its version and settings that lose nothing', () => {
    const path = temporaryPath()
    const project = openProject(path, { create: true })
    const database = raw(path, { readonly: true })
    expect(database.pragma('application_id', { simple: true })).toBe(0x4c584d4b)
    expect(database.pragma('user_version', { simple: true })).toBe(migrations.length)
    expect(database.pragma('journal_mode', { simple: true })).toBe('wal')
    expect(project.images.countByStatus()).toEqual({ new: 0, labelled: 0, reviewed: 0, failed: 0 })
    database.close()
    project.close()
    expect(readFileSync(path).subarray(68, 72).toString('latin1')).toBe('LXMK')
  })

  it('opens again with what was written, and leaves nothing beside it', () => {
    const path = temporaryPath()
    const { project, imageIds } = openStreet(path)
    project.close()
    expect(readdirSync(dirname(path))).toEqual([basename(path)])
    expect(open(path, {}).images.get(imageIds[1])).toEqual({
      ...imageDraft('image-0001.jpg'),
      id: imageIds[1],
      status: 'new',
      error: null,
    })
  })

  it.each(['街道 照片.lexmask', 'Straße é é 🚌.lexmask', "o'clock 100% #1?.lexmask"])(
    'may be called %s, in a folder of such a name',
    (name) => {
      const folder = join(temporaryFolder(), name.replace('.lexmask', ''))
      mkdirSync(folder)
      const path = join(folder, name)
      closedProject(path)
      expect(readdirSync(folder)).toEqual([name])
      expect(open(path, { readOnly: true }).images.list({}, { offset: 0, limit: 1 }).total).toBe(2)
    },
  )

  it.runIf(process.platform === 'linux')(
    'may have a name as long as the system takes with what lies beside it (needs Linux)',
    () => {
      const folder = temporaryFolder()
      const path = join(folder, `${'p'.repeat(234)}.lexmask`)
      closedProject(path)
      expect(open(path, {}).images.countByStatus().new).toBe(2)
      for (const name of [`${'p'.repeat(235)}.lexmask`, `${'街'.repeat(79)}.lexmask`]) {
        expect(refusal(join(folder, name), { create: true })).toMatchObject({
          code: 'INVALID_INPUT',
          message: expect.stringMatching(/too long: names have 242 bytes.*shorter name/) as string,
        })
      }
      const deep = join(folder, 'd'.repeat(200), 'd'.repeat(200), 'd'.repeat(100))
      mkdirSync(deep, { recursive: true })
      expect(refusal(join(deep, 'a.lexmask'), { create: true }).message).toMatch(/too long/)
    },
  )

  it('is made anew where its creation was cut off', () => {
    const path = temporaryPath()
    writeFileSync(path, '')
    expect(open(path).images.countByStatus().new).toBe(0)
  })
})

describe('is refused by name, and left as it was:', () => {
  it('a project that is not there', () => {
    const path = temporaryPath()
    expect(refusal(path)).toMatchObject({ code: 'PROJECT_NOT_FOUND', details: { path } })
    expect(refusal(path, { readOnly: true, create: true }).code).toBe('PROJECT_NOT_FOUND')
    expect(readdirSync(dirname(path))).toEqual([])
  })

  it('a name with a NUL, behind which another file would be meant', () => {
    const path = closedProject()
    const before = readFileSync(path)
    for (const file of [`${path}\0`, `${path}\0.lexmask`]) {
      expect(refusal(file, { create: true })).toMatchObject({ code: 'INVALID_INPUT' })
    }
    expect(readFileSync(path)).toEqual(before)
    expect(readdirSync(dirname(path))).toEqual([basename(path)])
  })

  it('a folder that is not there', () => {
    const folder = join(temporaryFolder(), 'gone')
    const refused = refusal(join(folder, 'street.lexmask'), { create: true })
    expect(refused.code).toBe('PROJECT_FOLDER_MISSING')
    expect(refused.message).toContain(folder)
  })

  it('a folder', () => {
    expect(refusal(temporaryFolder(), { create: true }).code).toBe('PROJECT_NOT_LEXMASK')
  })

  it('a name that ends with a space', () => {
    expect(refusal(temporaryPath('street '), { create: true }).code).toBe('INVALID_INPUT')
  })

  it.each([
    ['a photo', Buffer.concat([Buffer.from([0xff, 0xd8, 0xff, 0xe0]), Buffer.alloc(5000, 7)])],
    ['a short text', Buffer.from('hello')],
    ['an empty file', Buffer.alloc(0)],
  ])('%s', (_what, bytes) => {
    const path = temporaryPath()
    writeFileSync(path, bytes)
    for (const readOnly of [false, true]) {
      const refused = refusal(path, { readOnly })
      expect(refused.code).toBe('PROJECT_NOT_LEXMASK')
      expect(refused.message).toMatch(/street\.lexmask is not a Lexmask project\. Choose/)
    }
    if (bytes.length > 0) expect(refusal(path, { create: true }).code).toBe('PROJECT_NOT_LEXMASK')
    expect(readFileSync(path)).toEqual(bytes)
    expect(readdirSync(dirname(path))).toEqual([basename(path)])
  })

  it("another program's SQLite file", () => {
    const path = temporaryPath()
    const other = new Database(path)
    other.exec('CREATE TABLE bookmarks (url TEXT)')
    other.close()
    const before = readFileSync(path)
    expect(refusal(path, { create: true }).code).toBe('PROJECT_NOT_LEXMASK')
    expect(refusal(path, { readOnly: true }).code).toBe('PROJECT_NOT_LEXMASK')
    expect(readFileSync(path)).toEqual(before)
  })

  it('a project of a newer Lexmask, naming both versions', () => {
    const path = closedProject()
    const newer = new Database(path)
    newer.pragma('user_version = 99')
    newer.close()
    const before = readFileSync(path)
    for (const readOnly of [false, true]) {
      const refused = refusal(path, { readOnly })
      expect(refused).toMatchObject({
        code: 'PROJECT_TOO_NEW',
        details: { version: 99, known: migrations.length },
      })
      expect(refused.message).toMatch(/format 99; this one knows up to \d+\)\. Update Lexmask/)
    }
    expect(readFileSync(path)).toEqual(before)
  })
})

describe('a project of the first format', () => {
  it('opens with a copy of what it was, and with all that is in it', () => {
    const path = temporaryPath()
    const first = new Database(path)
    migrate(first, path, migrations.slice(0, 1))
    first.exec(`
      INSERT INTO image (path, name, bytes, modified_ms, status) VALUES ('a', 'a', 1, 1, 'labelled');
      INSERT INTO class VALUES (1, 'bus', '[]', '[]', '[]', NULL, '#000000', 0);
      INSERT INTO mask VALUES ('h', 6, 8, 2, 0, 0, 1, 2, '02^1');
      INSERT INTO annotation VALUES (1, 1, 1, 'h', 0, 0.9, 'proposed', 'run', 1, NULL)`)
    first.close()

    const project = open(path)
    expect(readIdentity(raw(backupPathOf(path, 1), { readonly: true })).version).toBe(1)
    // Nothing was said of it when it was scored: it waits behind the others.
    expect(project.annotations.listWaiting(null, 10)).toEqual([
      { annotationId: 1, imageId: 1, uncertainty: 0, reason: 'threshold' },
    ])
    expect(project.scores.histograms([1])[0].bins.every((count) => count === 0)).toBe(true)
  })
})

describe('a project of the second format', () => {
  it('opens with nothing said of its annotations, and its steps are undone and come again', () => {
    const path = temporaryPath()
    const second = new Database(path)
    migrate(second, path, migrations.slice(0, 2))
    const old = {
      ...{ id: 1, imageId: 1, classId: 1, maskHash: 'h', bbox: [0, 0, 1, 2], area: 2 },
      ...{ isCrowd: false, score: 0.9, state: 'proposed', origin: 'run', candidateId: 1 },
      provenance: null,
    }
    const accepted = { ...old, state: 'accepted' }
    second.exec(`
      INSERT INTO image (path, name, bytes, modified_ms, status) VALUES ('a', 'a', 1, 1, 'labelled');
      INSERT INTO class VALUES (1, 'bus', '[]', '[]', '[]', NULL, '#000000', 0);
      INSERT INTO mask VALUES ('h', 6, 8, 2, 0, 0, 1, 2, '02^1');
      INSERT INTO annotation (id, image_id, class_id, mask_hash, is_crowd, score, state, origin,
        candidate_id) VALUES (1, 1, 1, 'h', 0, 0.9, 'accepted', 'run', 1)`)
    const insert = second.prepare(
      "INSERT INTO change (image_id, label, diff, created_ms) VALUES (1, 'Step', ?, 1)",
    )
    const nothing = { added: {}, updated: {}, removed: {} }
    insert.run(JSON.stringify({ ...nothing, added: { 'annotation:1': old } }))
    insert.run(JSON.stringify({ ...nothing, updated: { 'annotation:1': [old, accepted] } }))
    second.close()

    const project = open(path)
    expect(readIdentity(raw(backupPathOf(path, 2), { readonly: true })).version).toBe(2)
    const defaults = { isOccluded: false, isTruncated: false, attributes: {}, position: 1 }
    expect(project.annotations.listForImage(1)).toEqual([{ ...accepted, ...defaults }])
    const step = (direction: 'undo' | 'redo') =>
      project.transaction(() => project.history[direction](1))
    step('undo')
    expect(project.annotations.listForImage(1)).toEqual([{ ...old, ...defaults }])
    step('undo')
    expect(project.annotations.listForImage(1)).toEqual([])
    step('redo')
    step('redo')
    expect(project.annotations.listForImage(1)).toEqual([{ ...accepted, ...defaults }])
    expect(project.changes.listNewest(1, 10)).toMatchObject([{ madeBy: null }, { madeBy: null }])
  })
})

describe('a damaged project', () => {
  /** Overwrites two pages of images, wherever in the file they lie. */
  function damagedProject(): string {
    const path = temporaryPath()
    openStreet(path, 1000).project.close()
    const bytes = readFileSync(path)
    const pageOfImages = Math.floor(bytes.indexOf('image-0700.jpg') / 4096) * 4096
    bytes.fill(0x5a, pageOfImages, pageOfImages + 8192)
    writeFileSync(path, bytes)
    writeFileSync(backupPathOf(path, 1), 'an earlier copy')
    return path
  }

  it('is not opened for writing; the error names the problems and the backups', () => {
    const path = damagedProject()
    const before = readFileSync(path)
    const refused = refusal(path)
    expect(refused.code).toBe('PROJECT_DAMAGED')
    expect(refused.message).toMatch(/read-only.*restore a backup/)
    expect((refused.details.problems as string[]).length).toBeGreaterThan(0)
    expect(refused.details.backups).toEqual([backupPathOf(path, 1)])
    expect(readFileSync(path)).toEqual(before)
    expect(existsSync(`${path}.lock`)).toBe(false)
  })

  it('opens read-only, says what is wrong, and lets be read what is sound', () => {
    const project = open(damagedProject(), { readOnly: true })
    expect(project.damage.length).toBeGreaterThan(0)
    expect(project.vocabulary.get().negatives).toEqual(['wall'])
  })

  it('is told by its name when it is cut off', () => {
    const path = closedProject()
    writeFileSync(path, readFileSync(path).subarray(0, 10_000))
    expect(refusal(path).code).toBe('PROJECT_DAMAGED')
  })
})

describe('a migration', () => {
  const next = { version: migrations.length + 1, sql: 'ALTER TABLE image ADD COLUMN note TEXT' }
  const broken = {
    version: migrations.length + 2,
    sql: 'CREATE TABLE extra (a); SELECT no_such_function()',
  }

  it('is numbered from 1 without a gap', () => {
    expect(migrations.map(({ version }) => version)).toEqual(
      migrations.map((_, index) => index + 1),
    )
    const database = raw(temporaryPath())
    expect(() => migrate(database, 'x', [{ version: 2, sql: '' }])).toThrow(
      'Migration 1 is missing.',
    )
  })

  it('copies the file before it changes it, with what only the WAL holds', () => {
    const path = temporaryPath()
    const { project } = openStreet(path)
    const database = raw(path)
    migrate(database, path, [...migrations, next])
    expect(readIdentity(database)).toMatchObject({
      applicationId: APPLICATION_ID,
      version: next.version,
    })
    expect(database.pragma('foreign_keys', { simple: true })).toBe(1)
    project.close()

    const backup = raw(backupPathOf(path, migrations.length), { readonly: true })
    expect(readIdentity(backup)).toEqual({
      applicationId: APPLICATION_ID,
      version: migrations.length,
      isBlank: false,
    })
    expect(backup.prepare('SELECT count(*) FROM image').pluck().get()).toBe(2)
  })

  it('that fails leaves the last whole version', () => {
    const path = closedProject()
    const database = raw(path)
    expect(() => migrate(database, path, [...migrations, next, broken])).toThrow('no_such_function')
    expect(readIdentity(database).version).toBe(next.version)
    expect(
      database.prepare("SELECT 1 FROM sqlite_schema WHERE name = 'extra'").get(),
    ).toBeUndefined()
  })

  it('that would leave broken references is taken back', () => {
    const path = closedProject()
    const database = raw(path)
    const dangling = { version: next.version, sql: 'DELETE FROM class' }
    expect(() => migrate(database, path, [...migrations, dangling])).toThrow('broken references')
    expect(database.prepare('SELECT count(*) FROM class').pluck().get()).toBe(2)
  })

  it('makes no copy of a new file', () => {
    const path = temporaryPath()
    open(path).close()
    expect(readdirSync(dirname(path))).toEqual([basename(path)])
  })
})

describe('the lock', () => {
  it('lets one process write and names it to the next; readers come in', async () => {
    const path = closedProject()
    const holder = start('hold', path)
    await answerOf(holder)
    const refused = refusal(path)
    expect(refused).toMatchObject({ code: 'PROJECT_IN_USE', details: { pid: holder.pid } })
    expect(refused.message).toContain(`process ${holder.pid}`)
    expect(open(path, { readOnly: true }).images.countByStatus().new).toBe(2)

    await kill(holder)
    open(path, {}).close()
    expect(existsSync(`${path}.lock`)).toBe(false)
  })

  it('holds within one process too, also while a reader comes and goes', async () => {
    const path = temporaryPath()
    const project = open(path)
    open(path, { readOnly: true }).close()
    expect(refusal(path)).toMatchObject({ code: 'PROJECT_IN_USE', details: { pid: process.pid } })
    expect(await answerOf(start('try', path))).toMatchObject({ ok: false, code: 'PROJECT_IN_USE' })
    project.close()
    expect(await answerOf(start('try', path))).toMatchObject({ ok: true })
  })

  it.skipIf(process.platform === 'win32')('is one by whatever link the file is reached', () => {
    const path = closedProject()
    const link = join(temporaryFolder(), 'link.lexmask')
    symlinkSync(path, link)
    const project = open(path)
    expect(refusal(link)).toMatchObject({ code: 'PROJECT_IN_USE', details: { pid: process.pid } })
    project.close()
    open(link, {}).close()
    expect(readdirSync(dirname(link))).toEqual(['link.lexmask'])
  })

  it('of the next owner survives a project that is closed twice', () => {
    const path = temporaryPath()
    const first = open(path)
    first.close()
    open(path)
    first.close()
    expect(refusal(path).code).toBe('PROJECT_IN_USE')
  })

  it('goes to exactly one of several that come at once', async () => {
    const path = closedProject()
    const answers = await Promise.all([1, 2, 3].map(() => answerOf(start('hold', path))))
    expect(answers.filter(({ ok }) => ok)).toHaveLength(1)
    const codes = answers.filter(({ ok }) => ok === false).map(({ code }) => code)
    expect(codes).toEqual(['PROJECT_IN_USE', 'PROJECT_IN_USE'])
  })

  it('is not taken for one when it is a file of someone else', () => {
    const path = closedProject()
    writeFileSync(
      `${path}.lock`,
      'my own notes, longer than any header of a database would ever be. '.repeat(20),
    )
    expect(refusal(path)).toMatchObject({
      code: 'STORAGE_FAILED',
      details: { path: `${path}.lock` },
    })
  })
})

describe('a process that is killed while it writes', () => {
  it.each([1, 2, 3])('leaves whole transactions only (%i)', async (round) => {
    const path = temporaryPath()
    const street = openStreet(path)
    const [imageId] = street.imageIds
    annotate(street, imageId)
    street.project.close()

    const child = start('write', path)
    let told = 0
    child.on('message', ({ commits }: { commits: number }) => (told = commits))
    await expect.poll(() => told).toBeGreaterThan(0)
    await new Promise((resolve) => setTimeout(resolve, 50 * round))
    await kill(child)

    const project = open(path, {})
    expect(raw(path, { readonly: true }).pragma('integrity_check', { simple: true })).toBe('ok')
    const commits = project.changes.listForImage(imageId).length - 1
    expect(commits).toBeGreaterThanOrEqual(told)
    expect(project.annotations.listForImage(imageId)).toHaveLength(1 + 3 * commits)
    expect(project.meta.revision()).toBe(1 + commits)
  })
})

describe('where nothing may be written', () => {
  function makeReadable(path: string): void {
    chmodSync(path, 0o444)
    chmodSync(dirname(path), 0o555)
    onTestFinished(() => chmodSync(dirname(path), 0o755))
  }

  it.skipIf(process.getuid === undefined)(
    'a project is refused by name and told to be copied, and opens to read',
    async () => {
      const path = closedProject()
      makeReadable(path)
      // Root may write anywhere; anyone else is told the truth.
      const asUser = isRoot ? NOBODY : undefined
      expect(await answerOf(start('try', path, [], asUser))).toMatchObject({
        ok: false,
        code: 'PROJECT_READ_ONLY',
        message: expect.stringMatching(/street\.lexmask.*copy the project/) as string,
      })
      const answer = await answerOf(start('try', path, ['read-only'], asUser))
      expect(answer).toEqual({ ok: true, images: 2 })
    },
  )

  it.skipIf(process.getuid === undefined)(
    'a write-protected file in an open folder is refused, and opens to read',
    async () => {
      const path = closedProject()
      const asUser = isRoot ? NOBODY : undefined
      chmodSync(path, 0o444)
      chmodSync(dirname(path), 0o777)
      expect(await answerOf(start('try', path, [], asUser))).toMatchObject({
        ok: false,
        code: 'PROJECT_READ_ONLY',
      })
      const answer = await answerOf(start('try', path, ['read-only'], asUser))
      expect(answer).toEqual({ ok: true, images: 2 })
    },
  )

  it('a project that is open to read refuses every change by name', () => {
    const project = open(closedProject(), { readOnly: true })
    expect(() => project.transaction(() => project.images.delete(1))).toThrowError(
      expect.objectContaining({ code: 'PROJECT_READ_ONLY' }),
    )
    expect(project.isReadOnly).toBe(true)
  })
})

describe.skipIf(process.platform === 'win32')('a file that goes away while it is open', () => {
  const addOne = ({ project, imageIds }: Street): void =>
    project.transaction(() => void project.images.update(imageIds[0], { width: 4711 }))

  it.each([
    ['deleted', (path: string) => rmSync(path)],
    ['moved', (path: string) => renameSync(path, `${path}.moved`)],
    [
      'replaced',
      (path: string) => {
        cpSync(path, `${path}.other`)
        renameSync(`${path}.other`, path)
      },
    ],
  ])('and is %s is told with the next step, which is not taken', (_how, lose) => {
    const path = temporaryPath()
    const street = openStreet(path)
    addOne(street)
    lose(path)
    expect(() => addOne(street)).toThrowError(
      expect.objectContaining({
        code: 'STORAGE_FAILED',
        message: expect.stringMatching(/was moved, deleted or replaced.*Put it back/) as string,
      }),
    )
    street.project.close()
  })

  it('and is put back takes the next step, with all that was saved before', () => {
    const path = temporaryPath()
    const street = openStreet(path)
    renameSync(path, `${path}.moved`)
    expect(() => addOne(street)).toThrowError(/Put it back/)
    renameSync(`${path}.moved`, path)
    addOne(street)
    street.project.close()
    expect(open(path, {}).images.get(street.imageIds[0])?.width).toBe(4711)
  })
})

describe('a full disk', () => {
  it('is told by its name, and the transaction is not there', () => {
    const database = raw(temporaryPath())
    database.exec('CREATE TABLE t (a BLOB)')
    database.pragma('max_page_count = 20')
    const insert = database.prepare('INSERT INTO t VALUES (zeroblob(3000))')
    const fill = database.transaction(() => {
      for (let i = 0; i < 100; i++) insert.run()
    })
    expect(() => withStorageErrors('/photos/street.lexmask', fill)).toThrowError(
      expect.objectContaining({
        code: 'DISK_FULL',
        message: expect.stringMatching(/street\.lexmask is full.*Free some space/) as string,
      }),
    )
    expect(database.prepare('SELECT count(*) FROM t').pluck().get()).toBe(0)
  })

  it('keeps all that was saved, and takes the next step once there is room', (context) => {
    const place = join(temporaryFolder(), 'disk')
    const unmount = smallDisk(place, '1m')
    if (unmount === null) return context.skip('needs the right to mount a tmpfs')
    onTestFinished(unmount)
    const ballast = join(place, 'ballast')
    writeFileSync(ballast, Buffer.alloc(400_000))
    const street = openStreet(join(place, 'street.lexmask'))
    const [imageId] = street.imageIds
    let saved = 0
    const fill = (): void => {
      for (;;) saved += annotate(street, imageId, { count: 20 }).length
    }
    expect(fill).toThrowError(expect.objectContaining({ code: 'DISK_FULL' }))
    expect(saved).toBeGreaterThan(0)
    const list = () => street.project.annotations.listForImage(imageId)
    expect(list()).toHaveLength(saved)
    rmSync(ballast)
    saved += annotate(street, imageId, { count: 20 }).length
    expect(list()).toHaveLength(saved)
    street.project.close()
    expect(raw(street.project.path).pragma('integrity_check', { simple: true })).toBe('ok')
    const again = openProject(street.project.path)
    expect(again.annotations.listForImage(imageId)).toHaveLength(saved)
    again.close()
  })
})

describe('a backup', () => {
  it('is a project of its own, taken while work goes on', async () => {
    const path = temporaryPath()
    const street = openStreet(path)
    annotate(street, street.imageIds[0], { count: 3000 })
    const target = join(dirname(path), 'copy 副本.lexmask')
    writeFileSync(target, 'an older copy')
    const backup = street.project.backup(target)
    annotate(street, street.imageIds[1], { count: 5 })
    await backup
    expect(readdirSync(dirname(path)).filter((name) => name.endsWith('.part'))).toEqual([])
    const copy = open(target, {})
    expect(copy.damage).toEqual([])
    expect(copy.annotations.listForImage(street.imageIds[0])).toHaveLength(3000)
  })

  it('never replaces the project, and misses no folder silently', async () => {
    const path = temporaryPath()
    const project = open(path)
    await expect(project.backup(path)).rejects.toMatchObject({ code: 'INVALID_INPUT' })
    await expect(project.backup(join(dirname(path), 'gone', 'a'))).rejects.toMatchObject({
      code: 'PROJECT_FOLDER_MISSING',
    })
  })

  it('of the file with its WAL is a project too', () => {
    const path = temporaryPath()
    openStreet(path)
    const copy = join(temporaryFolder(), 'street.lexmask')
    for (const suffix of ['', '-wal']) cpSync(`${path}${suffix}`, `${copy}${suffix}`)
    expect(open(copy, {}).images.countByStatus().new).toBe(2)
  })
})
