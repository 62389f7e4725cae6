import { fork } from 'node:child_process'
import { constants } from 'node:os'
import { resolve } from 'node:path'
import { InvalidArgumentError, type Command } from 'commander'
import type { ServeOrder } from '#main/app/workspace/serve-order.ts'
import { parseCount } from '../parse-options.ts'
import type { Shell } from '../shell.ts'

interface ServeOptions {
  readonly project?: string
  readonly port: number
  readonly host: string
  readonly models?: string
}

const NOTES = `
Examples:
  lexmask serve
  lexmask serve --project site.lexmask --port 8080

Only this machine can reach it, unless --host says otherwise. To use it from another
machine, keep it so and make a tunnel there, with the port that is printed here:
  ssh -L 8080:127.0.0.1:8080 this-machine`

export function addServeCommand(program: Command, shell: Shell): void {
  program
    .command('serve')
    .description('the window of Lexmask, in a browser')
    .option('--project <file>', 'project to open')
    .option('--port <n>', 'port to listen on; 0 takes a free one', parsePort, 0)
    .option('--host <address>', 'address to listen on', '127.0.0.1')
    .option('--models <folder>', 'folder of the model packs (also: LEXMASK_MODELS)')
    .addHelpText('after', NOTES)
    .action(async ({ project, models, port, host }: ServeOptions) => {
      const order: ServeOrder = {
        project: project === undefined ? null : resolve(project),
        models: models ?? null,
        port,
        host,
      }
      process.exitCode = await runServer(shell.serverFile, order)
    })
}

function parsePort(text: string): number {
  const port = parseCount(text)
  if (port <= 65_535) return port
  throw new InvalidArgumentError('It has to be a number from 0 to 65535.')
}

/** Its exit code. The server is a shell of its own, with all that a browser needs and no command does. */
function runServer(serverFile: string, order: ServeOrder): Promise<number> {
  const server = fork(serverFile, [JSON.stringify(order)], { stdio: 'inherit' })
  // From a terminal Ctrl-C reaches both, and once more would not be waited for; told twice is told once.
  process.on('SIGINT', () => server.send('end'))
  process.on('SIGTERM', () => server.kill('SIGTERM'))
  return new Promise((end, fail) => {
    server.once('error', fail)
    // 128 and the signal's number, as a shell says it.
    server.once('exit', (code, signal) => end(code ?? 128 + constants.signals[signal ?? 'SIGTERM']))
  })
}
