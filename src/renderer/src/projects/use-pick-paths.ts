import type { PickPurpose } from '#shared/contract/commands.ts'
import { useWorkspaceStore } from '../stores/workspace.ts'
import { useClient } from '../transport/use-client.ts'
import { pickInWindow } from './pick-request.ts'

/** Asks for files with the system's dialogs where the shell has them; no paths when put away. */
export function usePickPaths(): (
  purpose: PickPurpose,
  suggested?: string,
) => Promise<readonly string[]> {
  const client = useClient()
  const workspace = useWorkspaceStore()
  return async (purpose, suggested) => {
    if (!workspace.shell?.hasDialogs) return pickInWindow(purpose, suggested ?? null)
    const { paths } = await client.request('files.pick', { purpose, suggested: suggested ?? null })
    return paths
  }
}
