import type { Point, SelectMode } from '../canvas-content.ts'
import { isDrag, NO_PREVIEW, panEffect, stay } from './tool.ts'
import type { Modifiers, Tool, ToolInput, ToolStep } from './tool.ts'

export type SelectState =
  | { readonly kind: 'idle' }
  /** A click or the beginning of a drag. */
  | { readonly kind: 'pressed'; readonly from: Point; readonly modifiers: Modifiers }
  | { readonly kind: 'panning'; readonly last: Point }
  | {
      readonly kind: 'sweeping'
      readonly from: Point
      readonly to: Point
      readonly mode: SelectMode
    }

const IDLE: ToolStep<SelectState> = { state: { kind: 'idle' }, effects: [] }

/** Click picks, drag moves the image, drag with Shift or Ctrl sweeps up what lies in a box. */
export const selectTool: Tool<SelectState> = {
  initial: IDLE.state,
  reduce,
  isBusy: ({ kind }) => kind !== 'idle',
  cursor: ({ kind }) => (kind === 'panning' ? 'grabbing' : kind === 'sweeping' ? 'crosshair' : ''),
  preview: () => NO_PREVIEW,
}

function reduce(state: SelectState, input: ToolInput): ToolStep<SelectState> {
  switch (input.kind) {
    case 'down':
      return input.button === 'primary'
        ? stay({ kind: 'pressed', from: input.at, modifiers: input.modifiers })
        : stay(state)
    case 'move':
      return moved(state, input.at)
    case 'up':
      return released(state, input.at)
    case 'double':
      return { state, effects: [{ kind: 'activate', at: input.at }] }
    case 'leave':
      return { state, effects: [{ kind: 'hover', at: null }] }
    case 'cancel':
    case 'interrupt':
      return IDLE
    case 'key':
    case 'wheel':
    case 'target':
      return stay(state)
  }
}

function moved(state: SelectState, at: Point): ToolStep<SelectState> {
  switch (state.kind) {
    case 'idle':
      return { state, effects: [{ kind: 'hover', at }] }
    case 'pressed': {
      if (!isDrag(state.from, at)) return stay(state)
      const mode = sweepMode(state.modifiers)
      return mode === null
        ? { state: { kind: 'panning', last: at }, effects: [panEffect(state.from, at)] }
        : stay({ kind: 'sweeping', from: state.from, to: at, mode })
    }
    case 'panning':
      return { state: { kind: 'panning', last: at }, effects: [panEffect(state.last, at)] }
    case 'sweeping':
      return stay({ ...state, to: at })
  }
}

function released(state: SelectState, at: Point): ToolStep<SelectState> {
  switch (state.kind) {
    case 'pressed':
      return {
        state: IDLE.state,
        effects: [{ kind: 'click', at: state.from, modifiers: state.modifiers }],
      }
    case 'sweeping':
      return {
        state: IDLE.state,
        effects: [{ kind: 'sweep', from: state.from, to: at, mode: state.mode }],
      }
    case 'idle':
    case 'panning':
      return IDLE
  }
}

function sweepMode({ isShift, isControl }: Modifiers): SelectMode | null {
  return isShift ? 'add' : isControl ? 'toggle' : null
}
