import { onScopeDispose } from 'vue'
import { useAddImages } from '../images/use-add-images.ts'
import { useTranslation } from '../i18n/translation.ts'
import { useProjectFiles } from '../projects/use-project-files.ts'
import { useToastsStore } from '../stores/toasts.ts'
import { useWorkspaceStore } from '../stores/workspace.ts'
import { useClient } from '../transport/use-client.ts'

/** Folders, photos and projects that are dropped on the window. */
export function useDrops(): void {
  const client = useClient()
  const workspace = useWorkspaceStore()
  const projects = useProjectFiles()
  const addImages = useAddImages()
  const toasts = useToastsStore()
  const { t } = useTranslation()

  async function receive(paths: readonly string[]): Promise<void> {
    const project = paths.find((path) => path.toLowerCase().endsWith('.lexmask'))
    if (project !== undefined) return projects.open(project)
    if (workspace.project === null && !(await projects.createProject(paths[0]))) return
    await addImages.add(paths)
  }

  /** A browser does not tell where dropped files are; without this it would leave the page for them. */
  function refuse(event: DragEvent): void {
    if (workspace.shell?.kind !== 'server' || !event.dataTransfer?.types.includes('Files')) return
    event.preventDefault()
    if (event.type === 'drop') toasts.show({ message: t('images.dropInBrowser') })
  }

  onScopeDispose(client.subscribe('files.dropped', ({ paths }) => void receive(paths)))
  for (const name of ['dragover', 'drop'] as const) {
    window.addEventListener(name, refuse)
    onScopeDispose(() => window.removeEventListener(name, refuse))
  }
}
