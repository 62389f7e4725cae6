import { describe, expect, it } from 'vitest'
import { h } from 'vue'
import { useCorrectionOptions } from '#renderer/correction/correction-options.ts'
import { useCorrectionKeys } from '#renderer/correction/use-correction-keys.ts'
import CorrectionToolbar from '#renderer/correction/CorrectionToolbar.vue'
import ToolOptions from '#renderer/correction/ToolOptions.vue'
import { runAction } from '#renderer/keyboard/dispatch-keys.ts'
import { useCurrentImageStore } from '#renderer/stores/current-image.ts'
import { useSelectionStore } from '#renderer/stores/selection.ts'
import { useToastsStore } from '#renderer/stores/toasts.ts'
import { inWindow, settled, vocabularyOf } from '../labelling/application-fixture.ts'
import type { Answers } from '../labelling/application-fixture.ts'
import { MaskApplication, maskOfRows } from './correction-window.ts'

async function show(answers: Answers = {}) {
  const application = new MaskApplication([maskOfRows('####......')], answers)
  /** What the canvas says to keys. */
  let hasUse = false
  const { value, wrapper } = await inWindow(
    application,
    () => {
      useCorrectionKeys(() => ({ pressKey: () => hasUse }) as never)
      return {
        options: useCorrectionOptions(),
        current: useCurrentImageStore(),
        toasts: useToastsStore(),
        selection: useSelectionStore(),
      }
    },
    () => [h(ToolOptions), h(CorrectionToolbar)],
  )
  value.selection.open(1)
  await settled()
  const press = (key: string) => {
    const event = new KeyboardEvent('keydown', { key, bubbles: true, cancelable: true })
    document.body.dispatchEvent(event)
    return event.defaultPrevented
  }
  return { ...value, wrapper, press, setUse: (use: boolean) => (hasUse = use) }
}

describe('the bar of tools', () => {
  it('has a name for every tool, and says which is in hand', async () => {
    const { wrapper, options } = await show()
    const bar = wrapper.get('[role="toolbar"][aria-orientation="vertical"]')
    const names = bar.findAll('button').map((one) => one.attributes('aria-label'))
    expect(names.slice(0, 5)).toEqual(['Select', 'Polygon', 'Box', 'Brush', 'Eraser'])
    await bar.get('[aria-label="Brush"]').trigger('click')
    expect(options.tool).toBe('brush')
    expect(bar.get('[aria-label="Brush"]').attributes('aria-pressed')).toBe('true')
    wrapper.unmount()
  })

  it('says why a tool cannot be taken, and leaves the one in hand', async () => {
    const { wrapper, options, toasts } = await show()
    const points = wrapper.get('[aria-label^="Mask from points"]')
    expect(points.attributes('aria-disabled')).toBe('true')
    expect(points.attributes('aria-label')).toContain('No pack of the kind SAM.')
    await points.trigger('click')
    expect(options.tool).toBe('select')
    expect(toasts.shown.at(-1)?.message).toBe('No pack of the kind SAM.')
    wrapper.unmount()
  })

  it('asks for a class before anything is drawn', async () => {
    const { wrapper, toasts, options } = await show({ 'vocabulary.get': () => vocabularyOf(1) })
    runAction('tool.polygon')
    expect(options.tool).toBe('select')
    expect(toasts.shown.at(-1)?.message).toContain('Add a class first')
    wrapper.unmount()
  })

  it('is one stop of Tab, and arrows go through it', async () => {
    const { wrapper } = await show()
    const bar = wrapper.get('[aria-orientation="vertical"]')
    const buttons = bar.findAll('button')
    expect(buttons.filter((one) => one.attributes('tabindex') === '0')).toHaveLength(1)
    buttons[0].element.focus()
    await bar.trigger('keydown', { key: 'ArrowDown' })
    await buttons[0].trigger('keydown', { key: 'ArrowDown' })
    expect(document.activeElement).toBe(buttons[1].element)
    wrapper.unmount()
  })
})

describe('the options of the tool in hand', () => {
  it('are those of the tool, with the class of new annotations', async () => {
    const { wrapper, options } = await show()
    const bar = wrapper.get('[aria-label="Options of the tool"]')
    expect(bar.find('[aria-label="Class of new annotations: bus"]').exists()).toBe(true)
    options.tool = 'brush'
    await settled()
    await bar.get('input[type="number"]').setValue('60')
    expect(options.brush).toEqual({ shape: 'round', diameterPx: 60 })
    await bar.get('[role="radio"][aria-label="Square"]').trigger('click')
    expect(options.brush.shape).toBe('square')
    options.tool = 'polygon'
    await settled()
    await bar.findAll('[role="radio"]')[2].trigger('click')
    expect(options.shapeMode).toBe('cut')
    wrapper.unmount()
  })

  it('offer what can be done with the selected masks', async () => {
    const { wrapper, current } = await show()
    const name = '[aria-label="Change the selected masks"]'
    expect(wrapper.find(name).exists()).toBe(false)
    current.select([1])
    await settled()
    expect(wrapper.find(name).exists()).toBe(true)
    wrapper.unmount()
  })
})

describe('keys while a tool is in hand', () => {
  it('go to the drawing under way before anything else', async () => {
    const { wrapper, press, setUse } = await show()
    expect(press('Backspace')).toBe(false)
    setUse(true)
    expect(press('Backspace')).toBe(true)
    wrapper.unmount()
  })

  it('numbers choose the class to draw, unless something is selected or no tool draws', async () => {
    const { wrapper, press, options, current } = await show()
    expect(press('2')).toBe(false)
    options.tool = 'brush'
    expect(press('2')).toBe(true)
    expect(options.activeClass?.name).toBe('cat')
    current.select([1])
    expect(press('3')).toBe(false)
    wrapper.unmount()
  })

  it('brackets change the size of the brush', async () => {
    const { wrapper, options } = await show()
    options.tool = 'eraser'
    const before = options.brush.diameterPx
    runAction('tool.brushLarger')
    expect(options.brush.diameterPx).toBeGreaterThan(before)
    wrapper.unmount()
  })
})
