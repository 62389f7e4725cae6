import { expect, test } from './support/fixtures.ts'

test('a window opens under the product’s name', async ({ lexmask }) => {
  await expect(lexmask.page).toHaveTitle('Lexmask')
  expect(lexmask.electronVersion === null).toBe(lexmask.kind === 'browser')
})

test('the page has nothing of Node', async ({ lexmask }) => {
  const found = await lexmask.page.evaluate(() =>
    ['require', 'process', 'module', 'Buffer', 'global'].filter((name) => name in globalThis),
  )
  expect(found).toEqual([])
})
