import type { z } from 'zod'
import { commands, isCommandName } from './commands.ts'
import type { CommandInput, CommandName, CommandOutput, ProjectCommandName } from './commands.ts'
import { failureOfError } from './errors.ts'
import type { ErrorCode, ErrorDetails, Failure } from './errors.ts'

/** One handler for every command: leaving one out does not compile. */
export type Handlers = {
  readonly [Name in CommandName]: (
    input: CommandInput<Name>,
  ) => CommandOutput<Name> | Promise<CommandOutput<Name>>
}

/** Those of an open project; without a workspace around it there is nothing else to ask. */
export type ProjectHandlers = Pick<Handlers, ProjectCommandName>

export type Reply<Output = unknown> =
  { readonly ok: true; readonly data: Output } | { readonly ok: false; readonly error: Failure }

/**
 * The only way into the application, for whatever came in over a channel. Never throws.
 *
 * @param reportInternal gets what a handler threw without a name for it, for the log
 */
export async function dispatch(
  handlers: Handlers | ProjectHandlers,
  name: string,
  input: unknown,
  reportInternal?: (error: unknown, command: string) => void,
): Promise<Reply> {
  try {
    if (!isCommandName(name) || !Object.hasOwn(handlers, name)) {
      return failure(
        'UNKNOWN_COMMAND',
        `Lexmask has no command "${name}". Window and application may be of different versions: restart both.`,
        { command: name },
      )
    }
    const parsed = commands[name].input.safeParse(input ?? {})
    if (!parsed.success) return invalidInput(name, parsed.error)
    // The table pairs name, input and handler; TypeScript cannot see it through a union of names.
    const handle = (handlers as Handlers)[name] as (input: unknown) => unknown
    return { ok: true, data: await handle(parsed.data) }
  } catch (error) {
    const failed = failureOfError(error)
    if (failed.code === 'INTERNAL') tell(reportInternal, error, name)
    return { ok: false, error: failed }
  }
}

function failure(code: ErrorCode, message: string, details: ErrorDetails): Reply<never> {
  return { ok: false, error: { code, message, details } }
}

function invalidInput(command: CommandName, error: z.ZodError): Reply<never> {
  const issues = error.issues.map((issue) => ({
    field: issue.path.map(String).join('.'),
    problem: issue.message,
  }))
  const listed = issues.map(({ field, problem }) =>
    field === '' ? problem : `${field}: ${problem}`,
  )
  return failure('INVALID_INPUT', `Please correct this and try again. ${listed.join('; ')}.`, {
    command,
    issues,
  })
}

/** A log that fails must not take the answer with it. */
function tell(
  report: ((error: unknown, command: string) => void) | undefined,
  error: unknown,
  command: string,
): void {
  try {
    report?.(error, command)
  } catch {
    // There is nobody left to tell.
  }
}
