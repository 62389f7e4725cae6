import { beforeEach, describe, expect, it } from 'vitest'
import { useImagesStore } from '#renderer/stores/images.ts'
import { useSelectionStore } from '#renderer/stores/selection.ts'
import { openTestWindow } from '../window-fixture.ts'

function openList(ids: readonly number[]) {
  const images = useImagesStore()
  const selection = useSelectionStore()
  images.imageIds = ids
  return { images, selection }
}
const chosen = (selection: { chosenIds: readonly number[] }): readonly number[] =>
  selection.chosenIds

describe('the selection', () => {
  beforeEach(() => void openTestWindow())

  it('begins with the first image of the list', () => {
    const { selection } = openList([10, 20, 30])
    expect(selection.currentImageId).toBe(10)
    expect(selection.hasPrevious).toBe(false)
  })

  it('takes a range from the last choice in both directions', () => {
    const { selection } = openList([10, 20, 30, 40, 50])
    selection.select(30)
    selection.select(50, { isRange: true })
    expect(chosen(selection)).toEqual([30, 40, 50])
    selection.select(10, { isRange: true })
    expect(chosen(selection)).toEqual([10, 20, 30])
    expect(selection.currentImageId).toBe(10)
  })

  it('adds and takes out single images, and ranges to what is there', () => {
    const { selection } = openList([10, 20, 30, 40, 50])
    selection.select(10)
    selection.select(30, { isToggle: true })
    selection.select(50, { isToggle: true, isRange: true })
    expect(chosen(selection)).toEqual([10, 30, 40, 50])
    selection.select(40, { isToggle: true })
    expect(chosen(selection)).toEqual([10, 30, 50])
  })

  it('goes to the next and the previous image, and stops at the ends', () => {
    const { selection } = openList([10, 20])
    expect(selection.next()).toBe(true)
    expect(selection.currentImageId).toBe(20)
    expect(selection.next()).toBe(false)
    expect(selection.currentImageId).toBe(20)
    selection.previous()
    expect(selection.currentImageId).toBe(10)
  })

  it('goes on with the image that took the place of one that left the filter', () => {
    const { images, selection } = openList([10, 20, 30, 40])
    selection.open(20)
    images.imageIds = [10, 30, 40]
    expect(selection.currentImageId).toBe(20)
    selection.next()
    expect(selection.currentImageId).toBe(30)
  })

  it('goes back from an image that left the filter to the one before it', () => {
    const { images, selection } = openList([10, 20, 30])
    selection.open(30)
    images.imageIds = [10, 20]
    selection.previous()
    expect(selection.currentImageId).toBe(20)
  })

  it('forgets chosen images that are no longer in the list', () => {
    const { images, selection } = openList([10, 20, 30])
    selection.selectAll()
    images.imageIds = [10, 30]
    expect([...selection.selectedIds]).toEqual([10, 30])
  })

  it('has nothing left when the project is closed', () => {
    const { images, selection } = openList([10, 20])
    images.imageIds = []
    selection.open(null)
    expect(chosen(selection)).toEqual([])
    expect(selection.next()).toBe(false)
  })
})
