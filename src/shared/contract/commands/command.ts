import { z } from 'zod'

declare const outputOf: unique symbol

export interface Command<Input extends z.ZodType, Output> {
  readonly input: Input
  /** A type only: no value carries it. */
  readonly [outputOf]?: Output
}

/** What a command answers. */
export type OutputOf<Of> = NonNullable<Of[typeof outputOf & keyof Of]>

/** Curried, as TypeScript infers all type arguments or none. */
export const answering =
  <Output>() =>
  <Input extends z.ZodType>(input: Input): Command<Input, Output> => ({ input })

export const id = z.int().positive()
/** Bounds one request; larger selections are told by filter. */
export const ids = z.array(id).min(1).max(10_000)
export const word = z.string().trim().min(1).max(200)
export const path = z
  .string()
  .min(1)
  .max(32_767)
  // Node refuses it; SQLite would take what stands before it, which is another file.
  .refine((text) => !text.includes('\0'), 'A path cannot have the character NUL')
export const score = z.number().min(0).max(1)
export const nothing = z.strictObject({})
