import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { cpus, totalmem } from 'node:os'

const TITLE = '# Performance\n'

export const machineInWords = (): string =>
  `${cpus()[0]?.model ?? 'unknown'}, ${cpus().length} cores, ${Math.round(totalmem() / 2 ** 30)} GiB; Node ${process.version}`

/**
 * Puts a section in the place of the one with its heading, or at the end: each benchmark writes its own.
 *
 * @param body without the heading
 */
export function writeSection(file: string, heading: string, body: string): void {
  const text = existsSync(file) ? readFileSync(file, 'utf8') : TITLE
  const [top, ...sections] = text.split(/^(?=## )/m)
  const own = `## ${heading}\n\n${body.trim()}\n`
  const at = sections.findIndex((section) => section.startsWith(`## ${heading}\n`))
  const kept = sections.map((section) => section.trim() + '\n')
  const all = at < 0 ? [...kept, own] : kept.with(at, own)
  writeFileSync(file, [top.trim() + '\n', ...all].join('\n'))
}
