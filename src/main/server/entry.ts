/** The server shell has no page to serve yet: it says so instead of opening a port. */
process.stderr.write(
  'The browser version of Lexmask is not part of this release. Use the command line: lexmask --help\n',
)
process.exitCode = 1
