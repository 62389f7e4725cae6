import { expect, type Locator, type Page } from '@playwright/test'
import type { Point } from '#shared/geometry/point.ts'
import type { Size } from '#shared/geometry/size.ts'
import { fitView, imageToScreen, type View } from '#renderer/canvas/view-transform.ts'
import type { LexmaskWindow } from './lexmask-window.ts'

/** A model may have to be loaded, and looks at the whole photo first. */
const PROMPT_LIMIT_MS = 60_000

export type ShapeMode = 'New' | 'Add' | 'Cut out' | 'Intersect'

/** The photo under the hand: its pixels are pointed at, and the tools are taken from the bar. */
export class CorrectionTools {
  readonly #window: LexmaskWindow
  readonly #page: Page
  #corner: Point = { x: 0, y: 0 }
  #view: View = { scale: 1, x: 0, y: 0 }

  constructor(window: LexmaskWindow) {
    this.#window = window
    this.#page = window.page
  }

  /** Opens a photo and shows all of it. @param size of the photo, pixels */
  async open(photo: string, size: Size): Promise<void> {
    const { label } = this.#window
    await label.openImage(photo)
    const box = await label.canvas.boundingBox()
    if (box === null) throw new Error('The canvas is not on show.')
    this.#corner = box
    // A photo that was just opened is shown whole.
    this.#view = fitView(size, box)
  }

  /** The rows of what is selected. */
  get selected(): Locator {
    return this.#window.label.annotations.and(this.#page.getByRole('option', { selected: true }))
  }

  async take(tool: string): Promise<void> {
    const bar = this.#page.getByRole('toolbar', { name: 'Drawing tools' })
    const button = bar.getByRole('button', { name: tool, exact: true })
    await button.click()
    await expect(button).toHaveAttribute('aria-pressed', 'true')
  }

  /** What polygons and boxes do. */
  async shapesAre(mode: ShapeMode): Promise<void> {
    const radio = this.#page.getByRole('radio', { name: mode, exact: true })
    await radio.click()
    await expect(radio).toBeChecked()
  }

  async brushSize(diameterPx: number): Promise<void> {
    const field = this.#page
      .getByRole('toolbar', { name: 'Options of the tool' })
      .getByRole('spinbutton', { name: 'Size' })
    await field.fill(String(diameterPx))
    await field.press('Enter')
  }

  /** With a drawing tool in hand and nothing selected: the class of what is drawn next. */
  async drawsClass(name: string, number: number): Promise<void> {
    await this.#window.label.canvas.focus()
    await this.#page.keyboard.press(String(number))
    await expect(
      this.#page.getByRole('button', { name: `Class of new annotations: ${name}` }),
    ).toBeVisible()
  }

  /** Clicks on an annotation. @param at a place where it is the smallest */
  async select(at: Point): Promise<void> {
    await this.click(at)
    await expect(this.selected).toHaveCount(1)
  }

  /** Clicks on one more. */
  async selectToo(at: Point): Promise<void> {
    const before = await this.selected.count()
    await this.#page.keyboard.down('Shift')
    await this.click(at)
    await this.#page.keyboard.up('Shift')
    await expect(this.selected).toHaveCount(before + 1)
  }

  async delete(): Promise<void> {
    await this.step('Delete', () => this.#page.keyboard.press('Delete'))
    await expect(this.selected).toHaveCount(0)
  }

  /** Of what is selected, by the picker that C opens. */
  async changeClass(name: string): Promise<void> {
    await this.step('Change class', async () => {
      await this.#page.keyboard.press('c')
      const picker = this.#page.getByRole('combobox', { name: 'Change class' })
      await picker.fill(name)
      await picker.press('Enter')
    })
  }

  /** Clicks the corners, and the first one again. */
  async polygon(corners: readonly Point[], step = 'Draw polygon'): Promise<void> {
    await this.step(step, async () => {
      for (const corner of [...corners, corners[0]]) await this.click(corner)
    })
  }

  async stroke(line: readonly Point[]): Promise<void> {
    await this.step('Paint', () => this.drag(line))
  }

  /** A box around an object, until its mask is there. */
  async boxToMask(from: Point, to: Point): Promise<void> {
    await this.step('Box to mask', () => this.drag([from, to]), PROMPT_LIMIT_MS)
  }

  async cut(from: Point, to: Point): Promise<void> {
    await this.step('Split', () => this.drag([from, to]))
  }

  /** Drags what is selected. */
  async move(from: Point, to: Point): Promise<void> {
    await this.step('Move', () => this.drag([from, to]))
  }

  /** Moves what is selected by a key that is held until it has come so often: one step. */
  async nudge(key: string, times: number, { isFar = false } = {}): Promise<void> {
    const { keyboard } = this.#page
    await this.#window.label.canvas.focus()
    await this.step('Move', async () => {
      if (isFar) await keyboard.down('Shift')
      for (let i = 0; i < times; i++) await keyboard.down(key)
      await keyboard.up(key)
      if (isFar) await keyboard.up('Shift')
    })
  }

  async merge(): Promise<void> {
    await this.step('Merge', () => this.#page.keyboard.press('Shift+M'))
    await expect(this.selected).toHaveCount(1)
  }

  /** Does something that becomes one step, until the window says that it is saved. */
  async step(name: string, act: () => Promise<void>, timeout?: number): Promise<void> {
    const before = await this.#window.savedRevision()
    await act()
    await this.#isSavedAfter(before, timeout)
    await expect(this.#window.undo).toHaveAccessibleName(new RegExp(`^Undo ${name}\\b`))
    this.steps.push(name)
  }

  /** All that was done so far, since this was emptied. */
  steps: string[] = []

  async undo(name: string): Promise<void> {
    await expect(this.#window.undo).toHaveAccessibleName(new RegExp(`^Undo ${name}\\b`))
    const before = await this.#window.savedRevision()
    await this.#page.keyboard.press('Control+z')
    await this.#isSavedAfter(before)
  }

  async redo(name: string): Promise<void> {
    await expect(this.#window.redo).toHaveAccessibleName(new RegExp(`^Redo ${name}\\b`))
    const before = await this.#window.savedRevision()
    await this.#page.keyboard.press('Control+Shift+z')
    await this.#isSavedAfter(before)
  }

  async click(at: Point): Promise<void> {
    const { x, y } = this.#onPage(at)
    await this.#page.mouse.click(x, y)
  }

  async drag(line: readonly Point[]): Promise<void> {
    const { mouse } = this.#page
    const [from, ...others] = line.map((point) => this.#onPage(point))
    await mouse.move(from.x, from.y)
    await mouse.down()
    for (const { x, y } of others) await mouse.move(x, y, { steps: 6 })
    await mouse.up()
  }

  /** How far apart two places are for the eye. CSS pixels. */
  distance(a: Point, b: Point): number {
    return Math.hypot(a.x - b.x, a.y - b.y) * this.#view.scale
  }

  async #isSavedAfter(revision: number, timeout = 30_000): Promise<void> {
    await expect
      .poll(() => this.#window.savedRevision(), { timeout, intervals: [20, 50, 100] })
      .toBeGreaterThan(revision)
    await expect(this.#window.savedState).toHaveText('Saved')
  }

  #onPage(inImage: Point): Point {
    const { x, y } = imageToScreen(this.#view, inImage)
    return { x: x + this.#corner.x, y: y + this.#corner.y }
  }
}
