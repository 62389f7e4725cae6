import type { MaskPolygon } from '#shared/geometry/contours.ts'
import {
  insertVertex,
  moveVertices,
  nearestEdge,
  nearestVertex,
  removeVertices,
} from '#shared/geometry/edit/polygon-edit.ts'
import type { VertexRef } from '#shared/geometry/edit/polygon-edit.ts'
import type { Point } from '../canvas-content.ts'
import { boxBetween } from './lines.ts'
import { isDrag, NO_PREVIEW, stay, withGesture } from './tool.ts'
import type { OutlineTarget, Place, Tool, ToolInput, ToolStep } from './tool.ts'

type Polygons = readonly MaskPolygon[]

export interface VerticesState {
  readonly target: OutlineTarget | null
  /** Of the target, with what was done to them since; they are the target's again when it changes. */
  readonly polygons: Polygons
  readonly chosen: readonly VertexRef[]
  readonly hovered: VertexRef | null
  readonly press:
    | {
        readonly kind: 'vertices'
        readonly from: Place
        readonly base: Polygons
        readonly isMoved: boolean
      }
    | {
        readonly kind: 'ground'
        readonly from: Place
        readonly to: Point | null
        readonly isAdding: boolean
      }
    | null
}

const NOTHING: VerticesState = {
  target: null,
  polygons: [],
  chosen: [],
  hovered: null,
  press: null,
}

/** As near as that a vertex is meant, or an edge. CSS pixels. */
const VERTEX_PX = 9
const EDGE_PX = 6

/**
 * Drags move the chosen vertices, a press on an edge adds one, a drag over the ground chooses those
 * in a box. The gesture carries the outline before and after, so that only what lies between the two
 * changes and not what the outline was simplified by.
 */
export const verticesTool: Tool<VerticesState> = {
  initial: NOTHING,
  reduce,
  isBusy: ({ chosen, press }) => chosen.length > 0 || press !== null,
  cursor: ({ hovered, press }) =>
    press?.kind === 'vertices' ? 'grabbing' : hovered === null ? '' : 'grab',
  preview: ({ target, polygons, chosen, hovered, press }) => {
    if (target === null) return NO_PREVIEW
    const outline = { kind: 'vertices', polygons, chosen, hovered } as const
    return press?.kind === 'ground' && press.to !== null
      ? [outline, { kind: 'sweep', box: boxBetween(press.from.inImage, press.to) }]
      : [outline]
  },
}

function reduce(state: VerticesState, input: ToolInput): ToolStep<VerticesState> {
  switch (input.kind) {
    case 'down':
      return input.button === 'primary' && state.target !== null
        ? stay(pressed(state, input, input.modifiers.isShift))
        : stay(state)
    case 'move':
      return stay(moved(state, input))
    case 'up':
      return released(moved(state, input), input)
    case 'key':
      return input.key === 'Enter' ? stay(state) : removed(state)
    case 'cancel':
    case 'interrupt':
      return stay(cancelled(state))
    case 'leave':
      return stay(state.hovered === null ? state : { ...state, hovered: null })
    case 'target':
      return stay(aimed(state, input.target))
    case 'double':
    case 'wheel':
    case 'nudge':
    case 'settle':
      return stay(state)
  }
}

function aimed(state: VerticesState, target: OutlineTarget | null): VerticesState {
  if (target === null) return NOTHING
  // What was just edited comes back as the target: the choice stays.
  if (target.polygons === state.polygons) return { ...state, target }
  return { ...NOTHING, target, polygons: target.polygons }
}

const isSame = (a: VertexRef, b: VertexRef): boolean =>
  a.polygon === b.polygon && a.ring === b.ring && a.vertex === b.vertex

const isAmong = (all: readonly VertexRef[], vertex: VertexRef): boolean =>
  all.some((one) => isSame(one, vertex))

function pressed(state: VerticesState, place: Place, isShift: boolean): VerticesState {
  const { inImage, scale } = place
  const vertex = nearestVertex(state.polygons, inImage, VERTEX_PX / scale)
  if (vertex !== null) {
    const isChosen = isAmong(state.chosen, vertex)
    if (isShift && isChosen) {
      return { ...state, chosen: state.chosen.filter((one) => !isSame(one, vertex)) }
    }
    const chosen = isShift ? [...state.chosen, vertex] : isChosen ? state.chosen : [vertex]
    return { ...state, chosen, press: dragFrom(place, state.polygons) }
  }
  if (nearestEdge(state.polygons, inImage, EDGE_PX / scale) !== null) {
    const inserted = insertVertex(state.polygons, inImage)
    if (inserted !== null) {
      const { polygons, vertex: added } = inserted
      return {
        ...state,
        polygons,
        chosen: [added],
        hovered: added,
        press: dragFrom(place, polygons),
      }
    }
  }
  return { ...state, press: { kind: 'ground', from: place, to: null, isAdding: isShift } }
}

function dragFrom(from: Place, base: Polygons): VerticesState['press'] {
  return { kind: 'vertices', from, base, isMoved: false }
}

function moved(state: VerticesState, place: Place): VerticesState {
  const { press } = state
  if (press === null) {
    const hovered = nearestVertex(state.polygons, place.inImage, VERTEX_PX / place.scale)
    const isUnchanged = hovered === null ? state.hovered === null : isKnown(state.hovered, hovered)
    return isUnchanged ? state : { ...state, hovered }
  }
  const { from } = press
  if (press.kind === 'ground') {
    if (press.to === null && !isDrag(from.at, place.at)) return state
    return { ...state, press: { ...press, to: place.inImage } }
  }
  if (!press.isMoved && !isDrag(from.at, place.at)) return state
  const by = { x: place.inImage.x - from.inImage.x, y: place.inImage.y - from.inImage.y }
  const polygons = moveVertices(press.base, state.chosen, by)
  return { ...state, polygons, press: { ...press, isMoved: true } }
}

const isKnown = (known: VertexRef | null, vertex: VertexRef): boolean =>
  known !== null && isSame(known, vertex)

function released(state: VerticesState, place: Place): ToolStep<VerticesState> {
  const { press } = state
  const up = { ...state, press: null }
  if (press === null) return stay(state)
  if (press.kind === 'vertices') return press.isMoved ? edited(up, press.base) : stay(up)
  if (press.to === null) {
    if (state.chosen.length > 0) return stay({ ...up, chosen: [] })
    const modifiers = { isShift: press.isAdding, isControl: false, isAlt: false }
    return { state: up, effects: [{ kind: 'click', at: place.at, modifiers }] }
  }
  const inBox = verticesIn(state.polygons, press.from.inImage, press.to)
  const kept = press.isAdding ? state.chosen : []
  return stay({ ...up, chosen: [...kept, ...inBox.filter((one) => !isAmong(kept, one))] })
}

function verticesIn(polygons: Polygons, a: Point, b: Point): VertexRef[] {
  const [x1, y1, x2, y2] = boxBetween(a, b)
  const found: VertexRef[] = []
  polygons.forEach(({ outer, holes }, polygon) =>
    [outer, ...holes].forEach((points, ring) => {
      for (let i = 0; i < points.length; i += 2) {
        const isIn =
          points[i] >= x1 && points[i] <= x2 && points[i + 1] >= y1 && points[i + 1] <= y2
        if (isIn) found.push({ polygon, ring, vertex: i / 2 })
      }
    }),
  )
  return found
}

function removed(state: VerticesState): ToolStep<VerticesState> {
  if (state.target === null || state.press !== null) return stay(state)
  const after = removeVertices(state.polygons, state.chosen)
  // The key is used up either way: Delete on vertices never deletes the annotation.
  if (state.chosen.length === 0 || after.length === 0) return stay({ ...state })
  return edited({ ...state, polygons: after, chosen: [], hovered: null }, state.polygons)
}

function edited(state: VerticesState, before: Polygons): ToolStep<VerticesState> {
  if (state.target === null) return stay(state)
  const { annotationId } = state.target
  return withGesture(state, { kind: 'vertices', annotationId, before, after: state.polygons })
}

function cancelled(state: VerticesState): VerticesState {
  const { press } = state
  if (press?.kind === 'vertices') return { ...state, polygons: press.base, press: null }
  if (press !== null) return { ...state, press: null }
  return state.chosen.length === 0 ? state : { ...state, chosen: [] }
}
