/** What the benchmark of the canvas measures inside its page. */

export interface FrameTimes {
  readonly panFps: number
  readonly zoomFps: number
  readonly longestFrameMs: number
  /** Over 50 ms. */
  readonly longFrames: number
  readonly frames: number
}

export interface PickTimes {
  readonly meanMs: number
  readonly slowestMs: number
}

export interface RepaintTimes {
  readonly medianMs: number
  readonly slowestMs: number
}
