import { defineStore } from 'pinia'
import { computed, shallowRef, watch } from 'vue'
import type { AnyRequest } from '#shared/contract/client.ts'
import type { ErrorCode } from '#shared/contract/errors.ts'
import type { LexmaskError } from '#shared/contract/errors.ts'
import { useClient } from '../transport/use-client.ts'
import { isChanging } from './changing-commands.ts'
import { useHistoryStore } from './history.ts'
import { useToastsStore } from './toasts.ts'
import { useWorkspaceStore } from './workspace.ts'

/** What takes less is never told: most steps are in the file within a frame. */
const TOLD_AFTER_MS = 150

/** The file or its disk does not take a change. */
const STORAGE_CODES = [
  'DISK_FULL',
  'STORAGE_FAILED',
  'PROJECT_READ_ONLY',
  'PROJECT_IN_USE',
  'PROJECT_DAMAGED',
] as const satisfies readonly ErrorCode[]
export type StorageCode = (typeof STORAGE_CODES)[number]

/** A step that is not in the file, and will not be unless it is made again. */
export interface UnsavedStep {
  readonly request: AnyRequest
  readonly error: LexmaskError
  readonly code: StorageCode
}

/**
 * Whether what the person did is in the project file. `saved` is told of changes that the
 * application committed, and of nothing else.
 */
export const useSavedStateStore = defineStore('saved-state', () => {
  const client = useClient()
  const workspace = useWorkspaceStore()
  const history = useHistoryStore()
  const toasts = useToastsStore()

  const isSlow = shallowRef(false)
  const isRetrying = shallowRef(false)
  const unsaved = shallowRef<UnsavedStep | null>(null)
  /** Of the last change that is in the file. */
  const revision = shallowRef(0)
  const changedMs = shallowRef<number | null>(null)
  const underWay = new Map<number, ReturnType<typeof setTimeout>>()

  const state = computed((): 'none' | 'read-only' | 'unsaved' | 'saving' | 'saved' => {
    if (workspace.project === null) return 'none'
    if (unsaved.value !== null) return isSlow.value ? 'saving' : 'unsaved'
    if (workspace.project.isReadOnly) return 'read-only'
    return isSlow.value ? 'saving' : 'saved'
  })
  /** When the last step was made; null when the project has none that is known. */
  const savedMs = computed(() => changedMs.value ?? history.nextUndo?.createdMs ?? null)

  const endOne = (id: number): void => {
    clearTimeout(underWay.get(id))
    underWay.delete(id)
    if (underWay.size === 0) isSlow.value = false
  }

  const dismissIfMade = ({ name, input }: AnyRequest): void => {
    const step = unsaved.value?.request
    if (step?.name === name && JSON.stringify(step.input) === JSON.stringify(input))
      unsaved.value = null
  }

  client.subscribe('request.started', ({ id, name }) => {
    if (isChanging(name))
      underWay.set(
        id,
        setTimeout(() => (isSlow.value = true), TOLD_AFTER_MS),
      )
  })
  client.subscribe('request.ended', ({ id, name, input, error }) => {
    if (!underWay.has(id)) return
    endOne(id)
    const code = STORAGE_CODES.find((known) => known === error?.code)
    // Another step that went well does not make this one.
    if (error === null) dismissIfMade({ id, name, input })
    else if (code !== undefined) {
      unsaved.value = { request: { id, name, input }, error, code }
      toasts.leaveOut(error)
    }
  })
  client.subscribe('records.changed', (change) => {
    revision.value = change.revision
    changedMs.value = Date.now()
  })
  client.subscribe('snapshot.received', (snapshot) => (revision.value = snapshot.revision))

  /** Another project begins with what its file has. */
  watch(
    () => workspace.project?.path,
    () => {
      revision.value = workspace.project?.revision ?? 0
      changedMs.value = null
      unsaved.value = null
    },
    { immediate: true },
  )

  /** The same step once more. */
  async function retry(): Promise<void> {
    const step = unsaved.value
    if (step === null || isRetrying.value) return
    isRetrying.value = true
    try {
      await client.repeat(step.request)
    } catch (error) {
      // Another reason than the disk: the image was changed meanwhile.
      if (unsaved.value === step) unsaved.value = null
      toasts.showError(error)
    } finally {
      isRetrying.value = false
    }
  }

  return {
    state,
    revision,
    savedMs,
    unsaved,
    isRetrying,
    retry,
    /** The step is given up. */
    dismiss: () => (unsaved.value = null),
  }
})
