import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { writeSection } from '../../../scripts/performance-doc.ts'

it('each benchmark writes its own section, and leaves those of the others', () => {
  const folder = mkdtempSync(join(tmpdir(), 'lexmask-doc-'))
  try {
    const file = join(folder, 'performance.md')
    writeSection(file, 'Detector', 'first')
    writeSection(file, 'Recipes', 'second\n')
    writeSection(file, 'Detector', 'third')
    expect(readFileSync(file, 'utf8')).toBe(
      '# Performance\n\n## Detector\n\nthird\n\n## Recipes\n\nsecond\n',
    )
  } finally {
    rmSync(folder, { recursive: true })
  }
})
