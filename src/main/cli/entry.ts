import { fileURLToPath } from 'node:url'
import { Command, CommanderError } from 'commander'
import { failureOfError } from '#shared/contract/errors.ts'
import { version } from '../../../package.json'
import { addBenchCommand } from './commands/bench.ts'
import { addDoctorCommand } from './commands/doctor.ts'
import { addEvaluateCommand } from './commands/evaluate.ts'
import { addExportCommand } from './commands/export.ts'
import { addInfoCommand } from './commands/info.ts'
import { addOverlayCommand } from './commands/overlay.ts'
import { addPacksCommand } from './commands/packs.ts'
import { addPrelabelCommand } from './commands/prelabel.ts'
import { addRescoreCommand } from './commands/rescore.ts'
import { addSearchCommand } from './commands/search.ts'
import { addServeCommand } from './commands/serve.ts'
import { addWordsCommand } from './commands/words.ts'
import { EXIT } from './exit-codes.ts'
import { describeError, type Shell } from './shell.ts'
import { processTerminal } from './terminal.ts'

const terminal = processTerminal()
const shell: Shell = {
  terminal,
  workerFile: fileURLToPath(new URL('./worker.js', import.meta.url)),
  serverFile: fileURLToPath(new URL('./server.js', import.meta.url)),
  picturesFile: fileURLToPath(new URL('./pictures.js', import.meta.url)),
  productFolder: fileURLToPath(new URL('../..', import.meta.url)),
}

const program = new Command('lexmask')
  .description('Pre-label image datasets with open-vocabulary instance masks.')
  .version(version)
  .addHelpText(
    'after',
    '\nExample:\n  lexmask prelabel --images photos --vocabulary "forklift, pallet" --out labels.json\n\n' +
      'lexmask help <command> says more.',
  )
  .showHelpAfterError('Try: lexmask --help')
  .exitOverride()
for (const add of [
  addPrelabelCommand,
  addRescoreCommand,
  addExportCommand,
  addEvaluateCommand,
  addOverlayCommand,
  addInfoCommand,
  addSearchCommand,
  addServeCommand,
  addPacksCommand,
  addDoctorCommand,
  addWordsCommand,
  addBenchCommand,
]) {
  add(program, shell)
}
for (const command of program.commands) {
  command.exitOverride().showHelpAfterError(`Try: lexmask ${command.name()} --help`)
}

// A launcher of another Node waits for this process: when it is gone, so is the terminal.
const endWithLauncher = (): void => process.exit(EXIT.interrupted)
process.on('disconnect', endWithLauncher)

try {
  await program.parseAsync()
} catch (error) {
  if (error instanceof CommanderError) {
    process.exitCode = error.exitCode === 0 ? EXIT.done : EXIT.usage
  } else {
    terminal.say(`error: ${describeError(error)}`)
    const failure = failureOfError(error)
    const isForMachines = program.commands
      .flatMap((command) => [command, ...command.commands])
      .some((command) => command.opts().json === true)
    if (isForMachines) terminal.result(JSON.stringify({ error: failure }))
    process.exitCode = failure.code === 'INVALID_INPUT' ? EXIT.usage : EXIT.failed
  }
}
// From here on it is this process that ends, with its own code.
process.off('disconnect', endWithLauncher)
process.disconnect?.()
