/** What the benchmark of the canvas measures inside its page. */

export interface FrameTimes {
  readonly panFps: number
  readonly zoomFps: number
  readonly longestFrameMs: number
  /** Over 50 ms. */
  readonly longFrames: number
  readonly frames: number
}

export interface StrokeTimes {
  readonly fps: number
  readonly longestFrameMs: number
  /** From the end of a stroke to the command that is sent: decoding, painting, encoding. */
  readonly commitMedianMs: number
  readonly commitSlowestMs: number
}

export interface PickTimes {
  readonly meanMs: number
  readonly slowestMs: number
}

export interface RepaintTimes {
  readonly medianMs: number
  readonly slowestMs: number
}
