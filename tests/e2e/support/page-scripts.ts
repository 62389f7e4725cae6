import type { Page } from '@playwright/test'

/** What only the page itself can say. Scripts as text: the types of the tests are those of Node. */

/** All that a person reads or is read: texts, names, titles, placeholders. */
export function textsOf(page: Page): Promise<string[]> {
  return page.evaluate<string[]>(`(() => {
    const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT)
    const texts = []
    while (walker.nextNode()) texts.push(walker.currentNode.nodeValue)
    const names = ['aria-label', 'title', 'placeholder']
    for (const element of document.querySelectorAll(names.map((name) => '[' + name + ']').join()))
      texts.push(...names.map((name) => element.getAttribute(name) ?? ''))
    return texts.map((text) => text.trim()).filter((text) => text !== '')
  })()`)
}

/** From 0, black, to 255. */
export function backgroundLightness(page: Page): Promise<number> {
  return page.evaluate<number>(`(() => {
    const { backgroundColor } = getComputedStyle(document.body)
    const [red, green, blue] = backgroundColor.match(/[\\d.]+/g).map(Number)
    return (red + green + blue) / 3
  })()`)
}

/** What has the focus, and whether one can see that it has: an outline, or a shadow drawn as one. */
export function focusOf(page: Page): Promise<{ what: string; isSeen: boolean }> {
  return page.evaluate<{ what: string; isSeen: boolean }>(`(() => {
    const focused = document.activeElement
    const isSeenOn = (element) => {
      if (element === null) return false
      const { outlineStyle, outlineWidth, boxShadow } = getComputedStyle(element)
      return (outlineStyle !== 'none' && outlineWidth !== '0px') || boxShadow !== 'none'
    }
    // A list shows its focus on the row, a field of several parts around them.
    const row = document.getElementById(focused.getAttribute('aria-activedescendant'))
    const isSeen = [focused, row, focused.parentElement].some(isSeenOn)
    return { what: focused.outerHTML.slice(0, 200), isSeen }
  })()`)
}

/** Watches the frames that the page draws, from now on. @returns how to end it: the longest pause in ms */
export async function watchFrames(page: Page): Promise<() => Promise<number>> {
  await page.evaluate(`
    const frames = (globalThis.lexmaskTestFrames = { last: performance.now(), longest: 0, on: true })
    const note = (now) => {
      frames.longest = Math.max(frames.longest, now - frames.last)
      frames.last = now
      if (frames.on) requestAnimationFrame(note)
    }
    requestAnimationFrame(note)
  `)
  return () =>
    page.evaluate<number>(`(() => {
      globalThis.lexmaskTestFrames.on = false
      return Math.round(globalThis.lexmaskTestFrames.longest)
    })()`)
}
