import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'

const root = new URL('../../../', import.meta.url)
const read = (path: string): string => readFileSync(new URL(path, root), 'utf8')

/** "`tests/x.test.ts`: _title_", as docs/answers.md names a test. */
const cited = [...read('docs/answers.md').matchAll(/`(tests\/[^`]+\.ts)`: _([^_]+)_/g)].map(
  ([, file, title]) => ({ file, title }),
)

test('the document names tests for every complaint', () => {
  const rows = read('docs/answers.md').match(/^\| (?!complaint|-).+$/gm) ?? []
  expect(rows.length).toBeGreaterThanOrEqual(25)
  const without = rows.filter((row) => !/`tests\/[^`]+`: _/.test(row) && !row.includes('not yet'))
  expect(without).toEqual([])
})

test.each(cited)('$file has the test that the document names: $title', ({ file, title }) => {
  expect(read(file)).toContain(title)
})
