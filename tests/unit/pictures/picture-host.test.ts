import { setImmediate } from 'node:timers/promises'
import { describe, expect, it } from 'vitest'
import { PictureHost } from '#main/pictures/host.ts'
import type { PictureMessage, PictureRequest } from '#main/pictures/protocol.ts'

/** A process in the hands of the test. */
class FakeProcess {
  readonly pid = 1
  readonly received: PictureRequest[] = []
  isKilled = false
  say: (message: PictureMessage) => void = () => undefined
  end: (how: string) => void = () => undefined

  get names(): string[] {
    return this.received.map(({ input }) => input.path)
  }

  answer(path: string): void {
    const request = this.received.findLast(({ input }) => input.path === path)
    if (!request) throw new Error(`${path} was not sent`)
    this.say({ kind: 'answer', id: request.id, output: `picture of ${path}` })
  }
}

class Bench {
  readonly processes: FakeProcess[] = []
  nowMs = 0
  readonly host = new PictureHost(
    () => {
      const process = new FakeProcess()
      this.processes.push(process)
      return {
        pid: process.pid,
        send: (request) => process.received.push(request),
        onMessage: (listener) => (process.say = listener),
        onExit: (listener) => (process.end = listener),
        kill: () => {
          process.isKilled = true
          return Promise.resolve()
        },
      }
    },
    () => this.nowMs,
  )

  get process(): FakeProcess {
    return this.processes[this.processes.length - 1]
  }

  thumbnail(path: string, signal?: AbortSignal): Promise<unknown> {
    const asked = this.host.call('thumbnail', { path, maxSide: 256 }, { signal })
    asked.catch(() => undefined)
    return asked
  }

  ready(): void {
    this.process.say({ kind: 'ready' })
  }
}

const failure = (code: string, message = ''): unknown =>
  expect.objectContaining({ code, message: expect.stringContaining(message) as string })

describe('the picture process', () => {
  it('starts with the first request, once, and gets nothing before it is ready', async () => {
    const bench = new Bench()
    expect(bench.host.pid).toBeUndefined()
    const asked = [bench.thumbnail('a'), bench.thumbnail('b')]
    expect(bench.processes).toHaveLength(1)
    expect(bench.process.names).toEqual([])
    bench.ready()
    bench.process.answer('a')
    bench.process.answer('b')
    expect(await Promise.all(asked)).toEqual(['picture of a', 'picture of b'])
  })

  it('has two requests at a time, the newest thumbnails first', () => {
    const bench = new Bench()
    for (const path of ['a', 'b', 'c', 'd']) void bench.thumbnail(path)
    bench.ready()
    expect(bench.process.names).toEqual(['d', 'c'])
    bench.process.answer('c')
    void bench.thumbnail('e')
    bench.process.answer('d')
    expect(bench.process.names).toEqual(['d', 'c', 'b', 'e'])
  })

  it('never sees a request that was taken back before its turn', async () => {
    const bench = new Bench()
    const scrolled = new AbortController()
    void bench.thumbnail('a')
    const past = bench.thumbnail('past', scrolled.signal)
    void bench.thumbnail('c')
    void bench.thumbnail('d')
    bench.ready()
    scrolled.abort()
    await expect(past).rejects.toEqual(failure('CANCELLED'))
    bench.process.answer('c')
    bench.process.answer('d')
    expect(bench.process.names).toEqual(['d', 'c', 'a'])
    await expect(bench.thumbnail('late', scrolled.signal)).rejects.toEqual(failure('CANCELLED'))
  })

  it('is still busy with a request that is taken back in its turn', async () => {
    const bench = new Bench()
    const leaving = new AbortController()
    const left = bench.thumbnail('left', leaving.signal)
    void bench.thumbnail('b')
    bench.ready()
    leaving.abort()
    await expect(left).rejects.toEqual(failure('CANCELLED'))
    void bench.thumbnail('c')
    expect(bench.process.names).toEqual(['b', 'left'])
    bench.process.answer('left')
    expect(bench.process.names).toEqual(['b', 'left', 'c'])
  })

  it('fails a request as the process does', async () => {
    const bench = new Bench()
    const asked = bench.thumbnail('a')
    bench.ready()
    const said = { code: 'IMAGE_EMPTY', message: 'No bytes.', details: {} } as const
    bench.process.say({ kind: 'failure', id: bench.process.received[0].id, failure: said })
    await expect(asked).rejects.toEqual(failure('IMAGE_EMPTY', 'No bytes.'))
  })
})

describe('after a crash', () => {
  it('starts again, with what was in work one at a time, and then the rest', async () => {
    const bench = new Bench()
    const asked = ['a', 'b', 'c'].map((path) => bench.thumbnail(path))
    bench.ready()
    expect(bench.process.names).toEqual(['c', 'b'])
    bench.process.end('SIGKILL')
    expect(bench.processes).toHaveLength(2)
    bench.ready()
    expect(bench.process.names).toEqual(['b'])
    bench.process.answer('b')
    expect(bench.process.names).toEqual(['b', 'c'])
    bench.process.answer('c')
    bench.process.answer('a')
    expect(await Promise.all(asked)).toHaveLength(3)
  })

  it('fails the one image that it ends over twice, by name, and makes the others', async () => {
    const bench = new Bench()
    const good = bench.thumbnail('folder/good.jpg')
    const bad = bench.thumbnail('folder/bad.jpg')
    bench.ready()
    bench.process.end('SIGSEGV')
    bench.ready()
    // Alone in work, and at once the second end of the row.
    const [suspect] = bench.process.names
    bench.process.answer(suspect)
    bench.process.end('SIGSEGV')
    await expect(bad).rejects.toEqual(failure('IMAGE_UNREADABLE', '“bad.jpg” brought'))
    bench.ready()
    expect(await good).toBe('picture of folder/good.jpg')
  })

  it('gives up when no process stays, and tries again after a rest', async () => {
    const bench = new Bench()
    const first = bench.thumbnail('a')
    for (let i = 0; i < 3; i++) bench.process.end('exit code 1: Error: no memory')
    await expect(first).rejects.toEqual(failure('PICTURES_FAILED', 'no memory'))
    expect(bench.processes).toHaveLength(3)
    await expect(bench.thumbnail('b')).rejects.toEqual(failure('PICTURES_FAILED', 'no memory'))
    expect(bench.processes).toHaveLength(3)
    bench.nowMs += 60_000
    const later = bench.thumbnail('c')
    bench.ready()
    bench.process.answer('c')
    expect(await later).toBe('picture of c')
  })

  it('does not start again when nothing is open', async () => {
    const bench = new Bench()
    const asked = bench.thumbnail('a')
    bench.ready()
    bench.process.answer('a')
    await asked
    bench.process.end('SIGKILL')
    await setImmediate()
    expect(bench.processes).toHaveLength(1)
    expect(bench.host.pid).toBeUndefined()
  })
})

describe('stopping', () => {
  it('ends the process, takes open requests back, and leaves a way to begin again', async () => {
    const bench = new Bench()
    const asked = bench.thumbnail('a')
    bench.ready()
    const stopped = bench.host.stop()
    expect(bench.process.isKilled).toBe(true)
    await expect(asked).rejects.toEqual(failure('CANCELLED'))
    await stopped
    const again = bench.thumbnail('b')
    expect(bench.processes).toHaveLength(2)
    bench.ready()
    bench.process.answer('b')
    expect(await again).toBe('picture of b')
  })
})
