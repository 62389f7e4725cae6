import { mount } from '@vue/test-utils'
import { describe, expect, it } from 'vitest'
import SplitPane from '#renderer/design/SplitPane.vue'

const split = (props: object) =>
  mount(SplitPane, { props: { label: 'Width', min: 100, max: 300, size: 200, ...props } })

describe('a bar between two panes', () => {
  it('is moved by the arrow keys, within its bounds', async () => {
    const wrapper = split({ size: 290 })
    const bar = wrapper.get('[role="separator"]')
    await bar.trigger('keydown', { key: 'ArrowRight' })
    expect(wrapper.emitted('commit')).toEqual([[300]])
    await bar.trigger('keydown', { key: 'ArrowUp' })
    expect(wrapper.emitted('commit')).toHaveLength(1)
  })

  it('makes the pane behind it larger by moving towards the front', async () => {
    const wrapper = split({ sized: 'second' })
    await wrapper.get('[role="separator"]').trigger('keydown', { key: 'ArrowLeft' })
    expect(wrapper.emitted('commit')).toEqual([[216]])
  })

  it('shows a size from another screen within the bounds of this one', () => {
    const wrapper = split({ size: 5000 })
    expect(wrapper.find('.pane').attributes('style')).toContain('300px')
  })
})
