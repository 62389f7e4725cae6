import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import { readLexicon } from '#main/app/words/read-lexicon.ts'
import { resourcesFolder } from '../../../support/lexicon.ts'

const folder = mkdtempSync(join(tmpdir(), 'lexmask-lexicon-'))
afterAll(() => rmSync(folder, { recursive: true }))

function folderWith(name: string, text: string | null): string {
  const path = join(folder, name)
  mkdirSync(path)
  if (text !== null) writeFileSync(join(path, 'lexicon.json'), text)
  return path
}

describe('the lexicon of the product', () => {
  it('is read once a process', async () => {
    const first = readLexicon(resourcesFolder)
    expect(readLexicon(resourcesFolder)).toBe(first)
    expect((await first).lookup('poodle')?.classes).toEqual(['dog'])
  })

  it.each([
    ['missing', null, 'FILE_NOT_FOUND', 'is missing'],
    ['cut', '{"format":1,', 'FORMAT_INVALID', 'is damaged ('],
    ['other', '{"format":2}', 'FORMAT_INVALID', 'is not a lexicon of this version'],
  ])('that is %s is told by its name, with what to do', async (name, text, code, problem) => {
    const file = join(folderWith(name, text), 'lexicon.json')
    const reading = readLexicon(join(folder, name))
    await expect(reading).rejects.toMatchObject({ code, details: { file } })
    await expect(reading).rejects.toThrow(`The lexicon ${file} ${problem}`)
    await expect(reading).rejects.toThrow(/Install Lexmask again\.$/)
  })

  it('can be repaired without a new start', async () => {
    const path = folderWith('repaired', '')
    await expect(readLexicon(path)).rejects.toMatchObject({ code: 'FORMAT_INVALID' })
    const empty = { notice: [], nouns: [], otherNouns: [] }
    const file = { format: 1, ...empty, classes: {}, tableNames: {}, wider: {}, chinese: {} }
    writeFileSync(join(path, 'lexicon.json'), JSON.stringify(file))
    expect((await readLexicon(path)).classNames).toEqual([])
  })
})
