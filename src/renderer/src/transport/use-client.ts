import { inject } from 'vue'
import type { InjectionKey } from 'vue'
import type { Client } from '#shared/contract/client.ts'

export const clientKey: InjectionKey<Client> = Symbol('client')

/** The application, for stores and components: call it in their setup. */
export function useClient(): Client {
  const client = inject(clientKey)
  if (client === undefined) throw new Error('The window was mounted without a client')
  return client
}
