import { shallowRef } from 'vue'
import type { ShallowRef } from 'vue'
import type { PickPurpose } from '#shared/contract/commands.ts'

export interface PickRequest {
  readonly purpose: PickPurpose
  /** File or folder to start with. */
  readonly suggested: string | null
  readonly answer: (paths: readonly string[]) => void
}

const openRequest = shallowRef<PickRequest | null>(null)

/** For FileBrowserDialog. */
export function usePickRequest(): ShallowRef<PickRequest | null> {
  return openRequest
}

/** Asks in the window's own file browser, as the shell has no dialogs. */
export function pickInWindow(
  purpose: PickPurpose,
  suggested: string | null,
): Promise<readonly string[]> {
  openRequest.value?.answer([])
  return new Promise((resolve) => {
    openRequest.value = {
      purpose,
      suggested,
      answer: (paths) => {
        openRequest.value = null
        resolve(paths)
      },
    }
  })
}
