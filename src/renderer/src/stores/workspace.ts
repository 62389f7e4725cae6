import { defineStore } from 'pinia'
import { computed, shallowRef } from 'vue'
import type { ProjectInfo, WorkspaceState } from '#shared/contract/commands.ts'
import { useClient } from '../transport/use-client.ts'

/** Counts are asked for again at most this often while records change. */
const COUNTS_DELAY_MS = 400

/** The open project, the recent ones, and what the window runs in. */
export const useWorkspaceStore = defineStore('workspace', () => {
  const client = useClient()
  const state = shallowRef<WorkspaceState | null>(null)
  /** The open project with its present counts. */
  const project = shallowRef<ProjectInfo | null>(null)
  const isBusy = shallowRef(false)
  let countsTimer: ReturnType<typeof setTimeout> | undefined

  const recent = computed(() => state.value?.recent ?? [])
  const shell = computed(() => state.value?.shell ?? null)
  const imageCount = computed(() => {
    const counts = project.value?.imagesByStatus
    return counts === undefined ? 0 : Object.values(counts).reduce((sum, count) => sum + count, 0)
  })

  function take(next: WorkspaceState): void {
    const isOther = next.project?.path !== project.value?.path
    state.value = next
    project.value = next.project
    if (isOther && next.project !== null) void client.synchronise().catch(() => {})
  }

  async function load(): Promise<void> {
    take(await client.request('workspace.get'))
  }

  async function change(request: Promise<WorkspaceState>): Promise<void> {
    isBusy.value = true
    try {
      take(await request)
    } finally {
      isBusy.value = false
    }
  }

  const create = (path: string): Promise<void> =>
    change(client.request('workspace.create', { path }))
  const open = (path: string, readOnly = false): Promise<void> =>
    change(client.request('workspace.open', { path, readOnly }))
  const close = (): Promise<void> => change(client.request('workspace.close'))
  const forget = (path: string): Promise<void> =>
    change(client.request('workspace.forget', { path }))

  function refreshCountsSoon(): void {
    countsTimer ??= setTimeout(() => {
      countsTimer = undefined
      client.request('project.info').then(
        (info) => {
          if (info.path === project.value?.path) project.value = info
        },
        // The project was closed meanwhile; the next event tells.
        () => {},
      )
    }, COUNTS_DELAY_MS)
  }

  client.subscribe('workspace.changed', take)
  client.subscribe('snapshot.received', (snapshot) => (project.value = snapshot.project))
  client.subscribe('records.changed', refreshCountsSoon)

  return { state, project, recent, shell, imageCount, isBusy, load, create, open, close, forget }
})
