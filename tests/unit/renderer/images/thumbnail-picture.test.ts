import { mount } from '@vue/test-utils'
import { describe, expect, it } from 'vitest'
import ThumbnailPicture from '#renderer/images/ThumbnailPicture.vue'
import { openTestWindow, testImageRecord } from '../window-fixture.ts'

function show() {
  const image = testImageRecord(7)
  const { global } = openTestWindow()
  const wrapper = mount(ThumbnailPicture, {
    props: { image, sidePx: 128 },
    global: global as never,
  })
  return { wrapper, image }
}

describe('a thumbnail', () => {
  it('is asked for by id and time, never by path', () => {
    const { wrapper } = show()
    expect(wrapper.get('img').attributes('src')).toBe('/asset/thumbnail/7?v=1&side=128')
  })

  it('keeps its picture when the record comes anew', async () => {
    const { wrapper, image } = show()
    await wrapper.get('img').trigger('load')
    await wrapper.setProps({ image: { ...image } })
    expect(wrapper.get('img').classes()).toContain('loaded')
  })

  it('gives its request up when it is scrolled past', () => {
    const { wrapper } = show()
    const img = wrapper.get('img').element
    wrapper.unmount()
    expect(img.hasAttribute('src')).toBe(false)
  })

  it('says that there is none, and tries again when the file was found elsewhere', async () => {
    const { wrapper, image } = show()
    await wrapper.get('img').trigger('error')
    expect(wrapper.find('[aria-label="The picture cannot be shown"]').exists()).toBe(true)
    await wrapper.setProps({ image: { ...image, path: 'moved/7.jpg' } })
    expect(wrapper.find('img').exists()).toBe(true)
  })
})
