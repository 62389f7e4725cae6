import { z } from 'zod'
import { attributeDefinitionsSchema, type AttributeDefinition } from '../attributes.ts'
import { answering, nothing } from './command.ts'

export const attributeCommands = {
  'attributes.list': answering<readonly AttributeDefinition[]>()(nothing),
  /**
   * The whole list, in order; a step of the vocabulary's history, "Edit attributes". Values that
   * annotations have of an attribute that is left out stay with them and are exported; one that is
   * renamed is another one. NOT_FOUND for a class that is gone. Answers the list as it is then.
   * CONFLICT when the list is not the one that the edit started from.
   */
  'attributes.define': answering<readonly AttributeDefinition[]>()(
    z.strictObject({
      definitions: attributeDefinitionsSchema,
      /** The list that the edit started from. */
      expected: attributeDefinitionsSchema,
    }),
  ),
} as const
