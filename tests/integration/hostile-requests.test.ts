import { mkdir, readdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import Database from 'better-sqlite3'
import { expect, it } from 'vitest'
import { commands, type CommandName } from '#shared/contract/commands.ts'
import { dispatch } from '#shared/contract/dispatch.ts'
import { hostileInput } from '../support/hostile-input.ts'
import { SeededRandom } from '../support/random.ts'
import { workspaceIn } from '../support/served-window.ts'
import { annotate, openStreet, temporaryFolder } from './storage-fixture.ts'

const CASES = 60
const seed = Number(process.env.LEXMASK_TEST_SEED ?? Date.now() % 1_000_000)

/** These would leave the project, the folder or the machine of the test. */
const LEFT_OUT = new Set<CommandName>([
  'workspace.create',
  'workspace.open',
  'workspace.close',
  'packs.install',
  'packs.remove',
])

const names = (Object.keys(commands) as CommandName[]).filter((name) => !LEFT_OUT.has(name))

/** Of names, words, masks, colours and paths; none leads to a folder that is not the test's. */
const textsIn = (folder: string): string[] => [
  ...['bus', 'tram', 'a', '#ff0000', 'red', '%_', "'; DROP TABLE image; --", '${x}', '{{x}}'],
  ...['', ' ', '\0', '\ud800', 'a\u202eb', '街道', 'e\u0301', '__proto__', 'constructor'],
  ...['x'.repeat(199), 'x'.repeat(5000), '-1', 'NaN', '0000', 'P9', 'oooo', '`1', '1'.repeat(500)],
  ...['/nowhere', '../../../nowhere', '/dev/null', '/dev/zero', 'labels.json'],
  ...[join(folder, 'photos'), join(folder, 'photos', 'empty.jpg'), join(folder, 'street.lexmask')],
]

it(`requests that nearly fit are answered with what is wrong, and never with a fault of ours (LEXMASK_TEST_SEED=${seed})`, async () => {
  const folder = temporaryFolder()
  const project = join(folder, 'street.lexmask')
  const street = openStreet(project, 4)
  for (const imageId of street.imageIds) annotate(street, imageId, { count: 5 })
  street.project.close()
  await mkdir(join(folder, 'photos'))
  await writeFile(join(folder, 'photos', 'empty.jpg'), '')
  const reported: unknown[] = []
  const workspace = await workspaceIn(folder, {
    packRoots: () => [],
    report: (error) => reported.push(error),
  })
  const ask = (name: string, input: unknown): ReturnType<typeof dispatch> =>
    dispatch(workspace.handlers, name, input, (error) => reported.push(error))
  expect(await ask('workspace.open', { path: project })).toMatchObject({ ok: true })

  const faults: unknown[] = []
  const count = { ok: 0, refused: 0 }
  for (const [n, name] of names.entries()) {
    const random = new SeededRandom(Math.imul(seed + n, 0x9e3779b1))
    for (let i = 0; i < CASES; i++) {
      const input = hostileInput(commands[name].input, textsIn(folder), random)
      const reply = await ask(name, input)
      count[reply.ok ? 'ok' : 'refused']++
      if (reply.ok || (reply.error.code !== 'INTERNAL' && reply.error.message.trim() !== ''))
        continue
      faults.push([name, JSON.stringify(input)?.slice(0, 1000), reply.error])
    }
  }
  console.log(`seed ${seed}: ${count.ok} requests were served, ${count.refused} refused`)
  expect(faults).toEqual([])
  expect(reported).toEqual([])
  expect(count.ok).toBeGreaterThan(names.length)

  expect(await ask('project.info', {})).toMatchObject({ ok: true })
  await workspace.close()
  const database = new Database(project)
  expect(database.pragma('integrity_check', { simple: true })).toBe('ok')
  expect(database.pragma('foreign_key_check')).toEqual([])
  database.close()
  // Exports may have any name; nothing half done is left.
  const left = (await readdir(folder)).filter((name) => /\.(part|spool|lock)$|-wal$/.test(name))
  expect(left).toEqual([])
  expect(({} as Record<string, unknown>).isAdmin).toBeUndefined()
})
