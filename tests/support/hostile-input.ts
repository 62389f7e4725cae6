import { z } from 'zod'
import type { SeededRandom } from './random.ts'

/** The part of JSON Schema that the contract comes to. */
interface JsonSchema {
  readonly type?: string
  readonly const?: unknown
  readonly enum?: readonly unknown[]
  readonly anyOf?: readonly JsonSchema[]
  readonly oneOf?: readonly JsonSchema[]
  readonly allOf?: readonly JsonSchema[]
  readonly properties?: Readonly<Record<string, JsonSchema>>
  readonly required?: readonly string[]
  readonly additionalProperties?: JsonSchema | boolean
  readonly prefixItems?: readonly JsonSchema[]
  readonly items?: JsonSchema
  readonly minItems?: number
  readonly minimum?: number
  readonly maximum?: number
}

let nested: unknown = []
for (let depth = 0; depth < 500; depth++) nested = [nested]

/** In the place of anything. A prototype key is an own one only when JSON was parsed. */
const JUNK: readonly unknown[] = [
  ...[null, true, -1, 0, 0.5, 1e308, -1e308, 2 ** 53, NaN, Infinity],
  ...['', '\0', '\ud800', 'x'.repeat(100_000), [], {}, [null], nested],
  JSON.parse('{"__proto__": {"isAdmin": true}, "constructor": {"prototype": {}}}'),
]

const NUMBERS = [0, 1, 2, 3, 4, 7, 100, -1, 0.5, 1e6, 2 ** 31, 2 ** 53 - 1]

/**
 * Inputs that nearly fit a command: most parts are of the right kind and of the worst value, some are
 * junk.
 *
 * @param texts what a text may be
 */
export function hostileInput(
  schema: z.ZodType,
  texts: readonly string[],
  random: SeededRandom,
): unknown {
  const options = { io: 'input', unrepresentable: 'any' } as const
  return valueOf(z.toJSONSchema(schema, options) as JsonSchema, texts, random)
}

function valueOf(schema: JsonSchema, texts: readonly string[], random: SeededRandom): unknown {
  if (random.next() < 0.03) return random.pick(JUNK)
  if ('const' in schema) return schema.const
  if (schema.enum) return random.pick(schema.enum)
  const choices = schema.anyOf ?? schema.oneOf ?? schema.allOf
  if (choices) return valueOf(random.pick(choices), texts, random)
  switch (schema.type ?? 'any') {
    case 'object':
      return objectOf(schema, texts, random)
    case 'array':
      return arrayOf(schema, texts, random)
    case 'integer':
      return numberOf(schema, random, NUMBERS.filter(Number.isInteger))
    case 'number':
      return numberOf(schema, random, NUMBERS)
    case 'boolean':
      return random.next() < 0.5
    case 'null':
      return null
    default:
      return random.pick(texts)
  }
}

function objectOf(
  { properties = {}, required = [], additionalProperties }: JsonSchema,
  texts: readonly string[],
  random: SeededRandom,
): object {
  const entries = Object.entries(properties).filter(([name]) =>
    required.includes(name) ? random.next() < 0.98 : random.next() < 0.4,
  )
  const object = Object.fromEntries(
    entries.map(([name, part]) => [name, valueOf(part, texts, random)]),
  )
  if (typeof additionalProperties !== 'object' || random.next() < 0.5) return object
  return { ...object, [random.pick(texts)]: valueOf(additionalProperties, texts, random) }
}

function arrayOf(
  { prefixItems, items, minItems = 0 }: JsonSchema,
  texts: readonly string[],
  random: SeededRandom,
): unknown[] {
  if (prefixItems) return prefixItems.map((part) => valueOf(part, texts, random))
  const length = Math.max(minItems, random.integer(0, 3))
  return Array.from({ length }, () => valueOf(items ?? {}, texts, random))
}

/** Half of them are ids and counts that there may be. */
function numberOf(
  { minimum = -Infinity, maximum = Infinity }: JsonSchema,
  random: SeededRandom,
  numbers: readonly number[],
): number {
  const allowed = [...numbers, minimum, maximum].filter(
    (one) => Number.isFinite(one) && one >= minimum && one <= maximum,
  )
  return allowed.length === 0 ? minimum : random.pick(allowed)
}
