import type { Point } from '../canvas-content.ts'
import type { Line } from './gesture.ts'
import type { PreviewShape } from './preview.ts'
import { constrainedTo45, endOf, screenDistance, startOf } from './lines.ts'
import { withGesture, isDrag, NO_PREVIEW, stay } from './tool.ts'
import type { Modifiers, Place, Tool, ToolInput, ToolStep } from './tool.ts'

export interface PolygonState {
  readonly points: Line
  /** Length of `points` before each click and each freehand stretch: what Backspace goes back to. */
  readonly marks: readonly number[]
  /** Where the pointer went down, while it is. */
  readonly pressedAt: Point | null
  readonly isFreehand: boolean
  /** Where the next point would be. */
  readonly next: Point | null
  readonly isClosing: boolean
}

const IDLE: PolygonState = {
  points: [],
  marks: [],
  pressedAt: null,
  isFreehand: false,
  next: null,
  isClosing: false,
}

/** From here the first point is meant. CSS pixels. */
const CLOSING_PX = 10
/** Two clicks of a double click make one point. CSS pixels. */
const SAME_PLACE_PX = 3
/** Between points of a freehand line. CSS pixels. */
const FREEHAND_STEP_PX = 3

/** Clicks add points, drags draw; the first point, Enter or a double click closes. */
export const polygonTool: Tool<PolygonState> = {
  initial: IDLE,
  reduce,
  isBusy: ({ points }) => points.length > 0,
  cursor: () => 'crosshair',
  preview: ({ points, next, isClosing }) =>
    points.length === 0 ? NO_PREVIEW : previewOf(points, next, isClosing),
}

function previewOf(points: Line, next: Point | null, isClosing: boolean): readonly PreviewShape[] {
  return [{ kind: 'polygon', points, next, isClosing }]
}

function reduce(state: PolygonState, input: ToolInput): ToolStep<PolygonState> {
  switch (input.kind) {
    case 'down':
      return input.button === 'primary' ? pressed(state, input, input.modifiers) : stay(state)
    case 'move':
      return stay(moved(state, input, input.modifiers))
    case 'up':
      return released(state, input, input.modifiers)
    case 'double':
      return hasArea(state) ? close(state, input.modifiers) : stay(state)
    case 'leave':
      return stay(state.next === null ? state : { ...state, next: null, isClosing: false })
    case 'key':
      if (input.key === 'Backspace') return stay(takenBack(state))
      return input.key === 'Enter' && hasArea(state) ? close(state, input.modifiers) : stay(state)
    case 'cancel':
      return hasArea(state)
        ? withGesture(IDLE, { kind: 'dropped', ring: state.points })
        : stay(state.points.length === 0 ? state : IDLE)
    case 'interrupt':
      return stay(state.pressedAt === null ? state : { ...takenBack(state), pressedAt: null })
    case 'wheel':
    case 'target':
    case 'nudge':
    case 'settle':
      return stay(state)
  }
}

const hasArea = ({ points }: PolygonState): boolean => points.length >= 6

function isAtStart(state: PolygonState, place: Place): boolean {
  return hasArea(state) && screenDistance(startOf(state.points), place) <= CLOSING_PX
}

function close({ points }: PolygonState, { isAlt }: Modifiers): ToolStep<PolygonState> {
  return withGesture(IDLE, { kind: 'polygon', ring: points, isAlt })
}

function pressed(state: PolygonState, place: Place, modifiers: Modifiers): ToolStep<PolygonState> {
  if (isAtStart(state, place)) return close(state, modifiers)
  const isHeld = { pressedAt: place.at, isFreehand: false }
  const isSamePlace =
    state.points.length > 0 && screenDistance(endOf(state.points), place) < SAME_PLACE_PX
  if (isSamePlace) return stay({ ...state, ...isHeld })
  const { x, y } = pointOf(state, place, modifiers)
  return stay({
    ...state,
    ...isHeld,
    points: [...state.points, x, y],
    marks: [...state.marks, state.points.length],
    next: null,
    isClosing: false,
  })
}

function pointOf(state: PolygonState, { inImage }: Place, { isShift }: Modifiers): Point {
  const isConstrained = isShift && state.points.length > 0
  return isConstrained ? constrainedTo45(endOf(state.points), inImage) : inImage
}

function moved(state: PolygonState, place: Place, modifiers: Modifiers): PolygonState {
  if (state.points.length === 0) return state
  if (state.pressedAt === null) {
    const next = pointOf(state, place, modifiers)
    return { ...state, next, isClosing: isAtStart(state, place) }
  }
  if (!state.isFreehand && !isDrag(state.pressedAt, place.at)) return state
  const marks = state.isFreehand ? state.marks : [...state.marks, state.points.length]
  const isFar = screenDistance(endOf(state.points), place) >= FREEHAND_STEP_PX
  const { x, y } = place.inImage
  return {
    ...state,
    marks,
    isFreehand: true,
    points: isFar ? [...state.points, x, y] : state.points,
    isClosing: isAtStart(state, place),
  }
}

function released(state: PolygonState, place: Place, modifiers: Modifiers): ToolStep<PolygonState> {
  if (state.pressedAt === null) return stay(state)
  if (state.isFreehand && isAtStart(state, place)) return close(state, modifiers)
  return stay({ ...state, pressedAt: null, isFreehand: false })
}

function takenBack(state: PolygonState): PolygonState {
  const mark = state.marks.at(-1)
  if (mark === undefined) return state
  if (mark === 0) return IDLE
  return { ...state, points: state.points.slice(0, mark), marks: state.marks.slice(0, -1) }
}
