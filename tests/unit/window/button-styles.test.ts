import { readdirSync, readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { expect, it } from 'vitest'

const source = join(import.meta.dirname, '../../../src/renderer/src')
const components = readdirSync(source, { recursive: true, encoding: 'utf8' }).filter((file) =>
  file.endsWith('.vue'),
)

/** Of the component's style, also where it is a file of its own. */
function styleOf(file: string, text: string): string {
  const outside = /<style[^>]*src="([^"]+)"/.exec(text)?.[1]
  if (outside !== undefined) return readFileSync(join(source, dirname(file), outside), 'utf8')
  return /<style[\s\S]*$/.exec(text)?.[0] ?? ''
}

/** The buttons with a tooltip: their root is no element, and Vue gives it no scope of its parent. */
function classesOfIconButtons(text: string): string[] {
  return [...text.matchAll(/<IconButton\b[^>]*?\sclass="([^"]+)"/g)].flatMap(([, names]) =>
    names.split(' '),
  )
}

it('a class on a button with a tooltip is styled through :deep, or the style would reach nothing', () => {
  expect(components.length).toBeGreaterThan(100)
  const unreached = components.flatMap((file) => {
    const text = readFileSync(join(source, file), 'utf8')
    const style = styleOf(file, text)
    return classesOfIconButtons(text)
      .filter((name) => !style.includes(`:deep(.${name})`))
      .map((name) => `${file}: .${name}`)
  })
  expect(unreached).toEqual([])
})
