import type { Point } from '../canvas-content.ts'
import { NO_PREVIEW, panEffect, stay } from './tool.ts'
import type { Tool } from './tool.ts'

/** Where the pointer was while it holds the image; null while it does not. */
export type PanState = Point | null

/** Any drag moves the image; nothing is picked. */
export const panTool: Tool<PanState> = {
  initial: null,
  reduce: (last, input) => {
    switch (input.kind) {
      case 'down':
        return stay(input.at)
      case 'move':
        return last === null
          ? stay(last)
          : { state: input.at, effects: [panEffect(last, input.at)] }
      case 'up':
      case 'cancel':
      case 'interrupt':
        return stay(null)
      case 'leave':
      case 'double':
      case 'key':
      case 'wheel':
      case 'target':
      case 'nudge':
      case 'settle':
        return stay(last)
    }
  },
  isBusy: (last) => last !== null,
  cursor: (last) => (last === null ? 'grab' : 'grabbing'),
  preview: () => NO_PREVIEW,
}
