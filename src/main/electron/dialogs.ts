import { dialog, type BrowserWindow, type FileFilter, type OpenDialogOptions } from 'electron'
import { IMAGE_EXTENSIONS } from '#main/app/images/scan-folder.ts'
import type { PickFiles } from '#main/app/workspace/workspace.ts'
import type { Labels } from './labels.ts'

/** Asks with the dialogs of the system. */
export function dialogsOf(window: () => BrowserWindow | null, labels: () => Labels): PickFiles {
  const open = async (
    properties: NonNullable<OpenDialogOptions['properties']>,
    suggested: string | null,
    options: { buttonLabel: string; filters?: FileFilter[] },
  ): Promise<readonly string[]> => {
    const question = { properties, ...options, ...startingAt(suggested) }
    const owner = window()
    const { filePaths } = await (owner
      ? dialog.showOpenDialog(owner, question)
      : dialog.showOpenDialog(question))
    return filePaths
  }
  const save = async (
    suggested: string | null,
    options: { buttonLabel?: string; filters: FileFilter[] },
  ): Promise<readonly string[]> => {
    const question = { ...options, ...startingAt(suggested) }
    const owner = window()
    const { filePath } = await (owner
      ? dialog.showSaveDialog(owner, question)
      : dialog.showSaveDialog(question))
    return filePath ? [filePath] : []
  }
  return ({ purpose, suggested }) => {
    const { projectFiles, imageFiles, choose, create, add } = labels()
    const projects = [{ name: projectFiles, extensions: ['lexmask'] }]
    switch (purpose) {
      case 'open-project':
        return open(['openFile'], suggested, { buttonLabel: choose, filters: projects })
      case 'new-project':
        return save(suggested, { buttonLabel: create, filters: projects })
      case 'images':
        return open(['openFile', 'multiSelections'], suggested, {
          buttonLabel: add,
          filters: [{ name: imageFiles, extensions: imageExtensions() }],
        })
      case 'image-folder':
        return open(['openDirectory', 'multiSelections'], suggested, { buttonLabel: add })
      case 'folder':
        return open(['openDirectory', 'createDirectory'], suggested, { buttonLabel: choose })
      case 'coco-file':
        return open(['openFile'], suggested, {
          buttonLabel: choose,
          filters: [{ name: 'COCO (JSON)', extensions: ['json'] }],
        })
      case 'export':
        return save(suggested, { filters: [{ name: 'COCO (JSON)', extensions: ['json'] }] })
    }
  }
}

function startingAt(suggested: string | null): { defaultPath?: string } {
  return suggested === null ? {} : { defaultPath: suggested }
}

/** Without the dot, and in capitals too: GTK tells them apart. */
function imageExtensions(): string[] {
  const names = [...IMAGE_EXTENSIONS].map((extension) => extension.slice(1))
  return [...names, ...names.map((name) => name.toUpperCase())]
}
