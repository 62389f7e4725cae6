import { defineStore } from 'pinia'
import { computed, shallowRef, triggerRef } from 'vue'
import type { ImageFilter, ImageOrder, ImageSummary } from '#shared/contract/commands.ts'
import type { RecordsChanged } from '#shared/contract/events.ts'
import { useClient } from '../transport/use-client.ts'
import { applyToSummaries } from './apply-to-summaries.ts'
import { SummaryCache } from './summary-cache.ts'
import { useWorkspaceStore } from './workspace.ts'

/** One `images.get`. */
const PAGE = 200
/** Of 10,000 images, what a person scrolled over last: some megabytes. */
const SUMMARIES_AT_MOST = 4000
/** A job changes many images a second; the list follows at this pace. */
const REFRESH_DELAY_MS = 600

/**
 * The images that filter and order let through, as ids; what is shown of them is loaded by page
 * when a list asks for it, and kept current by what the application tells.
 */
export const useImagesStore = defineStore('images', () => {
  const client = useClient()
  const workspace = useWorkspaceStore()

  const filter = shallowRef<ImageFilter>({})
  const order = shallowRef<ImageOrder>('name')
  const isDescending = shallowRef(false)
  const imageIds = shallowRef<readonly number[]>([])
  const isLoading = shallowRef(false)
  const error = shallowRef<unknown>(null)

  const summaries = new SummaryCache(SUMMARIES_AT_MOST)
  /** Stands for the cache, which is no reactive object: it is read thousands of times a frame. */
  const summariesVersion = shallowRef({})
  const asked = new Set<number>()
  let refreshTimer: ReturnType<typeof setTimeout> | undefined
  let latestRefresh = 0
  /** Positions [from, to) that a list asked for last. */
  let shown: readonly [number, number] = [0, 0]

  const positions = computed(() => new Map(imageIds.value.map((id, position) => [id, position])))
  const isFiltered = computed(
    () =>
      (filter.value.statuses?.length ?? 0) > 0 ||
      (filter.value.search ?? '') !== '' ||
      filter.value.classId !== undefined,
  )

  /** Asks for the list anew. Of two answers, the one that was asked for last counts. */
  async function refresh(): Promise<void> {
    clearTimeout(refreshTimer)
    refreshTimer = undefined
    const refreshNumber = ++latestRefresh
    if (workspace.project === null) return void (imageIds.value = [])
    isLoading.value = true
    try {
      const list = await client.request('images.ids', {
        filter: filter.value,
        order: order.value,
        isDescending: isDescending.value,
      })
      if (refreshNumber !== latestRefresh) return
      error.value = null
      if (!areEqual(imageIds.value, list.imageIds)) imageIds.value = list.imageIds
    } catch (thrown) {
      if (refreshNumber === latestRefresh) error.value = thrown
    } finally {
      if (refreshNumber === latestRefresh) isLoading.value = false
    }
  }

  function refreshSoon(): void {
    refreshTimer ??= setTimeout(() => void refresh(), REFRESH_DELAY_MS)
  }

  /** Another project. */
  function reload(): Promise<void> {
    summaries.clear()
    asked.clear()
    triggerRef(summariesVersion)
    return refresh()
  }

  /** Events were missed: what is shown stays until it came anew. */
  async function catchUp(): Promise<void> {
    summaries.markStale()
    await refresh()
    await ensureLoaded(...shown)
  }

  function setFilter(next: ImageFilter): Promise<void> {
    filter.value = next
    return refresh()
  }

  function setOrder(next: ImageOrder, isNextDescending: boolean): Promise<void> {
    order.value = next
    isDescending.value = isNextDescending
    return refresh()
  }

  /** undefined until it is loaded; `ensureLoaded` asks for it. */
  function summaryOf(id: number): ImageSummary | undefined {
    void summariesVersion.value
    return summaries.get(id)
  }

  /** -1 where the filter does not let it through. */
  function positionOf(id: number): number {
    return positions.value.get(id) ?? -1
  }

  /** What a list shows, positions [from, to): loads the pages around it that are not there. */
  async function ensureLoaded(from: number, to: number): Promise<void> {
    shown = [from, to]
    const start = Math.max(0, Math.floor(from / PAGE) * PAGE)
    const loads: Promise<void>[] = []
    for (let page = start; page < Math.min(to, imageIds.value.length); page += PAGE) {
      const ids = imageIds.value.slice(page, page + PAGE)
      const missing = ids.filter((id) => summaries.isWanted(id) && !asked.has(id))
      if (missing.length > 0) loads.push(load(missing))
    }
    await Promise.all(loads)
  }

  async function load(ids: readonly number[]): Promise<void> {
    for (const id of ids) asked.add(id)
    try {
      for (const summary of await client.request('images.get', { imageIds: [...ids] })) {
        summaries.put(summary)
      }
      triggerRef(summariesVersion)
    } catch (thrown) {
      error.value = thrown
    } finally {
      for (const id of ids) asked.delete(id)
    }
  }

  function receive({ diff }: RecordsChanged): void {
    applyToSummaries(summaries, diff)
    triggerRef(summariesVersion)
    if (doesChangeList(diff, isFiltered.value)) refreshSoon()
  }

  client.subscribe('records.changed', receive)
  let openPath: string | null = null
  client.subscribe('snapshot.received', ({ project }) => {
    const isSame = project.path === openPath
    openPath = project.path
    void (isSame ? catchUp() : reload())
  })
  client.subscribe('workspace.changed', ({ project }) => {
    if (project !== null) return
    openPath = null
    void reload()
  })

  return {
    filter,
    order,
    isDescending,
    imageIds,
    isFiltered,
    isLoading,
    error,
    refresh,
    reload,
    setFilter,
    setOrder,
    summaryOf,
    positionOf,
    ensureLoaded,
  }
})

/**
 * Whether other images are in the list now. A list that is ordered by annotations or uncertainty
 * is not ordered anew while a job runs: rows would jump under the pointer.
 */
function doesChangeList(
  { added, updated, removed }: RecordsChanged['diff'],
  isFiltered: boolean,
): boolean {
  const keys = [...Object.keys(added), ...Object.keys(removed)]
  if (keys.some((key) => key.startsWith('image:'))) return true
  return isFiltered && keys.length + Object.keys(updated).length > 0
}

function areEqual(a: readonly number[], b: readonly number[]): boolean {
  return a.length === b.length && a.every((id, position) => id === b[position])
}
