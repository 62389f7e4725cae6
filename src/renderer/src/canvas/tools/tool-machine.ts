import { boxPromptTool, boxTool } from './box-tool.ts'
import { brushTool, eraserTool } from './brush-tool.ts'
import { cutTool } from './cut-tool.ts'
import { panTool } from './pan-tool.ts'
import type { PanState } from './pan-tool.ts'
import { pointsTool } from './points-tool.ts'
import { polygonTool } from './polygon-tool.ts'
import type { PreviewShape } from './preview.ts'
import { selectTool } from './select-tool.ts'
import type { Tool, ToolEffect, ToolInput } from './tool.ts'
import { verticesTool } from './vertices-tool.ts'

/** A new tool is a new file and a line here. */
const TOOLS = {
  select: selectTool,
  pan: panTool,
  polygon: polygonTool,
  vertices: verticesTool,
  brush: brushTool,
  eraser: eraserTool,
  box: boxTool,
  'box-prompt': boxPromptTool,
  points: pointsTool,
  cut: cutTool,
} as const

export type ToolName = keyof typeof TOOLS

type StateOf<Name extends ToolName> = (typeof TOOLS)[Name] extends Tool<infer State> ? State : never
export type ActiveTool = {
  [Name in ToolName]: { readonly name: Name; readonly state: StateOf<Name> }
}[ToolName]

/** The tool in hand, and the grip that every tool lends to space, middle button and finger. */
export interface ToolMachine {
  readonly tool: ActiveTool
  readonly grip: PanState
}

export interface MachineStep {
  readonly machine: ToolMachine
  readonly effects: readonly ToolEffect[]
}

/** Name and state of an active tool belong together, which the table's type cannot say. */
function toolOf({ name }: ActiveTool): Tool<unknown> {
  return TOOLS[name]
}

export function startTool(name: ToolName): ToolMachine {
  const tool = { name, state: TOOLS[name].initial } as ActiveTool
  return { tool, grip: null }
}

/** The next state and what is to be done; pure. The same machine means that nothing happened. */
export function stepTool(machine: ToolMachine, input: ToolInput): MachineStep {
  if (isPointer(input) && (machine.grip !== null || isGrip(input))) {
    const { state, effects } = panTool.reduce(machine.grip, input)
    return { machine: { ...machine, grip: state }, effects }
  }
  const { tool } = machine
  const { state, effects } = toolOf(tool).reduce(tool.state, input)
  if (state === tool.state) return { machine, effects }
  return { machine: { ...machine, tool: { name: tool.name, state } as ActiveTool }, effects }
}

/** What a hand that holds the image has to itself; keys and the rest go to the tool. */
function isPointer({ kind }: ToolInput): boolean {
  return ['down', 'move', 'up', 'double', 'leave', 'cancel', 'interrupt'].includes(kind)
}

function isGrip(input: ToolInput): boolean {
  return input.kind === 'down' && (input.button === 'middle' || input.isSpaceHeld)
}

/** Whether a press, a drag or a drawing is under way, which Escape would end. */
export function isToolBusy({ tool, grip }: ToolMachine): boolean {
  return grip !== null || toolOf(tool).isBusy(tool.state)
}

export function toolCursor({ tool, grip }: ToolMachine, isSpaceHeld: boolean): string {
  if (grip !== null) return 'grabbing'
  return isSpaceHeld ? 'grab' : toolOf(tool).cursor(tool.state)
}

/** What the tool shows of what it is doing. */
export function toolPreview({ tool }: ToolMachine): readonly PreviewShape[] {
  return toolOf(tool).preview(tool.state)
}

/** Tools that draw what the hand does, point by point, and not once a frame. */
export function isDrawing({ tool: { name } }: ToolMachine): boolean {
  return ['polygon', 'brush', 'eraser', 'cut'].includes(name)
}
