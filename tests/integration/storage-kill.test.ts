import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdirSync, symlinkSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { setTimeout } from 'node:timers/promises'
import Database from 'better-sqlite3'
import { build } from 'vite'
import { describe, expect, it, onTestFinished } from 'vitest'
import { openProject } from '#main/storage/open-project.ts'
import { applyDiff, type RecordKey } from '#shared/history/record-diff.ts'
import type { ProjectRecord } from '#shared/contract/records.ts'
import type { ProjectDatabase } from '#main/storage/project-database.ts'
import type { Receipt } from './storage-editor.ts'
import {
  classDraft,
  imageDraft,
  open,
  temporaryFolder,
  writeVocabulary,
} from './storage-fixture.ts'
import { SeededRandom } from '../support/random.ts'

const ROUNDS = 50
const seed = Number(process.env.LEXMASK_TEST_SEED ?? Date.now() % 1_000_000)
const repository = resolve(import.meta.dirname, '../..')

interface Step {
  readonly id: number
  readonly label: string
  readonly isUndone: boolean
}

async function buildEditor(folder: string): Promise<string> {
  mkdirSync(folder, { recursive: true })
  symlinkSync(join(repository, 'node_modules'), join(folder, 'node_modules'))
  await build({
    root: repository,
    configFile: false,
    logLevel: 'error',
    build: {
      ssr: join(import.meta.dirname, 'storage-editor.ts'),
      outDir: join(folder, 'built'),
      rolldownOptions: { output: { entryFileNames: 'editor.mjs' } },
    },
  })
  return join(folder, 'built/editor.mjs')
}

/** Lets the editor work, kills it at a random moment, and answers what it had said to be saved. */
async function editAndKill(
  editor: string,
  path: string,
  random: SeededRandom,
): Promise<readonly Receipt[]> {
  const child = spawn(process.execPath, [editor, path, String(random.integer(1, 2 ** 30))])
  onTestFinished(() => void child.kill('SIGKILL'))
  let said = ''
  let failure = ''
  child.stdout.on('data', (chunk: Buffer) => (said += chunk.toString()))
  child.stderr.on('data', (chunk: Buffer) => (failure += chunk.toString()))
  const ended = once(child, 'close')
  const first = once(child.stdout, 'data')
  // Some die while they start or open the file.
  const isEarly = random.next() < 0.1
  if (!isEarly) await Promise.race([first, ended])
  await setTimeout(random.integer(0, isEarly ? 400 : 150))
  expect(failure).toBe('')
  child.kill('SIGKILL')
  await ended
  // A line that is cut off was not shown.
  const lines = said.split('\n').slice(0, -1)
  return lines.map((line) => JSON.parse(line) as Receipt)
}

/** What the steps are after one more, by what the history promises of it. */
function after(steps: readonly Step[], { kind, changeId: id, label }: Receipt): Step[] {
  if (kind === 'edit')
    return [...steps.filter((one) => !one.isUndone), { id, label, isUndone: false }]
  return steps.map((one) => (one.id === id ? { ...one, isUndone: kind === 'undo' } : one))
}

function stepsOf(project: ProjectDatabase, imageId: number): Step[] {
  return project.changes
    .listForImage(imageId)
    .map(({ id, label, isUndone }) => ({ id, label, isUndone }))
}

/** The annotations that the steps lead to from nothing. */
function replayed(project: ProjectDatabase, steps: readonly Step[]): ProjectRecord[] {
  const records = new Map<RecordKey, ProjectRecord>()
  for (const { id, isUndone } of steps) {
    if (!isUndone) applyDiff(records, project.changes.diffOf(id))
  }
  return [...records.values()].sort((a, b) => a.id - b.id)
}

describe('a process that is killed while a person corrects masks', () => {
  it(`${ROUNDS} times leaves a sound file with every step that was shown as saved (LEXMASK_TEST_SEED=${seed})`, async () => {
    const folder = temporaryFolder()
    const path = join(folder, 'street.lexmask')
    const editor = await buildEditor(join(folder, 'editor'))
    const fresh = openProject(path, { create: true })
    const imageId = fresh.transaction(() => {
      writeVocabulary(fresh, { classes: [classDraft('bus'), classDraft('tram')], negatives: [] })
      const draft = { ...imageDraft('a.jpg'), width: 24, height: 24 }
      return fresh.images.insertMany([draft]).added[0].id
    })
    let revision = fresh.meta.revision()
    fresh.close()

    const random = new SeededRandom(seed)
    let steps: Step[] = []
    let shown = 0
    for (let round = 0; round < ROUNDS; round++) {
      const receipts = await editAndKill(editor, path, random)
      shown += receipts.length
      for (const receipt of receipts) {
        steps = after(steps, receipt)
        expect(receipt.revision).toBe(++revision)
      }

      const database = new Database(path)
      expect(database.pragma('integrity_check', { simple: true })).toBe('ok')
      expect(database.pragma('foreign_key_check')).toEqual([])
      database.close()
      const project = open(path, {})
      const found = stepsOf(project, imageId)
      // The last one may have been saved and not have come to be shown.
      const unseen = project.meta.revision() - revision
      expect(unseen === 0 || unseen === 1, `${unseen} steps were not shown`).toBe(true)
      if (unseen === 0) expect(found).toEqual(steps)
      else expect(oneMore(steps, found), `round ${round}`).toBe(true)
      const present = project.annotations.listForImage(imageId).sort((a, b) => a.id - b.id)
      expect(present).toEqual(replayed(project, found))
      steps = found
      revision += unseen
      project.close()
    }
    console.log(`${ROUNDS} kills, ${shown} steps shown as saved, all of them there (seed ${seed})`)
    expect(shown).toBeGreaterThanOrEqual(ROUNDS / 2)
  }, 1_200_000)
})

/** Whether one step, undo or redo leads from one history to another. */
function oneMore(before: readonly Step[], found: readonly Step[]): boolean {
  const last = found.at(-1)
  const next = [
    ...before.flatMap(({ id, label }): Receipt[] => [
      { kind: 'undo', changeId: id, label, revision: 0 },
      { kind: 'redo', changeId: id, label, revision: 0 },
    ]),
    ...(last ? [{ kind: 'edit' as const, changeId: last.id, label: last.label, revision: 0 }] : []),
  ]
  return next.some((receipt) => JSON.stringify(after(before, receipt)) === JSON.stringify(found))
}
