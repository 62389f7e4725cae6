import { describe, expect, it } from 'vitest'
import { ModelQueue, type Urgency } from '#main/worker/model-queue.ts'

/** Work that ends when it is told to. */
function openQueue(): {
  ask: (name: string, urgency: Urgency) => Promise<string>
  begun: string[]
  end: (name: string) => Promise<void>
} {
  const queue = new ModelQueue()
  const begun: string[] = []
  const ends = new Map<string, () => void>()
  return {
    begun,
    ask: (name, urgency) =>
      queue.run(urgency, async () => {
        begun.push(name)
        await new Promise<void>((resolve) => ends.set(name, resolve))
        return name
      }),
    end: async (name) => {
      ends.get(name)?.()
      for (let turn = 0; turn < 10; turn++) await Promise.resolve()
    },
  }
}

describe('the queue for the model', () => {
  it('lets a prompt go before all images that wait, and after the one in work', async () => {
    const { ask, begun, end } = openQueue()
    const asked = [ask('a', 'batch'), ask('b', 'batch'), ask('c', 'batch'), ask('prompt', 'prompt')]
    expect(begun).toEqual(['a'])
    await end('a')
    expect(begun).toEqual(['a', 'prompt'])
    for (const name of ['prompt', 'b', 'c']) await end(name)
    expect(begun).toEqual(['a', 'prompt', 'b', 'c'])
    expect(await Promise.all(asked)).toEqual(['a', 'b', 'c', 'prompt'])
  })

  it('serves prompts in the order of asking', async () => {
    const { ask, begun, end } = openQueue()
    const asked = [ask('a', 'batch'), ask('1', 'prompt'), ask('2', 'prompt'), ask('3', 'prompt')]
    for (const name of ['a', '1', '2', '3']) await end(name)
    expect(begun).toEqual(['a', '1', '2', '3'])
    await Promise.all(asked)
  })

  it('does one thing at a time, also when it was idle a moment ago', async () => {
    const queue = new ModelQueue()
    let inWork = 0
    let most = 0
    const work = async (): Promise<void> => {
      most = Math.max(most, ++inWork)
      await Promise.resolve()
      inWork--
    }
    const first = queue.run('batch', work)
    const later = first.then(() => queue.run('prompt', work))
    await Promise.all([first, queue.run('batch', work), queue.run('prompt', work), later])
    expect(most).toBe(1)
    expect(inWork).toBe(0)
  })

  it('goes on after work that failed', async () => {
    const queue = new ModelQueue()
    const failed = queue.run('prompt', () => Promise.reject(new Error('no memory')))
    const next = queue.run('batch', () => Promise.resolve('done'))
    await expect(failed).rejects.toThrow('no memory')
    expect(await next).toBe('done')
  })
})
