import { join } from 'node:path'
import { hasShared } from '../support/coco-mini.ts'
import { LexmaskWindow } from './pages/lexmask-window.ts'
import { readExport } from './support/coco-file.ts'
import { expect, test } from './support/fixtures.ts'
import { watchFrames } from './support/page-scripts.ts'
import { EIGHT_PHOTOS, layPhotos, NEEDS_SHARED, STREET } from './support/photos.ts'

/** What a person does from an empty window to a COCO file, and the day after. */

const PASTED = 'cup: mug\ntaxi\nvehicle\ndog\nsheep'

test('from photos to a reviewed COCO file, and back again the next day', async ({
  launch,
  folder,
}, testInfo) => {
  test.skip(!hasShared, NEEDS_SHARED)
  const photos = layPhotos(folder, EIGHT_PHOTOS)
  const project = join(folder, 'street.lexmask')
  const exported = join(folder, 'street.json')
  const first = await launch()
  const window = new LexmaskWindow(first)
  const { page, projects, label, review, jobs } = window
  const { vocabulary } = label

  await test.step('create a project and add photos', async () => {
    await projects.create(project)
    await expect(page).toHaveTitle('street – Lexmask')
    await label.addPhotos(photos)
    await expect(label.images).toHaveCount(EIGHT_PHOTOS.length)
    await label.putGuideAway()
  })

  await test.step('write a vocabulary and see how each word is served', async () => {
    await vocabulary.add('person, car')
    await vocabulary.paste(PASTED)
    await expect(vocabulary.service('person')).toHaveAccessibleName(/a class of the detector/)
    await expect(vocabulary.service('cup')).toHaveAccessibleName(/a class of the detector/)
    await expect(vocabulary.service('taxi')).toHaveAccessibleName(/a kind of/)
    await expect(vocabulary.service('vehicle')).toHaveAccessibleName(/covers .*truck/)
    await expect(window.undo).toHaveAccessibleName(/^Undo Add 5 classes/)
  })

  await test.step('auto-label all photos', async () => {
    const longestPause = await watchFrames(page)
    await label.autoLabel()
    await jobs.labelled(EIGHT_PHOTOS.length)
    const longestPauseMs = await longestPause()
    testInfo.annotations.push({
      type: 'measured',
      description: `the longest pause between two frames during inference: ${longestPauseMs} ms`,
    })
    await expect(jobs.bar).toContainText(/CPU|WEBGPU|CUDA/)
    await expect.poll(() => vocabulary.countInProject('person')).toBeGreaterThan(5)
    await expect.poll(() => vocabulary.countInProject('sheep')).toBeGreaterThan(1)
  })

  await test.step('the annotations are in the list and on the canvas', async () => {
    await label.openImage(STREET)
    await expect(label.annotations.filter({ hasText: 'person' })).not.toHaveCount(0)
    await expect(label.annotations.filter({ hasText: 'car' })).not.toHaveCount(0)
    const drawn = await label.canvas.screenshot()
    await vocabulary.row('person').getByRole('button', { name: 'Hide person' }).click()
    await expect.poll(async () => (await label.canvas.screenshot()).equals(drawn)).toBe(false)
    await vocabulary.row('person').getByRole('button', { name: 'Show person' }).click()
    await label.canvas.focus()
    await page.keyboard.press('Tab')
    await expect(label.annotations.and(page.getByRole('option', { selected: true }))).toHaveCount(1)
    await page.keyboard.press('Escape')
  })

  const personsBefore = await vocabulary.countInProject('person')
  let personsAfter = 0
  await test.step('a higher threshold leaves fewer, at once and for good', async () => {
    await vocabulary.moveThreshold('person', 0.9, async () => {
      await expect(vocabulary.live('person')).toHaveText(
        / in this image · \d+ of \d+ in the project/,
      )
      const live = await vocabulary.live('person').innerText()
      personsAfter = Number(/(\d+) of \d+ in the project/.exec(live)?.[1])
      expect(personsAfter).toBeLessThan(personsBefore)
    })
    await expect.poll(() => vocabulary.countInProject('person')).toBe(personsAfter)
    await expect(window.undo).toHaveAccessibleName(/^Undo Change threshold/)
  })

  await test.step('undo and redo name the step', async () => {
    await window.undo.click()
    await expect.poll(() => vocabulary.countInProject('person')).toBe(personsBefore)
    await expect(window.redo).toHaveAccessibleName(/^Redo Change threshold/)
    await window.redo.click()
    await expect.poll(() => vocabulary.countInProject('person')).toBe(personsAfter)
  })

  let corrected = ''
  await test.step('review by keys', async () => {
    await window.goTo('Review')
    await review.isReady()
    const { waiting } = await review.numbers()
    await review.accept()
    await review.reject()
    await review.isReady()
    corrected = (await review.className()) === 'dog' ? 'sheep' : 'dog'
    await review.changeClass(corrected)
    await review.skip()
    await review.accept()
    await review.undo()
    expect(await review.numbers()).toEqual({ judged: 3, waiting: waiting - 3 })
  })

  await test.step('export', async () => {
    await window.goTo('Label')
    await window.exporting.writeTo(exported)
  })

  const { dataset, annotations } = readExport(exported)
  await test.step('the COCO file is right', async () => {
    expect(dataset.images.map(({ file_name }) => file_name).sort()).toEqual(
      [...EIGHT_PHOTOS].sort(),
    )
    expect(dataset.categories.map(({ name }) => name)).toEqual([
      'person',
      'car',
      'cup',
      'taxi',
      'vehicle',
      'dog',
      'sheep',
    ])
    for (const { area, maskArea } of annotations) expect(maskArea).toBe(area)
    const judged = annotations.filter(({ state }) => state !== 'proposed')
    expect(judged.map(({ state }) => state).sort()).toEqual(['accepted', 'edited'])
    expect(judged.find(({ state }) => state === 'edited')?.name).toBe(corrected)
    const persons = annotations.filter(({ name }) => name === 'person')
    expect(persons).toHaveLength(await vocabulary.countInProject('person'))
    for (const { state, score } of persons) {
      if (state === 'proposed') expect(score).toBeGreaterThanOrEqual(0.88)
    }
  })

  await test.step('close, start again, open from the list: all is there', async () => {
    const counts = await vocabulary.countsInProject()
    const threshold = await vocabulary.threshold('person').inputValue()
    await window.closeProject()
    await first.close()
    const again = new LexmaskWindow(await launch())
    await again.projects.openRecent(project)
    await expect(again.page).toHaveTitle('street – Lexmask')
    await expect(again.label.images).toHaveCount(EIGHT_PHOTOS.length)
    await expect(again.label.vocabulary.threshold('person')).toHaveValue(threshold)
    await expect.poll(() => again.label.vocabulary.countsInProject()).toEqual(counts)
    await again.goTo('Review')
    await again.review.isReady()
    expect((await again.review.numbers()).judged).toBe(3)
  })
})
