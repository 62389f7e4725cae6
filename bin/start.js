#!/usr/bin/env node
// The window: `npm start`, with a project's file behind it or not. In Electron where that can run,
// and in the browser otherwise.
import { spawn } from 'node:child_process'
import { buildIfStale, cli, exitCodeOf, suitableNode } from './prepare.js'
import { findElectron } from './electron.js'

/** An Electron that ends this soon, and not well, has opened no window. */
const START_MS = 10_000
const NO_SANDBOX = '--no-sandbox'

const words = process.argv.slice(2)
const node = suitableNode()
buildIfStale(node)
let running = null
// Ctrl-C reaches all; what runs says when it is through.
process.on('SIGINT', () => undefined)
process.on('SIGTERM', () => running?.kill('SIGTERM'))

function run(program, args) {
  running = spawn(program, args, { stdio: ['inherit', 'inherit', 'inherit', 'ipc'] })
  return new Promise((resolve) => {
    running.once('error', (error) => resolve({ code: 1, reason: error.message }))
    running.once('exit', (code, signal) => {
      const ended = exitCodeOf(code, signal)
      resolve({ code: ended, reason: `it ended with ${signal ?? `exit code ${code}`}` })
    })
  })
}

/** What `lexmask serve` takes: a project's file is named by an option there. */
function wordsForServer() {
  const [first, ...rest] = words.filter((word) => word !== NO_SANDBOX)
  if (first === undefined) return []
  return first.startsWith('-') ? [first, ...rest] : ['--project', first, ...rest]
}

async function serve(reason) {
  console.error(`lexmask: ${reason}, so the window opens in your browser, at this address:`)
  return run(node, [cli, 'serve', ...wordsForServer()])
}

async function start() {
  const electron = findElectron(node, { isSandboxed: !words.includes(NO_SANDBOX) })
  if (electron.reason !== undefined) return serve(electron.reason)
  const startedAt = Date.now()
  const ended = await run(electron.program, [...electron.words, ...words])
  const hasFailed = ended.code !== 0 && Date.now() - startedAt < START_MS
  return hasFailed ? serve(`Electron did not start (${ended.reason})`) : ended
}

process.exit((await start()).code)
