import type { Point } from '../canvas-content.ts'
import { panEffect } from './tool.ts'
import type { Tool } from './tool.ts'

/** Where the pointer was while it holds the image; null while it does not. */
export type PanState = Point | null

/** Any drag moves the image; nothing is picked. */
export const panTool: Tool<PanState> = {
  initial: null,
  reduce: (last, input) => {
    switch (input.kind) {
      case 'down':
        return { state: input.at, effects: [] }
      case 'move':
        return last === null
          ? { state: null, effects: [] }
          : { state: input.at, effects: [panEffect(last, input.at)] }
      case 'up':
      case 'cancel':
        return { state: null, effects: [] }
      case 'leave':
      case 'double':
        return { state: last, effects: [] }
    }
  },
  cursor: (last) => (last === null ? 'grab' : 'grabbing'),
}
