import { existsSync, readFileSync } from 'node:fs'
import { builtinModules } from 'node:module'
import { dirname, resolve } from 'node:path'
import { parseAst } from 'vite'
import { beforeAll, describe, expect, it } from 'vitest'
import { builtFile } from '../support/build.ts'

/** What a built file takes in from elsewhere, and which sources are in it. */
interface Bundle {
  /** Packages and built-in modules, without the "node:" of the latter. */
  readonly imports: ReadonlySet<string>
  /** Paths of the repository, of the file and all of its chunks. */
  readonly sources: ReadonlySet<string>
  readonly files: ReadonlySet<string>
}

interface Node {
  readonly type: string
  readonly [field: string]: unknown
}

const isNode = (value: unknown): value is Node =>
  typeof value === 'object' && value !== null && typeof (value as Node).type === 'string'

function* nodesIn(node: Node): Generator<Node> {
  yield node
  for (const value of Object.values(node).flat()) if (isNode(value)) yield* nodesIn(value)
}

/** Specifiers of every import, re-export, import() and require(); "?" for one that is computed. */
function specifiersIn(code: string): string[] {
  const literal = (value: unknown): string =>
    isNode(value) && typeof value.value === 'string' ? value.value : '?'
  return Array.from(nodesIn(parseAst(code) as unknown as Node)).flatMap((node) => {
    switch (node.type) {
      case 'ImportDeclaration':
      case 'ExportAllDeclaration':
      case 'ImportExpression':
        return [literal(node.source)]
      case 'ExportNamedDeclaration':
        return node.source ? [literal(node.source)] : []
      case 'CallExpression': {
        const isRequire = isNode(node.callee) && node.callee.name === 'require'
        return isRequire ? [literal((node.arguments as unknown[])[0])] : []
      }
      default:
        return []
    }
  })
}

function readBundle(file: string): Bundle {
  const imports = new Set<string>()
  const sources = new Set<string>()
  const files = new Set<string>()
  const visit = (path: string): void => {
    if (files.has(path)) return
    files.add(path)
    const code = readFileSync(path, 'utf8')
    // The bundler names each module above its code.
    for (const [, source] of code.matchAll(/^\/\/(?:#region)? ?(src\/\S+)/gm)) sources.add(source)
    for (const specifier of specifiersIn(code)) {
      if (specifier.startsWith('.')) visit(resolve(dirname(path), specifier))
      else imports.add(specifier.replace(/^node:/, ''))
    }
  }
  visit(file)
  return { imports, sources, files }
}

const packagesOf = ({ imports }: Bundle): string[] =>
  Array.from(imports)
    .filter((name) => !builtinModules.includes(name.split('/')[0]))
    .sort()

const sourcesUnder = ({ sources }: Bundle, folder: string): string[] =>
  Array.from(sources).filter((source) => source.startsWith(folder))

describe('reading a bundle', () => {
  it('sees every way in which code takes in other code', () => {
    const code = `
      import a from 'a'
      export { b } from 'b'
      export * from 'c'
      const d = await import('d')
      const e = require('e')
      const f = await import(a)`
    expect(specifiersIn(code).sort()).toEqual(['?', 'a', 'b', 'c', 'd', 'e'])
  })
})

describe('the build', () => {
  let worker: Bundle
  let cli: Bundle
  let pictures: Bundle

  beforeAll(() => {
    if (!existsSync(builtFile('main', 'worker.js'))) {
      throw new Error('Nothing is built yet: run `npm run build` first.')
    }
    worker = readBundle(builtFile('main', 'worker.js'))
    cli = readBundle(builtFile('main', 'cli.js'))
    pictures = readBundle(builtFile('main', 'pictures.js'))
  })

  it('has an inference process that holds the models and knows nothing of the application', () => {
    // That the sources are seen at all is what makes the rest of this test say something.
    expect(sourcesUnder(worker, 'src/main/worker/')).toContain(
      'src/main/worker/inference-worker.ts',
    )
    expect(sourcesUnder(worker, 'src/main/networks/')).not.toEqual([])
    for (const part of ['app', 'storage', 'jobs', 'formats', 'cli', 'server', 'electron']) {
      expect(sourcesUnder(worker, `src/main/${part}/`), part).toEqual([])
    }
    expect(sourcesUnder(worker, 'src/renderer/')).toEqual([])
    expect(packagesOf(worker)).toContain('onnxruntime-node')
    expect(packagesOf(worker)).toContain('sharp')
    expect(packagesOf(worker)).not.toContain('electron')
    expect(packagesOf(worker)).not.toContain('better-sqlite3')
    expect(worker.imports).not.toContain('?')
  })

  it('has a picture process that decodes images and knows neither models nor the application', () => {
    expect(sourcesUnder(pictures, 'src/main/imaging/')).toContain(
      'src/main/imaging/draw-overlay.ts',
    )
    for (const part of ['app', 'storage', 'networks', 'recipes', 'worker', 'inference', 'cli']) {
      expect(sourcesUnder(pictures, `src/main/${part}/`), part).toEqual([])
    }
    expect(packagesOf(pictures)).toEqual(['sharp'])
    expect(pictures.imports).not.toContain('?')
  })

  it('has a command line that needs neither a model runtime nor an image decoder nor Electron', () => {
    expect(sourcesUnder(cli, 'src/main/app/')).not.toEqual([])
    expect(packagesOf(cli)).toContain('better-sqlite3')
    for (const name of ['onnxruntime-node', 'sharp', 'electron']) {
      expect(packagesOf(cli), name).not.toContain(name)
    }
    for (const part of ['networks', 'recipes', 'worker', 'imaging', 'electron', 'server']) {
      expect(sourcesUnder(cli, `src/main/${part}/`), part).toEqual([])
    }
    expect(cli.imports).not.toContain('?')
  })

  it('has two shells of a window that run no model, decode no image, and know nothing of each other', () => {
    for (const [name, shell, runtime, foreign] of [
      ['app.js', 'electron', 'electron', 'server'],
      ['server.js', 'server', 'fastify', 'electron'],
    ] as const) {
      const bundle = readBundle(builtFile('main', name))
      expect(sourcesUnder(bundle, `src/main/${shell}/`), name).not.toEqual([])
      expect(packagesOf(bundle), name).toContain(runtime)
      for (const part of ['networks', 'recipes', 'worker', 'imaging', 'cli', foreign]) {
        expect(sourcesUnder(bundle, `src/main/${part}/`), `${name}: ${part}`).toEqual([])
      }
      for (const other of [
        'onnxruntime-node',
        'sharp',
        foreign === 'server' ? 'fastify' : foreign,
      ]) {
        expect(packagesOf(bundle), name).not.toContain(other)
      }
    }
  })

  it('takes in only packages that are installed with the product', () => {
    const { dependencies } = JSON.parse(readFileSync(builtFile('..', 'package.json'), 'utf8')) as {
      dependencies: Record<string, string>
    }
    const known = Object.keys(dependencies)
    expect(packagesOf(worker).filter((name) => !known.includes(name))).toEqual([])
    expect(packagesOf(cli).filter((name) => !known.includes(name))).toEqual([])
  })

  it('has a preload that a sandboxed window can load: CommonJS, and nothing but electron', () => {
    const file = builtFile('preload', 'preload.cjs')
    const code = readFileSync(file, 'utf8')
    expect(code).toContain('require(')
    expect(code).not.toMatch(/^\s*(import|export)\s/m)
    const preload = readBundle(file)
    expect(Array.from(preload.imports)).toEqual(['electron'])
    expect(Array.from(preload.files)).toEqual([file])
  })
})
