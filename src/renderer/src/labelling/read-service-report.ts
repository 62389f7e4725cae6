import type { Client } from '#shared/contract/client.ts'
import { LexmaskError } from '#shared/contract/errors.ts'
import type { RecipeName } from '#shared/contract/recipes.ts'
import type { ServiceReport } from '#shared/vocabulary/service-report.ts'

type LooseRequest = (name: string, input: unknown) => Promise<unknown>

/** null from an application that cannot tell yet; then nothing is said of how words are served. */
export async function readServiceReport(
  client: Client,
  recipe: RecipeName,
): Promise<ServiceReport | null> {
  try {
    return (await (client.request as LooseRequest)('vocabulary.report', {
      recipe,
    })) as ServiceReport
  } catch (error) {
    if (error instanceof LexmaskError && error.code === 'UNKNOWN_COMMAND') return null
    throw error
  }
}
