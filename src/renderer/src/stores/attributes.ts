import { defineStore } from 'pinia'
import { shallowRef, watch } from 'vue'
import type { AttributeDefinition } from '#shared/contract/attributes.ts'
import { useClient } from '../transport/use-client.ts'
import { useToastsStore } from './toasts.ts'
import { useWorkspaceStore } from './workspace.ts'

/** The properties that annotations of the project can have. */
export const useAttributesStore = defineStore('attributes', () => {
  const client = useClient()
  const workspace = useWorkspaceStore()
  const toasts = useToastsStore()
  const definitions = shallowRef<readonly AttributeDefinition[]>([])
  let asked = 0

  async function read(): Promise<void> {
    const turn = ++asked
    if (workspace.project === null) {
      definitions.value = []
      return
    }
    try {
      const found = await client.request('attributes.list')
      if (turn === asked) definitions.value = found
    } catch (error) {
      toasts.showError(error)
    }
  }

  /**
   * @param from the list that the person began with
   * @throws LexmaskError for a definition that cannot be, and for a list that is an old one
   */
  async function define(
    next: readonly AttributeDefinition[],
    from: readonly AttributeDefinition[],
  ): Promise<void> {
    definitions.value = await client.request('attributes.define', {
      definitions: [...next],
      expected: [...from],
    })
  }

  watch(
    () => workspace.project?.path,
    () => void read(),
    { immediate: true },
  )
  client.subscribe('snapshot.received', () => void read())
  client.subscribe('records.changed', ({ diff }) => {
    const isOurs = [diff.added, diff.updated, diff.removed].some((part) => 'attributes:1' in part)
    if (isOurs) void read()
  })

  return { definitions, define }
})
