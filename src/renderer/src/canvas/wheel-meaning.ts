/** What of a WheelEvent is looked at. */
export interface WheelInput {
  readonly deltaX: number
  readonly deltaY: number
  /** 0 pixels, 1 lines, 2 pages */
  readonly deltaMode: number
  readonly ctrlKey: boolean
  readonly metaKey: boolean
  readonly shiftKey: boolean
}

export type WheelMeaning =
  | { readonly kind: 'zoom'; readonly factor: number }
  | { readonly kind: 'pan'; readonly dx: number; readonly dy: number }

const LINE_PX = 40
/** A notch of a wheel is 100 or 120 pixels; two fingers move by less at a time. */
const NOTCH_PX = 60
const ZOOM_PER_PX = 1 / 500
const PINCH_PER_PX = 1 / 100

/**
 * A wheel zooms, two fingers on a touchpad pan. The browser reports both as the same event, and a
 * pinch as one with Ctrl; what tells wheel and fingers apart is that a wheel turns in notches, and
 * along one axis.
 */
export function wheelMeaning(input: WheelInput): WheelMeaning {
  const unit = input.deltaMode === 0 ? 1 : input.deltaMode === 1 ? LINE_PX : 10 * LINE_PX
  const dx = input.deltaX * unit
  const dy = input.deltaY * unit
  const isNotch = dx === 0 && Math.abs(dy) >= NOTCH_PX && Number.isInteger(input.deltaY)
  if (input.ctrlKey || input.metaKey) {
    return { kind: 'zoom', factor: zoomFactor(dy, isNotch ? ZOOM_PER_PX : PINCH_PER_PX) }
  }
  if (input.shiftKey) return { kind: 'pan', dx: dx === 0 ? -dy : -dx, dy: 0 }
  if (isNotch || input.deltaMode !== 0) return { kind: 'zoom', factor: zoomFactor(dy, ZOOM_PER_PX) }
  // Subtracted from 0, so that no movement is 0 and not -0.
  return { kind: 'pan', dx: 0 - dx, dy: 0 - dy }
}

function zoomFactor(dy: number, perPx: number): number {
  return Math.exp(-Math.max(-300, Math.min(300, dy)) * perPx)
}
