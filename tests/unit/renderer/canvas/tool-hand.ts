import { startTool, stepTool, toolPreview } from '#renderer/canvas/tools/tool-machine.ts'
import type { ToolMachine, ToolName } from '#renderer/canvas/tools/tool-machine.ts'
import type { Gesture } from '#renderer/canvas/tools/gesture.ts'
import type { PreviewShape } from '#renderer/canvas/tools/preview.ts'
import type {
  Modifiers,
  OutlineTarget,
  ToolEffect,
  ToolInput,
  ToolKey,
} from '#renderer/canvas/tools/tool.ts'

export const NO_KEYS: Modifiers = { isShift: false, isControl: false, isAlt: false }
export const SHIFT: Modifiers = { ...NO_KEYS, isShift: true }
export const CONTROL: Modifiers = { ...NO_KEYS, isControl: true }
export const ALT: Modifiers = { ...NO_KEYS, isAlt: true }

/** A hand with a tool: it says what the canvas was told to do. */
export class Hand {
  #machine: ToolMachine
  readonly #scale: number
  readonly done: ToolEffect[] = []

  /** @param scale CSS pixels an image pixel; the corner of the image is that of the canvas */
  constructor(tool: ToolName = 'select', scale = 1) {
    this.#machine = startTool(tool)
    this.#scale = scale
  }

  get machine(): ToolMachine {
    return this.#machine
  }

  get gestures(): Gesture[] {
    return this.done.flatMap((effect) => (effect.kind === 'gesture' ? [effect.gesture] : []))
  }

  get shown(): readonly PreviewShape[] {
    return toolPreview(this.#machine)
  }

  /** @returns whether the tool had a use for it */
  feed(input: ToolInput): boolean {
    const before = this.#machine
    const { machine, effects } = stepTool(before, input)
    this.#machine = machine
    this.done.push(...effects)
    return machine !== before || effects.length > 0
  }

  #place(x: number, y: number) {
    const inImage = { x: x / this.#scale, y: y / this.#scale }
    return { at: { x, y }, inImage, scale: this.#scale }
  }

  press(x: number, y: number, options: Partial<Extract<ToolInput, { kind: 'down' }>> = {}): this {
    this.feed({
      kind: 'down',
      ...this.#place(x, y),
      button: 'primary',
      modifiers: NO_KEYS,
      isSpaceHeld: false,
      isOnSelected: false,
      ...options,
    })
    return this
  }

  move(x: number, y: number, modifiers = NO_KEYS): this {
    this.feed({ kind: 'move', ...this.#place(x, y), modifiers })
    return this
  }

  release(x: number, y: number, modifiers = NO_KEYS): this {
    this.feed({ kind: 'up', ...this.#place(x, y), modifiers })
    return this
  }

  click(x: number, y: number, modifiers = NO_KEYS): this {
    return this.press(x, y, { modifiers }).release(x, y, modifiers)
  }

  double(x: number, y: number): this {
    this.feed({ kind: 'double', ...this.#place(x, y), modifiers: NO_KEYS })
    return this
  }

  drag(...points: readonly (readonly [x: number, y: number])[]): this {
    const [first, last] = [points[0], points[points.length - 1]]
    this.press(...first)
    for (const point of points.slice(1)) this.move(...point)
    return this.release(...last)
  }

  key(key: ToolKey, modifiers = NO_KEYS): boolean {
    return this.feed({ kind: 'key', key, modifiers })
  }

  nudge(x: number, y: number): this {
    this.feed({ kind: 'nudge', by: { x, y } })
    return this
  }

  keysUp(): this {
    this.feed({ kind: 'settle' })
    return this
  }

  escape(): this {
    this.feed({ kind: 'cancel' })
    return this
  }

  interrupt(): this {
    this.feed({ kind: 'interrupt' })
    return this
  }

  aim(target: OutlineTarget | null): this {
    this.feed({ kind: 'target', target })
    return this
  }
}
