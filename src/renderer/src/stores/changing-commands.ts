import type { CommandName } from '#shared/contract/commands.ts'

/** Commands that write into the project file: what stands behind "Saved". A new one belongs here. */
const CHANGING: ReadonlySet<string> = new Set<CommandName>([
  'annotations.edit',
  'annotations.delete',
  'annotations.duplicate',
  'annotations.reorder',
  'annotations.setAttributes',
  'annotations.setClass',
  'annotations.setFlags',
  'annotations.setState',
  'attributes.define',
  'candidates.promote',
  'history.undo',
  'history.redo',
  'history.undoRun',
  'images.add',
  'images.remove',
  'images.setStatus',
  'images.relink',
  'prelabel.start',
  'rescore.all',
  'vocabulary.replace',
  'vocabulary.merge',
])

export function isChanging(name: string): boolean {
  return CHANGING.has(name)
}
