import { panTool } from './pan-tool.ts'
import type { PanState } from './pan-tool.ts'
import { selectTool } from './select-tool.ts'
import type { SelectState } from './select-tool.ts'
import type { ToolEffect, ToolInput } from './tool.ts'

/** One entry a tool: a new tool is a new file, and a line here and in `step`. */
export type ActiveTool =
  | { readonly name: 'select'; readonly state: SelectState }
  | { readonly name: 'pan'; readonly state: PanState }
export type ToolName = ActiveTool['name']

/** The tool in hand, and the grip that every tool lends to space, middle button and finger. */
export interface ToolMachine {
  readonly tool: ActiveTool
  readonly grip: PanState
}

export interface MachineStep {
  readonly machine: ToolMachine
  readonly effects: readonly ToolEffect[]
}

export function startTool(name: ToolName): ToolMachine {
  return { tool: freshTool(name), grip: null }
}

function freshTool(name: ToolName): ActiveTool {
  switch (name) {
    case 'select':
      return { name, state: selectTool.initial }
    case 'pan':
      return { name, state: panTool.initial }
  }
}

/** The next state and what is to be done; pure. */
export function stepTool(machine: ToolMachine, input: ToolInput): MachineStep {
  if (machine.grip !== null || isGrip(input)) {
    const { state, effects } = panTool.reduce(machine.grip, input)
    return { machine: { ...machine, grip: state }, effects }
  }
  const { tool, effects } = stepActive(machine.tool, input)
  return { machine: { ...machine, tool }, effects }
}

function isGrip(input: ToolInput): boolean {
  return input.kind === 'down' && (input.button === 'middle' || input.isSpaceHeld)
}

function stepActive(
  tool: ActiveTool,
  input: ToolInput,
): { readonly tool: ActiveTool; readonly effects: readonly ToolEffect[] } {
  switch (tool.name) {
    case 'select': {
      const { state, effects } = selectTool.reduce(tool.state, input)
      return { tool: { name: 'select', state }, effects }
    }
    case 'pan': {
      const { state, effects } = panTool.reduce(tool.state, input)
      return { tool: { name: 'pan', state }, effects }
    }
  }
}

/** Whether a press or a drag is under way, which Escape would end. */
export function isToolBusy({ tool, grip }: ToolMachine): boolean {
  if (grip !== null) return true
  switch (tool.name) {
    case 'select':
      return tool.state.kind !== 'idle'
    case 'pan':
      return tool.state !== null
  }
}

export function toolCursor({ tool, grip }: ToolMachine, isSpaceHeld: boolean): string {
  if (grip !== null) return 'grabbing'
  if (isSpaceHeld) return 'grab'
  switch (tool.name) {
    case 'select':
      return selectTool.cursor(tool.state)
    case 'pan':
      return panTool.cursor(tool.state)
  }
}
