import type { Client } from '#shared/contract/client.ts'
import type { RecipeName } from '#shared/contract/recipes.ts'
import type { ServiceReport } from '#shared/vocabulary/service-report.ts'

/**
 * How the stored words will be served; null when it cannot be told. It is a help only: a run says
 * itself which words it could not serve.
 */
export async function readServiceReport(
  client: Client,
  recipe: RecipeName,
): Promise<ServiceReport | null> {
  return client.request('vocabulary.report', { recipe }).catch(() => null)
}

/** The classes that a run would find nothing for. */
export function unservedClasses(report: ServiceReport | null): ServiceReport['classes'] {
  return report?.classes.filter(({ way }) => way === 'unserved') ?? []
}
