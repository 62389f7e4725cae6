import { shallowRef } from 'vue'
import type { ShallowRef } from 'vue'
import type { Box } from '#shared/geometry/box.ts'
import { useTranslation } from '../../i18n/translation.ts'
import type { MenuRequest, Point, SelectMode } from '../canvas-content.ts'
import { keysOfEvent } from '../../keyboard/key-names.ts'
import { isKeyOf } from '../../keyboard/keys-in-force.ts'
import { commandOfKey, neighbourId, nudgeOfKey, tabTarget } from '../canvas-keys.ts'
import type { CanvasCommand } from '../canvas-keys.ts'
import { boxView, imageToScreen, panBy, revealBox, steppedScale } from '../view-transform.ts'
import { chipText } from './paint-chip.ts'
import type { CanvasItems } from './use-items.ts'
import type { PointerControl } from './use-pointer.ts'
import type { ViewControl } from './use-view.ts'

const PAN_STEP_PX = 80

export interface NavigationInput {
  readonly control: ViewControl
  readonly content: CanvasItems
  readonly pointer: PointerControl
  readonly surface: Readonly<ShallowRef<HTMLElement | null>>
  readonly selectedIds: () => readonly number[]
  readonly select: (ids: readonly number[], mode: SelectMode) => void
  readonly menu: (request: MenuRequest) => void
  /** Whether keys move the selected masks now. */
  readonly canNudge: () => boolean
  /** Image pixels. */
  readonly nudge: (by: Point) => void
  /** Puts the tool in hand back. */
  readonly leaveTool: () => void
}

export interface Navigation {
  readonly run: (command: CanvasCommand) => void
  readonly keyDown: (event: KeyboardEvent) => void
  readonly keyUp: (event: KeyboardEvent) => void
  /** Brings an annotation into sight. */
  readonly reveal: (annotationId: number) => void
  /** Shows an annotation large, with what is around it. */
  readonly zoomToAnnotation: (annotationId: number, isGliding: boolean) => void
  /** Shows a box, image pixels, in the same way. */
  readonly zoomToBox: (box: Box, isGliding: boolean) => void
  readonly centreOn: (point: Point) => void
  /** What keys have selected, in words. */
  readonly announcement: Readonly<ShallowRef<string>>
}

/** What keys, buttons and other parts of the window do with the view and the selection. */
export function useNavigation(input: NavigationInput): Navigation {
  const { control, content, pointer } = input
  const { t } = useTranslation()
  const announcement = shallowRef('')

  function boxOf(annotationId: number): Box | null {
    const item = content.itemOf(annotationId)
    if (item === null) return null
    const [x, y, width, height] = content.items.value[item].shape.bbox
    return [x, y, x + width, y + height]
  }

  function reveal(annotationId: number): void {
    const box = boxOf(annotationId)
    if (box !== null) control.goTo((view, _, room) => revealBox(view, box, room), true)
  }

  function zoomToAnnotation(annotationId: number, isGliding: boolean): void {
    const box = boxOf(annotationId)
    if (box !== null) zoomToBox(box, isGliding)
  }

  function zoomToBox(box: Box, isGliding: boolean): void {
    control.goTo((_, size, room) => boxView(box, size, room), isGliding)
  }

  function centreOn(point: Point): void {
    control.goTo(({ scale }, _, { width, height }) => {
      return { scale, x: width / 2 - point.x * scale, y: height / 2 - point.y * scale }
    }, false)
  }

  function choose(annotationId: number): void {
    input.select([annotationId], 'replace')
    reveal(annotationId)
    const found = content.items.value[content.itemOf(annotationId) ?? -1]
    if (found?.kind !== 'annotation') return
    announcement.value = t('canvas.position', {
      text: chipText(found.shape.name, found.shape.score),
      state: t(`canvas.state.${found.shape.state}`),
      position: content.reachable.value.indexOf(annotationId) + 1,
      count: content.reachable.value.length,
    })
  }

  function step(direction: 1 | -1): void {
    const present = input.selectedIds()[0] ?? null
    const id = neighbourId(content.reachable.value, present, direction)
    if (id !== null) choose(id)
  }

  function openMenu(): void {
    const [id] = input.selectedIds()
    const box = id === undefined ? null : boxOf(id)
    const view = control.view.value
    const corner = input.surface.value?.getBoundingClientRect()
    if (id === undefined || box === null || view === null || corner === undefined) return
    const middle = imageToScreen(view, { x: (box[0] + box[2]) / 2, y: (box[1] + box[3]) / 2 })
    input.menu({ id, kind: 'annotation', x: corner.left + middle.x, y: corner.top + middle.y })
  }

  /** One thing at a time: the gesture under way, the vertices, the selection, the tool. */
  function deselect(): void {
    const { name } = pointer.machine.value.tool
    if (pointer.isBusy()) return pointer.cancel()
    if (name === 'vertices') return input.leaveTool()
    if (input.selectedIds().length > 0) return input.select([], 'replace')
    if (name !== 'select') input.leaveTool()
  }

  const hasUseForEscape = (): boolean =>
    pointer.isBusy() ||
    input.selectedIds().length > 0 ||
    pointer.machine.value.tool.name !== 'select'

  const pan = (x: number, y: number): void =>
    control.goTo((view) => panBy(view, x * PAN_STEP_PX, y * PAN_STEP_PX), true)

  const commands: Readonly<Record<CanvasCommand, () => void>> = {
    'zoom-in': () => control.zoomTo((scale) => steppedScale(scale, 1), null),
    'zoom-out': () => control.zoomTo((scale) => steppedScale(scale, -1), null),
    fit: () => control.fit(),
    'actual-size': () => control.actualSize(null),
    next: () => step(1),
    previous: () => step(-1),
    'pan-left': () => pan(1, 0),
    'pan-right': () => pan(-1, 0),
    'pan-up': () => pan(0, 1),
    'pan-down': () => pan(0, -1),
    menu: openMenu,
    deselect,
  }
  const run = (command: CanvasCommand): void => commands[command]()

  function tab(event: KeyboardEvent, direction: 1 | -1): void {
    const present = input.selectedIds()[0] ?? null
    const id = tabTarget(content.reachable.value, present, direction)
    if (id === null) {
      // The window's table knows Tab too, and would go on to the other end.
      event.stopPropagation()
      return
    }
    event.preventDefault()
    choose(id)
  }

  function keyDown(event: KeyboardEvent): void {
    if (event.key === ' ') {
      event.preventDefault()
      return pointer.holdSpace(true)
    }
    const by = input.canNudge() ? nudgeOfKey(event) : null
    if (by !== null) return nudge(event, by)
    // Another key is about the masks where they are now.
    if (event.key !== 'Shift') pointer.settle()
    const keys = keysOfEvent(event)
    if (isKeyOf('annotations.next', keys)) return tab(event, 1)
    if (isKeyOf('annotations.previous', keys)) return tab(event, -1)
    const command = commandOfKey(event)
    if (command === null) return
    // What the canvas has no use for may still close something else.
    if (command === 'deselect' && !hasUseForEscape()) return
    event.preventDefault()
    // The window's own table of shortcuts must not answer the same press.
    event.stopPropagation()
    run(command)
  }

  function nudge(event: KeyboardEvent, by: Point): void {
    event.preventDefault()
    event.stopPropagation()
    input.nudge(by)
  }

  function keyUp(event: KeyboardEvent): void {
    if (event.key === ' ') pointer.holdSpace(false)
    pointer.settle()
  }

  return { run, keyDown, keyUp, reveal, zoomToAnnotation, zoomToBox, centreOn, announcement }
}
