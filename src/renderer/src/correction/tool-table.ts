import {
  Brush,
  Eraser,
  MousePointer2,
  MousePointerClick,
  Pentagon,
  RectangleHorizontal,
  Slice,
  SplinePointer,
  WandSparkles,
} from '@lucide/vue'
import type { Component } from 'vue'
import type { ToolName } from '../canvas/tools/tool-machine.ts'
import type { ActionId } from '../keyboard/actions.ts'

/** Tools of the bar; `pan` has none, as every tool lends its grip to it. */
export type OfferedTool = Exclude<ToolName, 'pan'>

interface ToolRow {
  readonly tool: OfferedTool
  readonly icon: Component
  readonly action: ActionId
}

/** In the order of the bar; groups are set apart. */
export const TOOL_GROUPS: readonly (readonly ToolRow[])[] = [
  [{ tool: 'select', icon: MousePointer2, action: 'tool.select' }],
  [
    { tool: 'polygon', icon: Pentagon, action: 'tool.polygon' },
    { tool: 'box', icon: RectangleHorizontal, action: 'tool.box' },
    { tool: 'brush', icon: Brush, action: 'tool.brush' },
    { tool: 'eraser', icon: Eraser, action: 'tool.eraser' },
  ],
  [
    { tool: 'box-prompt', icon: WandSparkles, action: 'tool.box-prompt' },
    { tool: 'points', icon: MousePointerClick, action: 'tool.points' },
  ],
  [
    { tool: 'vertices', icon: SplinePointer, action: 'tool.vertices' },
    { tool: 'cut', icon: Slice, action: 'tool.cut' },
  ],
]

/** Tools that make new annotations need a class for them. */
export function needsClass(tool: OfferedTool): boolean {
  return ['polygon', 'box', 'brush', 'box-prompt', 'points'].includes(tool)
}
