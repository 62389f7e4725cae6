import { z } from 'zod'
import { settingsChangeSchema, type Settings } from '../settings.ts'
import type { ProjectInfo } from './project.ts'
import { answering, nothing, path } from './command.ts'
import { machineCommands } from './machine.ts'
import { packCommands } from './packs.ts'

export interface RecentProject {
  /** Absolute. */
  readonly path: string
  readonly name: string
  readonly openedMs: number
  /** Whether the file is there now. */
  readonly isThere: boolean
}

/** What the window runs in. */
export interface ShellFacts {
  readonly kind: 'electron' | 'server'
  readonly version: string
  readonly platform: string
  /** Of the system: what the setting "system" means for the language. */
  readonly locale: string
  /** Whether `files.pick` can ask with the system's own dialogs. */
  readonly hasDialogs: boolean
}

export interface WorkspaceState {
  /** null while no project is open. */
  readonly project: ProjectInfo | null
  /** The last opened first. */
  readonly recent: readonly RecentProject[]
  readonly settings: Settings
  readonly shell: ShellFacts
}

export interface FolderEntry {
  readonly name: string
  /** Absolute. */
  readonly path: string
  readonly kind: 'folder' | 'image' | 'project' | 'file'
  /** null for a folder. */
  readonly bytes: number | null
  readonly modifiedMs: number
}

export interface FolderListing {
  /** Absolute. */
  readonly folder: string
  /** null at the top of a drive. */
  readonly parent: string | null
  /** Folders first, by name; hidden ones are left out. */
  readonly entries: readonly FolderEntry[]
  /** Places to start from: home, drives, the folders of recent projects. */
  readonly places: readonly { readonly name: string; readonly path: string }[]
}

export const PICK_PURPOSES = [
  'open-project',
  'new-project',
  'images',
  'image-folder',
  'coco-file',
  'export',
  'folder',
] as const
export type PickPurpose = (typeof PICK_PURPOSES)[number]

/** The projects and settings of a person; these work without an open project. */
export const workspaceCommands = {
  ...packCommands,
  ...machineCommands,

  'workspace.get': answering<WorkspaceState>()(nothing),
  /** A new file, which is opened; `.lexmask` is added where it is missing. FORBIDDEN over an existing file. */
  'workspace.create': answering<WorkspaceState>()(z.strictObject({ path })),
  /** Closes the present project first, when its images in work have ended. */
  'workspace.open': answering<WorkspaceState>()(
    z.strictObject({
      path,
      /** Beside a writer too; the only way into a damaged file. */
      readOnly: z.boolean().default(false),
    }),
  ),
  'workspace.close': answering<WorkspaceState>()(nothing),
  /** Takes a file off the list of recent ones. */
  'workspace.forget': answering<WorkspaceState>()(z.strictObject({ path })),
  'settings.change': answering<Settings>()(settingsChangeSchema),

  /** For a window without the system's dialogs. */
  'files.list': answering<FolderListing>()(
    /** null: the folder of the last project, else the home folder */
    z.strictObject({ folder: path.nullable().default(null) }),
  ),
  /** Asks with the system's dialog; no paths when the person cancels. */
  'files.pick': answering<{ readonly paths: readonly string[] }>()(
    z.strictObject({
      purpose: z.enum(PICK_PURPOSES),
      /** File or folder to start with. */
      suggested: path.nullable().default(null),
    }),
  ),
} as const
export type WorkspaceCommandName = keyof typeof workspaceCommands
