import { afterEach, expect, it } from 'vitest'
import { useView } from '#renderer/app/view.ts'
import { useOpenQuestion } from '#renderer/design/confirm.ts'
import { useUndoRun } from '#renderer/labelling/undo-run.ts'
import UndoneRunDialog from '#renderer/labelling/UndoneRunDialog.vue'
import { useSelectionStore } from '#renderer/stores/selection.ts'
import {
  FakeApplication,
  imageRecord,
  inWindow,
  openedImage,
  settled,
} from './application-fixture.ts'

let close = (): void => undefined
afterEach(() => close())

async function undoRun(conflictingImageIds: readonly number[]) {
  const application = new FakeApplication({
    'history.undoRun': () => ({ undoneImageIds: [1, 2, 3], conflictingImageIds }),
    'images.get': ({ imageIds }: { readonly imageIds: readonly number[] }) =>
      imageIds.map((id) => ({ ...imageRecord(id), annotations: 0, proposed: 0 })),
    'images.open': ({ imageId }: { readonly imageId: number }) => openedImage(imageId, []),
  })
  const use = () => ({ undo: useUndoRun(), selection: useSelectionStore() })
  const { value, wrapper } = await inWindow(application, use, UndoneRunDialog)
  close = () => wrapper.unmount()
  const undoing = value.undo(9, 5)
  useOpenQuestion().value?.answer(true)
  await undoing
  await settled()
  return { application, ...value }
}

const dialog = () => document.querySelector<HTMLElement>('[role="dialog"]')

it('a run that was taken back everywhere needs no dialog', async () => {
  const { application } = await undoRun([])
  expect(application.inputsOf('history.undoRun')).toEqual([{ runId: 9 }])
  expect(dialog()).toBeNull()
})

it('images in which it stays are named, and opened by a click', async () => {
  useView().value = 'review'
  const { selection } = await undoRun([4, 5])
  expect(dialog()!.textContent).toContain('Taken back in 3 images')
  expect(dialog()!.textContent).toContain('2 images were edited since')
  const images = [...dialog()!.querySelectorAll<HTMLElement>('.image')]
  expect(images.map((one) => one.textContent)).toEqual(['4.jpg', '5.jpg'])
  images[1].click()
  await settled()
  expect(dialog()).toBeNull()
  expect(selection.currentImageId).toBe(5)
  expect(useView().value).toBe('label')
})
