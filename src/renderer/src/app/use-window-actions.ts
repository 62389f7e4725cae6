import { computed, onScopeDispose } from 'vue'
import { isActionId } from '../keyboard/actions.ts'
import type { ActionScope } from '../keyboard/actions.ts'
import { dispatchKeys, runAction } from '../keyboard/dispatch-keys.ts'
import { useAction } from '../keyboard/use-action.ts'
import { useAddImages } from '../images/use-add-images.ts'
import { useProjectFiles } from '../projects/use-project-files.ts'
import { useHistoryStore } from '../stores/history.ts'
import { useWorkspaceStore } from '../stores/workspace.ts'
import { useClient } from '../transport/use-client.ts'
import { useOpenDialogs } from './open-dialogs.ts'
import { useView, VIEWS } from './view.ts'

/** The actions that are everywhere, and the way from keys and the shell's menu to all actions. */
export function useWindowActions(): void {
  const workspace = useWorkspaceStore()
  const history = useHistoryStore()
  const projects = useProjectFiles()
  const addImages = useAddImages()
  const dialogs = useOpenDialogs()
  const view = useView()
  const client = useClient()
  const hasProject = computed(() => workspace.project !== null)
  const isWritable = computed(() => hasProject.value && !workspace.project?.isReadOnly)

  for (const name of VIEWS) useAction(`view.${name}`, () => (view.value = name))
  useAction('project.new', () => void projects.createProject())
  useAction('project.open', () => void projects.openProject())
  useAction('project.export', () => (dialogs.isExportOpen.value = true), hasProject)
  useAction('images.add', () => void addImages.chooseAndAdd('image-folder'), isWritable)
  useAction('history.undo', () => void history.undoStep(), isWritable)
  useAction('history.redo', () => void history.redoStep(), isWritable)
  useAction('history.show', () => (dialogs.isHistoryOpen.value = true), hasProject)
  useAction('help.shortcuts', () => (dialogs.areShortcutsOpen.value = true))

  const isScopeShown = (scope: ActionScope): boolean => {
    if (scope === 'window') return true
    if (!hasProject.value) return false
    return scope === 'canvas'
      ? ['label', 'review', 'search'].includes(view.value)
      : view.value === scope
  }
  const receiveKeys = (event: KeyboardEvent): void => dispatchKeys(event, isScopeShown)
  window.addEventListener('keydown', receiveKeys)
  onScopeDispose(() => window.removeEventListener('keydown', receiveKeys))
  onScopeDispose(
    client.subscribe('menu.chosen', ({ actionId }) => {
      if (isActionId(actionId)) runAction(actionId)
    }),
  )
}
