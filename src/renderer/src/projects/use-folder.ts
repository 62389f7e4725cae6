import { computed, shallowRef } from 'vue'
import type { ComputedRef, ShallowRef } from 'vue'
import type { FolderEntry, FolderListing } from '#shared/contract/commands.ts'
import { useClient } from '../transport/use-client.ts'
import type { BrowsePurpose } from './browse-purpose.ts'

export interface OpenFolder {
  readonly listing: ShallowRef<FolderListing | null>
  readonly entries: ComputedRef<readonly FolderEntry[]>
  readonly error: ShallowRef<unknown>
  readonly isLoading: ShallowRef<boolean>
  /** null: where the application thinks best. */
  readonly show: (folder: string | null) => Promise<boolean>
}

/** One folder of the application's machine; where it cannot be read, the one before stays. */
export function useFolder(purpose: BrowsePurpose): OpenFolder {
  const client = useClient()
  const listing = shallowRef<FolderListing | null>(null)
  const error = shallowRef<unknown>(null)
  const isLoading = shallowRef(false)
  let latest = 0

  const entries = computed(() =>
    (listing.value?.entries ?? []).filter(
      ({ kind, name }) =>
        kind === 'folder' ||
        (purpose.kinds.includes(kind) &&
          (kind !== 'file' || name.toLowerCase().endsWith(purpose.ending ?? ''))),
    ),
  )

  async function show(folder: string | null): Promise<boolean> {
    const turn = ++latest
    isLoading.value = true
    try {
      const found = await client.request('files.list', { folder })
      if (turn === latest) {
        listing.value = found
        error.value = null
      }
      return true
    } catch (thrown) {
      if (turn === latest) error.value = thrown
      return false
    } finally {
      if (turn === latest) isLoading.value = false
    }
  }

  return { listing, entries, error, isLoading, show }
}
