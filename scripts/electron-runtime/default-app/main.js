// What Electron's own default app does with a command line, in short:
// electron [--version] [-r MODULE]... [SWITCHES] APP [ARGUMENTS OF THE APP]
import { app } from 'electron'
import { existsSync, readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { dirname, join, resolve } from 'node:path'
import { pathToFileURL } from 'node:url'

function parseCommandLine(words) {
  const modules = []
  for (let at = 0; at < words.length; at++) {
    const word = words[at]
    if (word === '--version' || word === '-v') return { version: true, modules }
    if (word === '-r' || word === '--require') modules.push(words[++at])
    else if (!word.startsWith('-')) return { modules, path: resolve(word) }
  }
  return { modules }
}

/** The app's own name and version stand for Electron's. */
function introduce(path) {
  const file = join(path, 'package.json')
  if (!existsSync(file)) return
  const { name, productName, version } = JSON.parse(readFileSync(file, 'utf8'))
  if (productName ?? name) app.name = productName ?? name
  if (version) app.setVersion(version)
}

const require = createRequire(import.meta.url)
const { version, modules, path } = parseCommandLine(process.argv.slice(1))
if (version) {
  console.log(`v${process.versions.electron}`)
  process.exit(0)
}
for (const module of modules) require(resolve(module))
if (path === undefined) {
  console.error('usage: electron [--version] [-r MODULE]... APP')
  process.exit(2)
}
Object.defineProperty(process, 'defaultApp', { value: true })
introduce(path)
const entry = require.resolve(path)
app.setAppPath(existsSync(join(path, 'package.json')) ? path : dirname(entry))
// Awaited, as Electron gets ready only once the app's code has run.
await import(pathToFileURL(entry).href)
