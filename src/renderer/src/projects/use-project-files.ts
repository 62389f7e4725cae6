import { shallowRef } from 'vue'
import type { ShallowRef } from 'vue'
import { useView } from '../app/view.ts'
import { useToastsStore } from '../stores/toasts.ts'
import { useWorkspaceStore } from '../stores/workspace.ts'
import { usePickPaths } from './use-pick-paths.ts'

/** Shown in the Projects view, beside what it is about. */
export interface ProjectFailure {
  readonly deed: 'open' | 'create'
  readonly path: string
  readonly error: unknown
}

const failure = shallowRef<ProjectFailure | null>(null)

export interface ProjectFiles {
  readonly failure: ShallowRef<ProjectFailure | null>
  readonly open: (path: string, readOnly?: boolean) => Promise<void>
  /** Asks which. */
  readonly openProject: () => Promise<void>
  /** Asks where. @returns whether there is a project now */
  readonly createProject: (suggested?: string) => Promise<boolean>
  readonly close: () => Promise<void>
}

/** Create, open and close, from wherever the person asks for it. */
export function useProjectFiles(): ProjectFiles {
  const workspace = useWorkspaceStore()
  const toasts = useToastsStore()
  const pickPaths = usePickPaths()
  const view = useView()

  async function attempt(
    deed: ProjectFailure['deed'],
    path: string,
    work: () => Promise<void>,
  ): Promise<boolean> {
    failure.value = null
    try {
      await work()
      view.value = 'label'
      return true
    } catch (error) {
      failure.value = { deed, path, error }
      view.value = 'projects'
      return false
    }
  }

  async function open(path: string, readOnly = false): Promise<void> {
    await attempt('open', path, () => workspace.open(path, readOnly))
  }

  async function openProject(): Promise<void> {
    const [path] = await pickPaths('open-project')
    if (path !== undefined) await open(path)
  }

  async function createProject(suggested?: string): Promise<boolean> {
    const [path] = await pickPaths('new-project', suggested)
    if (path === undefined) return false
    return attempt('create', path, () => workspace.create(path))
  }

  async function close(): Promise<void> {
    try {
      await workspace.close()
    } catch (error) {
      toasts.showError(error)
    }
  }

  return { failure, open, openProject, createProject, close }
}
