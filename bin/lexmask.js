#!/usr/bin/env node
// The command line: `lexmask --help`.
import { spawn } from 'node:child_process'
import { buildIfStale, cli, exitCodeOf, suitableNode } from './prepare.js'

const node = suitableNode()
buildIfStale(node)
if (node === process.execPath) {
  await import(cli)
} else {
  // Both get Ctrl-C from the terminal; the child decides when to end. The channel tells it when this
  // process is gone, however that came.
  process.on('SIGINT', () => undefined)
  const child = spawn(node, [cli, ...process.argv.slice(2)], {
    stdio: ['inherit', 'inherit', 'inherit', 'ipc'],
  })
  process.on('SIGTERM', () => child.kill('SIGTERM'))
  child.on('exit', (code, signal) => process.exit(exitCodeOf(code, signal)))
}
