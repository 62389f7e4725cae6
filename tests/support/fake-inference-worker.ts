/**
 * An inference process without models, for the tests of its host: it dies when it is told to.
 *
 * The pack's folder holds its script: `plan.json` says what each start does, and `journal.jsonl`
 * gets what happened. The path of an image says what to do with it.
 */
import { appendFileSync, existsSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout } from 'node:timers/promises'
import type { WorkerMessage, WorkerRequest, WorkerSettings } from '#main/inference/protocol.ts'
import type { Provider } from '#shared/contract/providers.ts'

/** What a start does: load, end, or say that it tries a provider and end if it is not excluded. */
export type FakeStart =
  | 'load'
  | 'die'
  | 'refuse'
  | 'hang'
  | { readonly deadlyProviders: readonly Provider[] }
  /** Runs on the first that is not excluded, and each ends the process over its first image. */
  | { readonly deadlyInWork: readonly Provider[] }

export interface FakeEvent {
  readonly event: 'start' | 'analyse' | 'memory'
  readonly pid: number
  readonly path?: string
}

let folder = ''
let used: Provider = 'cpu'
let loaded: unknown = null

const say = (message: WorkerMessage): void => void process.send?.(message)
const note = (event: Omit<FakeEvent, 'pid'>): void => {
  appendFileSync(
    join(folder, 'journal.jsonl'),
    `${JSON.stringify({ ...event, pid: process.pid })}\n`,
  )
}

function die(lastWords: string): never {
  writeFileSync(2, `${lastWords}\n`)
  process.exit(3)
}

function load(id: number, { detector, provider, excludedProviders }: WorkerSettings): void {
  folder = detector.folder
  note({ event: 'start' })
  const starts = readFileSync(join(folder, 'journal.jsonl'), 'utf8').split('"start"').length - 2
  const plan = JSON.parse(readFileSync(join(folder, 'plan.json'), 'utf8')) as FakeStart[]
  const start = plan[Math.min(starts, plan.length - 1)]
  if (start === 'die') die('Error: no memory for the models')
  if (start === 'hang') return
  if (start === 'refuse') {
    const failure = { code: 'PACK_INVALID', message: 'The pack is damaged.', details: {} } as const
    say({ kind: 'failure', id, failure })
    return
  }
  for (const deadly of typeof start === 'object' && 'deadlyProviders' in start
    ? start.deadlyProviders
    : []) {
    if (excludedProviders.some((one) => one.provider === deadly)) continue
    say({ kind: 'trying', provider: deadly })
    // Not at once, so that the word gets out.
    void setTimeout(50).then(() => die(`${deadly} driver crashed`))
    return
  }
  const inWork = typeof start === 'object' && 'deadlyInWork' in start ? start.deadlyInWork : []
  used = inWork.find((one) => excludedProviders.every((known) => known.provider !== one)) ?? 'cpu'
  const report = {
    ...{ requested: provider, used, isMeasured: false, share: null },
    ...{ refused: excludedProviders, sessions: [] },
  }
  loaded = report
  say({
    kind: 'answer',
    id,
    output: { packs: [], provider: report, detectorClasses: [], clip: null },
  })
}

/** Whether no process of this folder was asked for it before. */
function isFirst(path: string): boolean {
  const mark = join(folder, path)
  if (existsSync(mark)) return false
  writeFileSync(mark, '')
  return true
}

async function analyse(id: number, path: string): Promise<void> {
  note({ event: 'analyse', path })
  if (used !== 'cpu') die(`${used} device lost`)
  if (path === 'poison') die('Error: poisoned')
  if (path.startsWith('poison once') && isFirst(path)) die('Error: poisoned once')
  // Until the process is ended.
  if (path.startsWith('endless once') && isFirst(path)) return
  if (path.startsWith('unreadable')) {
    const failure = { code: 'IMAGE_UNREADABLE', message: 'Not an image.', details: {} } as const
    say({ kind: 'failure', id, failure })
    return
  }
  if (path.startsWith('slow')) await setTimeout(300)
  say({ kind: 'answer', id, output: { path, pid: process.pid } })
}

process.on('message', (request: WorkerRequest) => {
  if (request.call === 'load') load(request.id, request.input)
  else if (request.call === 'runtime') {
    const backends = [{ name: 'cpu', isBundled: true }]
    say({ kind: 'answer', id: request.id, output: { version: '0', backends } })
  } else if (request.call === 'trial') say({ kind: 'answer', id: request.id, output: loaded })
  else if (request.call === 'analyse') void analyse(request.id, request.input.path)
  else if (request.call === 'memory') {
    note({ event: 'memory' })
    say({ kind: 'answer', id: request.id, output: { residentBytes: process.pid, peakBytes: 0 } })
  }
})
process.on('disconnect', () => process.exit(0))
