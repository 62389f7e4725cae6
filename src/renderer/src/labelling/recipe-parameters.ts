import { z } from 'zod'
import { RECIPE_SCHEMAS, type RecipeName } from '#shared/contract/recipes.ts'

/** `regions` needs the model, `scoring` works on what is stored. */
export type RecipeHalf = 'regions' | 'scoring'

interface FieldOf<Kind extends string, Value> {
  readonly kind: Kind
  readonly name: string
  readonly half: RecipeHalf
  readonly default: Value
}

/** One parameter of a recipe, as a form shows it: all of it is said by the schema. */
export type ParameterField =
  | (FieldOf<'number', number | null> & {
      readonly isWhole: boolean
      /** null takes the pack's own. */
      readonly isNullable: boolean
      readonly min: number | null
      readonly max: number | null
    })
  | (FieldOf<'choice', string> & { readonly choices: readonly string[] })
  | FieldOf<'words', readonly string[]>

interface Described {
  readonly type?: string
  readonly default?: unknown
  readonly enum?: readonly string[]
  readonly anyOf?: readonly Described[]
  readonly minimum?: number
  readonly exclusiveMinimum?: number
  readonly maximum?: number
}

/** The parameters of a half of a recipe, in the order of its schema. */
export function parameterFields(recipe: RecipeName, half: RecipeHalf): ParameterField[] {
  const described = z.toJSONSchema(RECIPE_SCHEMAS[recipe][half], { io: 'input' })
  const properties = (described.properties ?? {}) as Readonly<Record<string, Described>>
  return Object.entries(properties).map(([name, property]) => fieldOf(name, half, property))
}

function fieldOf(name: string, half: RecipeHalf, property: Described): ParameterField {
  if (property.enum !== undefined) {
    return {
      kind: 'choice',
      name,
      half,
      default: property.default as string,
      choices: property.enum,
    }
  }
  if (property.type === 'array') {
    return { kind: 'words', name, half, default: property.default as readonly string[] }
  }
  const parts = property.anyOf ?? [property]
  const number = parts.find(({ type }) => type === 'number' || type === 'integer')
  if (number === undefined) throw new Error(`The parameter ${name} has a type that no field shows.`)
  return {
    kind: 'number',
    name,
    half,
    default: property.default as number | null,
    isWhole: number.type === 'integer',
    isNullable: parts.length > 1,
    min: number.minimum ?? number.exclusiveMinimum ?? null,
    // Zod bounds whole numbers by what a double can hold, which tells a person nothing.
    max: number.maximum === Number.MAX_SAFE_INTEGER ? null : (number.maximum ?? null),
  }
}

export type ParameterValue = number | string | readonly string[] | null
/** What a person set otherwise than by default. */
export type ParameterChanges = Readonly<
  Record<RecipeHalf, Readonly<Record<string, ParameterValue>>>
>
export const NO_CHANGES: ParameterChanges = { regions: {}, scoring: {} }

/** The changes with one more; a value that is the default is none. */
export function withParameter(
  changes: ParameterChanges,
  field: ParameterField,
  value: ParameterValue,
): ParameterChanges {
  const others = Object.fromEntries(
    Object.entries(changes[field.half]).filter(([name]) => name !== field.name),
  )
  const isDefault = JSON.stringify(value) === JSON.stringify(field.default)
  return { ...changes, [field.half]: isDefault ? others : { ...others, [field.name]: value } }
}

/** How many parameters are not at their default. */
export function countChanges({ regions, scoring }: ParameterChanges): number {
  return Object.keys(regions).length + Object.keys(scoring).length
}
