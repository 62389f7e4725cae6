import type {
  FrameTimes,
  PickTimes,
  RepaintTimes,
  StrokeTimes,
} from '../../../../support/canvas-times.ts'
import type { ClassThresholds } from '../../../../../src/renderer/src/canvas/canvas-content.ts'

/** What the benchmark measures inside the page, with the browser's own clocks. */

const MIDDLE = { clientX: 640, clientY: 400, bubbles: true, cancelable: true }

function surface(): HTMLElement {
  const element = document.querySelector<HTMLElement>('.surface')
  if (element === null) throw new Error('The page shows no canvas.')
  return element
}

function turn(wheel: WheelEventInit): void {
  surface().dispatchEvent(new WheelEvent('wheel', { ...MIDDLE, ...wheel }))
}

function rest(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms))
}

/** Steps once a frame; gives the times between frames. */
function frameGaps(frames: number, step: (frame: number) => void): Promise<number[]> {
  return new Promise((resolve) => {
    const times: number[] = []
    const tick = (nowMs: number): void => {
      times.push(nowMs)
      if (times.length > frames) return resolve(times.slice(1).map((time, i) => time - times[i]))
      step(times.length)
      requestAnimationFrame(tick)
    }
    requestAnimationFrame(tick)
  })
}

const fpsOf = (gaps: readonly number[]): number =>
  (1000 * gaps.length) / gaps.reduce((sum, gap) => sum + gap, 0)

const median = (values: readonly number[]): number =>
  values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)]

/** Pans and zooms with the wheel, from a view that shows a part of the image. */
export async function measureFrames(rounds: number): Promise<FrameTimes> {
  for (let i = 0; i < 6; i++) turn({ deltaY: -100 })
  await rest(1500)
  const pans: number[] = []
  const zooms: number[] = []
  const all: number[] = []
  for (let round = 0; round < rounds; round++) {
    const panning = await frameGaps(120, (frame) =>
      turn({ deltaX: 14 * Math.sin(frame / 20), deltaY: 10.5 * Math.cos(frame / 27) }),
    )
    await rest(500)
    const zooming = await frameGaps(120, (frame) =>
      turn({ deltaY: 12 * Math.sin(frame / 19.1), ctrlKey: true }),
    )
    await rest(500)
    pans.push(fpsOf(panning))
    zooms.push(fpsOf(zooming))
    all.push(...panning, ...zooming)
  }
  return {
    panFps: median(pans),
    zoomFps: median(zooms),
    longestFrameMs: Math.max(...all),
    longFrames: all.filter((gap) => gap > 50).length,
    frames: all.length,
  }
}

/**
 * Paints with the brush in hand, several moves a frame as a quick hand makes them.
 * @param commitTimes of the page: what each stroke's commit took
 */
export async function measureStrokes(
  rounds: number,
  commitTimes: readonly number[],
): Promise<StrokeTimes> {
  const gaps: number[] = []
  const fps: number[] = []
  const tell = (type: string, x: number, y: number) =>
    surface().dispatchEvent(
      new PointerEvent(type, { clientX: x, clientY: y, bubbles: true, pointerId: 1, button: 0 }),
    )
  // A pointer that no device has cannot be captured.
  surface().setPointerCapture = () => undefined
  for (let round = 0; round < rounds; round++) {
    const place = (step: number): [number, number] => [
      640 + 420 * Math.sin(step / 37 + round),
      400 + 260 * Math.cos(step / 23),
    ]
    tell('pointerdown', ...place(0))
    const painting = await frameGaps(120, (frame) => {
      for (let move = 0; move < 4; move++) tell('pointermove', ...place(frame + move / 4))
    })
    tell('pointerup', ...place(121))
    await rest(500)
    gaps.push(...painting)
    fps.push(fpsOf(painting))
  }
  return {
    fps: median(fps),
    longestFrameMs: Math.max(...gaps),
    commitMedianMs: median(commitTimes),
    commitSlowestMs: Math.max(...commitTimes),
  }
}

/** From a move of the pointer to the known answer, at places all over the view. */
export function measurePicks(): PickTimes {
  const times: number[] = []
  for (let i = 0; i < 2000; i++) {
    const place = { clientX: 40 + ((i * 467) % 1200), clientY: 40 + ((i * 283) % 700) }
    const start = performance.now()
    surface().dispatchEvent(new PointerEvent('pointermove', { ...place, bubbles: true }))
    times.push(performance.now() - start)
  }
  const sum = times.reduce((total, time) => total + time, 0)
  return { meanMs: sum / times.length, slowestMs: Math.max(...times) }
}

/** From a new threshold to the end of the frame that shows its masks. */
export async function measureRepaints(
  setThresholds: (thresholds: ClassThresholds) => void,
): Promise<RepaintTimes> {
  const newBitmap = watchBitmaps()
  const times: number[] = []
  for (let i = 0; i < 40; i++) {
    await rest(700)
    const painted = newBitmap.next()
    const threshold = 0.2 + 0.6 * ((i * 7) % 10) * 0.1
    const start = performance.now()
    setThresholds(new Map([1, 2, 3, 4, 5, 6].map((classId) => [classId, threshold])))
    await painted
    await rest(0)
    times.push(performance.now() - start)
  }
  newBitmap.stop()
  return { medianMs: median(times), slowestMs: Math.max(...times) }
}

/** Sees when a bitmap is drawn that was not drawn before. */
function watchBitmaps(): { next: () => Promise<void>; stop: () => void } {
  const prototype = CanvasRenderingContext2D.prototype
  const draw = Reflect.get(prototype, 'drawImage') as (...parameters: unknown[]) => void
  const seen = new WeakSet<object>()
  let arrived: (() => void) | null = null
  const watched = function (this: CanvasRenderingContext2D, ...parameters: unknown[]): void {
    draw.apply(this, parameters)
    const bitmap = parameters[0] as object
    if (seen.has(bitmap)) return
    seen.add(bitmap)
    arrived?.()
    arrived = null
  }
  Reflect.set(prototype, 'drawImage', watched)
  return {
    next: () => new Promise((resolve) => (arrived = resolve)),
    stop: () => Reflect.set(prototype, 'drawImage', draw),
  }
}
