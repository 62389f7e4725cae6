import type { MessageKey } from '../i18n/translation.ts'

/**
 * Where an action's keys count. `window` is everywhere, so that its keys belong to no other scope.
 * `canvas` is the canvas of Label, of Review and of Search: its keys belong to none of them.
 */
export type ActionScope = 'window' | 'label' | 'review' | 'search' | 'canvas'

interface ActionRow {
  readonly id: string
  /**
   * Where the person chose no others. `Mod` is Command on a Mac, Control elsewhere; `1–9` is any of
   * these digits. The first is shown beside buttons.
   */
  readonly keys: readonly [string, ...string[]]
  readonly scope: ActionScope
  readonly labelKey: MessageKey
}

/**
 * Every action with keys. The `?` sheet, tooltips, menus and Settings are made of this table and of
 * what the person changed in it (`keys-in-force.ts`).
 */
const TABLE = [
  row('view.projects', ['Mod+1', 'Alt+1'], 'window', 'keyboard.viewProjects'),
  row('view.label', ['Mod+2', 'Alt+2'], 'window', 'keyboard.viewLabel'),
  row('view.review', ['Mod+3', 'Alt+3'], 'window', 'keyboard.viewReview'),
  row('view.search', ['Mod+4', 'Alt+4'], 'window', 'keyboard.viewSearch'),
  row('view.packs', ['Mod+5', 'Alt+5'], 'window', 'keyboard.viewPacks'),
  row('view.settings', ['Mod+,'], 'window', 'keyboard.viewSettings'),
  row('project.new', ['Mod+N', 'Alt+N'], 'window', 'keyboard.projectNew'),
  row('project.open', ['Mod+O'], 'window', 'keyboard.projectOpen'),
  row('project.export', ['Mod+E'], 'window', 'keyboard.projectExport'),
  row('images.add', ['Mod+I'], 'window', 'keyboard.imagesAdd'),
  row('history.undo', ['Mod+Z'], 'window', 'keyboard.historyUndo'),
  row('history.redo', ['Mod+Shift+Z', 'Mod+Y'], 'window', 'keyboard.historyRedo'),
  row('history.show', ['Shift+H'], 'window', 'keyboard.historyShow'),
  row('help.shortcuts', ['?'], 'window', 'keyboard.helpShortcuts'),

  row('images.next', ['D', 'PageDown'], 'label', 'keyboard.imagesNext'),
  row('images.previous', ['A', 'PageUp'], 'label', 'keyboard.imagesPrevious'),
  row('images.search', ['Mod+F'], 'label', 'keyboard.imagesSearch'),
  row('images.markReviewed', ['Mod+Enter'], 'label', 'keyboard.imagesMarkReviewed'),
  row('labelling.start', ['L'], 'label', 'keyboard.labellingStart'),
  row('vocabulary.add', ['N'], 'label', 'keyboard.vocabularyAdd'),

  row('canvas.fit', ['F', '0'], 'canvas', 'keyboard.canvasFit'),
  row('canvas.actualSize', ['1'], 'canvas', 'keyboard.canvasActualSize'),
  row('canvas.zoomIn', ['+', '='], 'canvas', 'keyboard.canvasZoomIn'),
  row('canvas.zoomOut', ['-', '_'], 'canvas', 'keyboard.canvasZoomOut'),
  row('canvas.toggleMasks', ['M'], 'canvas', 'keyboard.canvasToggleMasks'),
  row('canvas.toggleOutlines', ['O'], 'canvas', 'keyboard.canvasToggleOutlines'),
  row('canvas.toggleBoxes', ['B'], 'canvas', 'keyboard.canvasToggleBoxes'),
  row('canvas.toggleLabels', ['T'], 'canvas', 'keyboard.canvasToggleLabels'),
  row('canvas.toggleGhosts', ['G'], 'canvas', 'keyboard.canvasToggleGhosts'),
  row('canvas.toggleSemantic', ['Shift+C'], 'canvas', 'keyboard.canvasToggleSemantic'),

  row('annotations.selectAll', ['Mod+A'], 'canvas', 'keyboard.annotationsSelectAll'),
  row('annotations.deselect', ['Escape'], 'canvas', 'keyboard.annotationsDeselect'),
  row('annotations.next', ['Tab'], 'canvas', 'keyboard.annotationsNext'),
  row('annotations.previous', ['Shift+Tab'], 'canvas', 'keyboard.annotationsPrevious'),
  row('annotations.delete', ['Delete', 'Backspace'], 'canvas', 'keyboard.annotationsDelete'),
  row('annotations.setClass', ['C'], 'canvas', 'keyboard.annotationsSetClass'),
  row('annotations.setClassByNumber', ['1–9'], 'canvas', 'keyboard.annotationsSetClassByNumber'),
  row('annotations.hide', ['H'], 'canvas', 'keyboard.annotationsHide'),
  row('annotations.findLike', ['J'], 'canvas', 'keyboard.annotationsFindLike'),
  row('canvas.findPhrase', ['Shift+W'], 'label', 'keyboard.canvasFindPhrase'),
  row('annotations.editOutline', ['Enter'], 'label', 'keyboard.annotationsEditOutline'),

  row('tool.select', ['V'], 'label', 'keyboard.toolSelect'),
  row('tool.polygon', ['P'], 'label', 'keyboard.toolPolygon'),
  row('tool.vertices', ['Q'], 'label', 'keyboard.toolVertices'),
  row('tool.brush', ['K'], 'label', 'keyboard.toolBrush'),
  row('tool.eraser', ['E'], 'label', 'keyboard.toolEraser'),
  row('tool.box', ['R'], 'label', 'keyboard.toolBox'),
  row('tool.box-prompt', ['W'], 'label', 'keyboard.toolBoxPrompt'),
  row('tool.points', ['S'], 'label', 'keyboard.toolPoints'),
  row('tool.cut', ['/'], 'label', 'keyboard.toolCut'),
  row('tool.brushSmaller', ['['], 'label', 'keyboard.toolBrushSmaller'),
  row('tool.brushLarger', [']'], 'label', 'keyboard.toolBrushLarger'),
  row('tool.overlap', ['U'], 'label', 'keyboard.toolOverlap'),
  row('mask.fillHoles', ['Shift+F'], 'label', 'keyboard.maskFillHoles'),
  row('mask.largestPart', ['Shift+L'], 'label', 'keyboard.maskLargestPart'),
  row('mask.splitParts', ['Shift+S'], 'label', 'keyboard.maskSplitParts'),
  row('mask.merge', ['Shift+M'], 'label', 'keyboard.maskMerge'),
  row('mask.subtract', ['Shift+X'], 'label', 'keyboard.maskSubtract'),
  row('mask.intersect', ['Shift+I'], 'label', 'keyboard.maskIntersect'),
  row('mask.grow', ['.'], 'label', 'keyboard.maskGrow'),
  row('mask.shrink', [','], 'label', 'keyboard.maskShrink'),
  row('mask.snap', ['Shift+E'], 'label', 'keyboard.maskSnap'),
  row('mask.smooth', ['Shift+O'], 'label', 'keyboard.maskSmooth'),
  row('mask.simplify', ['Shift+P'], 'label', 'keyboard.maskSimplify'),
  row('mask.moveLeft', ['ArrowLeft'], 'label', 'keyboard.maskMoveLeft'),
  row('mask.moveRight', ['ArrowRight'], 'label', 'keyboard.maskMoveRight'),
  row('mask.moveUp', ['ArrowUp'], 'label', 'keyboard.maskMoveUp'),
  row('mask.moveDown', ['ArrowDown'], 'label', 'keyboard.maskMoveDown'),
  row('mask.duplicate', ['Shift+D'], 'label', 'keyboard.maskDuplicate'),

  row('annotations.accept', ['Y'], 'label', 'keyboard.annotationsAccept'),
  row('annotations.reject', ['X'], 'label', 'keyboard.annotationsReject'),
  row('annotations.forward', ['Mod+]'], 'label', 'keyboard.annotationsForward'),
  row('annotations.backward', ['Mod+['], 'label', 'keyboard.annotationsBackward'),
  row('annotations.toFront', ['Mod+}'], 'label', 'keyboard.annotationsToFront'),
  row('annotations.toBack', ['Mod+{'], 'label', 'keyboard.annotationsToBack'),

  row('review.accept', ['A', 'Y', 'Enter'], 'review', 'keyboard.reviewAccept'),
  row('review.reject', ['R', 'X'], 'review', 'keyboard.reviewReject'),
  row('review.fix', ['E'], 'review', 'keyboard.reviewFix'),
  row('review.skip', ['S'], 'review', 'keyboard.reviewSkip'),
  row('review.next', ['ArrowRight', 'N'], 'review', 'keyboard.reviewNext'),
  row('review.previous', ['ArrowLeft', 'P'], 'review', 'keyboard.reviewPrevious'),
  row('review.undo', ['U'], 'review', 'keyboard.reviewUndo'),
  row('review.acceptImage', ['Shift+A'], 'review', 'keyboard.reviewAcceptImage'),

  row('search.field', ['Mod+F'], 'search', 'keyboard.searchField'),
  row('search.next', ['D'], 'search', 'keyboard.searchNext'),
  row('search.previous', ['A'], 'search', 'keyboard.searchPrevious'),
  row('search.accept', ['Y'], 'search', 'keyboard.searchAccept'),
  row('search.reject', ['X'], 'search', 'keyboard.searchReject'),
  row('search.fix', ['E'], 'search', 'keyboard.searchFix'),
] as const

export type ActionId = (typeof TABLE)[number]['id']
export interface Action extends ActionRow {
  readonly id: ActionId
}

export const ACTIONS: readonly Action[] = TABLE
const ACTION_BY_ID = new Map<string, Action>(ACTIONS.map((action) => [action.id, action]))

export function isActionId(id: string): id is ActionId {
  return ACTION_BY_ID.has(id)
}

export function actionOf(id: ActionId): Action {
  return ACTION_BY_ID.get(id) as Action
}

/** Whether keys of both scopes can be pressed in one place. */
export function doScopesMeet(a: ActionScope, b: ActionScope): boolean {
  const isWithCanvas = (one: ActionScope, other: ActionScope): boolean =>
    one === 'canvas' && (other === 'label' || other === 'review' || other === 'search')
  return a === b || a === 'window' || b === 'window' || isWithCanvas(a, b) || isWithCanvas(b, a)
}

function row<const Id extends string>(
  id: Id,
  keys: readonly [string, ...string[]],
  scope: ActionScope,
  labelKey: MessageKey,
): ActionRow & { readonly id: Id } {
  return { id, keys, scope, labelKey }
}
