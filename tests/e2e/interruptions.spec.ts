import { join } from 'node:path'
import { cocoPhotos } from '../support/command-line.ts'
import { hasShared } from '../support/coco-mini.ts'
import { LexmaskWindow } from './pages/lexmask-window.ts'
import { expect, test } from './support/fixtures.ts'
import { CAN_FIND_INFERENCE, killInference } from './support/inference-process.ts'
import { layPhotos, NEEDS_SHARED } from './support/photos.ts'

/** What goes on by itself, and what waits for a person. */

test('a killed inference process is started again; after three in a row Retry goes on', async ({
  lexmask,
  folder,
}) => {
  test.skip(!hasShared, NEEDS_SHARED)
  test.skip(!CAN_FIND_INFERENCE, 'processes are looked at through /proc')
  const window = new LexmaskWindow(lexmask)
  const { jobs, label } = window
  const photos = cocoPhotos().length
  await window.begin(join(folder, 'many.lexmask'), layPhotos(folder), 'person, car')
  await label.autoLabel()

  const someMore = async (): Promise<void> => {
    const before = await jobs.finished()
    await expect.poll(() => jobs.finished()).toBeGreaterThan(before + 2)
  }
  await test.step('killed once, the run goes on', async () => {
    await someMore()
    const isOver = (): Promise<boolean> => jobs.isOver(photos)
    expect(await killInference(lexmask.pid, isOver), 'it was found while it worked').toBe(true)
    await someMore()
    await expect(jobs.givenUp).toBeHidden()
  })

  await test.step('killed as often as it starts, it is given up', async () => {
    while (await killInference(lexmask.pid, () => jobs.givenUp.isVisible()));
    await expect(jobs.givenUp).toContainText('ended 3 times in a row')
  })

  await test.step('Retry goes on with what is left', async () => {
    await jobs.retry()
    await expect(jobs.givenUp).toBeHidden()
    await jobs.labelled(photos)
  })
})
