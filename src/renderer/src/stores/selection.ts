import { defineStore } from 'pinia'
import { computed, shallowRef, watch } from 'vue'
import { useImagesStore } from './images.ts'
import { recallImage, rememberImage } from './remembered-image.ts'
import { useWorkspaceStore } from './workspace.ts'

export interface SelectOptions {
  /** Adds to the selection, or takes out of it: Control or Command with a click. */
  readonly isToggle?: boolean
  /** From the image that was chosen last up to this one: Shift with a click. */
  readonly isRange?: boolean
}

/** The image on the canvas, and those that are chosen in the list. */
export const useSelectionStore = defineStore('selection', () => {
  const images = useImagesStore()
  const workspace = useWorkspaceStore()
  const currentImageId = shallowRef<number | null>(null)
  const selectedIds = shallowRef<ReadonlySet<number>>(new Set())
  /** Where a range begins. */
  let anchorId: number | null = null
  /** Of the current image when it was last in the list: where "next" goes on if it left it. */
  let lastPosition = 0

  const currentPosition = computed(() =>
    currentImageId.value === null ? -1 : images.positionOf(currentImageId.value),
  )
  /** In the order of the list; the current image where nothing is chosen. */
  const chosenIds = computed(() => {
    if (selectedIds.value.size > 0) {
      return [...selectedIds.value].sort((a, b) => images.positionOf(a) - images.positionOf(b))
    }
    return currentImageId.value === null ? [] : [currentImageId.value]
  })
  const hasNext = computed(() => neighbour(1) !== null)
  const hasPrevious = computed(() => neighbour(-1) !== null)

  /** Puts an image on the canvas, chosen alone. */
  function open(id: number | null): void {
    currentImageId.value = id
    anchorId = id
    selectedIds.value = new Set(id === null ? [] : [id])
  }

  function select(id: number, { isToggle = false, isRange = false }: SelectOptions = {}): void {
    if (isRange && anchorId !== null && images.positionOf(anchorId) >= 0) {
      const range = idsBetween(anchorId, id)
      selectedIds.value = new Set(isToggle ? [...selectedIds.value, ...range] : range)
      currentImageId.value = id
    } else if (isToggle) {
      const next = new Set(selectedIds.value)
      if (!next.delete(id)) next.add(id)
      selectedIds.value = next
      anchorId = id
      if (next.has(id)) currentImageId.value = id
    } else {
      open(id)
    }
  }

  function idsBetween(a: number, b: number): readonly number[] {
    const [from, to] = [images.positionOf(a), images.positionOf(b)].sort((x, y) => x - y)
    return images.imageIds.slice(Math.max(0, from), to + 1)
  }

  function selectAll(): void {
    selectedIds.value = new Set(images.imageIds)
  }

  /** Leaves the current image alone chosen. */
  function clear(): void {
    open(currentImageId.value)
  }

  function neighbour(step: 1 | -1): number | null {
    const ids = images.imageIds
    if (currentPosition.value >= 0) return ids[currentPosition.value + step] ?? null
    // The current image left the list, as a reviewed one does: the next moved into its place.
    return ids[step === 1 ? Math.min(lastPosition, ids.length - 1) : lastPosition - 1] ?? null
  }

  /** @returns whether there was a next image */
  function next(): boolean {
    return openIfAny(neighbour(1))
  }

  function previous(): boolean {
    return openIfAny(neighbour(-1))
  }

  function openIfAny(id: number | null): boolean {
    if (id !== null) open(id)
    return id !== null
  }

  watch(
    currentPosition,
    (position) => {
      if (position >= 0) lastPosition = position
    },
    { flush: 'sync' },
  )
  watch(
    () => images.imageIds,
    (ids, before) => {
      if (selectedIds.value.size > 1) {
        const kept = [...selectedIds.value].filter((id) => images.positionOf(id) >= 0)
        selectedIds.value = new Set(kept)
      }
      if (currentImageId.value === null || before.length === 0) {
        if (currentImageId.value === null || images.positionOf(currentImageId.value) < 0) {
          open(firstToOpen(ids))
        }
      }
    },
    { flush: 'sync' },
  )
  watch(currentImageId, (id) => {
    const path = workspace.project?.path
    if (id !== null && path !== undefined) rememberImage(path, id)
  })

  /** The image that was on show before the page was loaded anew, else the first. */
  function firstToOpen(ids: readonly number[]): number | null {
    const path = workspace.project?.path
    const id = path === undefined ? null : recallImage(path)
    return id !== null && ids.includes(id) ? id : (ids[0] ?? null)
  }

  return {
    currentImageId,
    currentPosition,
    selectedIds,
    chosenIds,
    hasNext,
    hasPrevious,
    open,
    select,
    selectAll,
    clear,
    next,
    previous,
  }
})
