import type { z } from 'zod'
import { annotationCommands } from './commands/annotations.ts'
import { attributeCommands } from './commands/attributes.ts'
import type { OutputOf } from './commands/command.ts'
import { imageCommands } from './commands/images.ts'
import { labellingCommands } from './commands/labelling.ts'
import { projectCommands } from './commands/project.ts'
import { promptCommands } from './commands/prompts.ts'
import { searchCommands } from './commands/search.ts'
import { teachCommands } from './commands/teach.ts'
import { vocabularyCommands } from './commands/vocabulary.ts'
import { workspaceCommands } from './commands/workspace.ts'

export * from './commands/annotations.ts'
export * from './commands/attributes.ts'
export * from './commands/images.ts'
export * from './commands/labelling.ts'
export * from './commands/machine.ts'
export * from './commands/packs.ts'
export * from './commands/project.ts'
export * from './commands/prompts.ts'
export * from './commands/search.ts'
export * from './commands/teach.ts'
export * from './commands/vocabulary.ts'
export * from './commands/workspace.ts'

/** What can be asked of an open project. */
export const commandsOfProject = {
  ...projectCommands,
  ...imageCommands,
  ...vocabularyCommands,
  ...labellingCommands,
  ...annotationCommands,
  ...attributeCommands,
  ...promptCommands,
  ...teachCommands,
  ...searchCommands,
} as const

/** Everything that a shell can ask of the application. */
export const commands = { ...commandsOfProject, ...workspaceCommands } as const

export type Commands = typeof commands
export type CommandName = keyof Commands
export type ProjectCommandName = keyof typeof commandsOfProject
/** What a caller writes; parts with a default may be left out. */
export type CommandRequest<Name extends CommandName> = z.input<Commands[Name]['input']>
/** What a handler gets: checked and complete. */
export type CommandInput<Name extends CommandName> = z.output<Commands[Name]['input']>
export type CommandOutput<Name extends CommandName> = OutputOf<Commands[Name]>

export function isCommandName(name: string): name is CommandName {
  return Object.hasOwn(commands, name)
}
