import type { PromptPoint } from './gesture.ts'
import { withGesture, NO_PREVIEW, stay } from './tool.ts'
import type { Tool, ToolInput, ToolStep } from './tool.ts'

export type PointsState = readonly PromptPoint[]

const NONE: PointsState = []

/** Clicks are on the object, with Alt beside it; Enter keeps what the model says. */
export const pointsTool: Tool<PointsState> = {
  initial: NONE,
  reduce,
  isBusy: (points) => points.length > 0,
  cursor: () => 'crosshair',
  preview: (points) => (points.length === 0 ? NO_PREVIEW : [{ kind: 'points', points }]),
}

function reduce(points: PointsState, input: ToolInput): ToolStep<PointsState> {
  switch (input.kind) {
    case 'down': {
      if (input.button !== 'primary') return stay(points)
      const { inImage, modifiers } = input
      return prompting([...points, { ...inImage, isPositive: !modifiers.isAlt }])
    }
    case 'key':
      if (points.length === 0) return stay(points)
      if (input.key === 'Enter') return withGesture(NONE, { kind: 'accept-points', points })
      return prompting(points.slice(0, -1))
    case 'cancel':
      return points.length === 0 ? stay(points) : prompting(NONE)
    case 'move':
    case 'up':
    case 'double':
    case 'leave':
    case 'interrupt':
    case 'wheel':
    case 'target':
    case 'nudge':
    case 'settle':
      return stay(points)
  }
}

function prompting(points: PointsState): ToolStep<PointsState> {
  return withGesture(points, { kind: 'point-prompt', points })
}
