import { computed, shallowRef, type ComputedRef } from 'vue'
import type { PackOffer, PackProgress } from '#shared/contract/commands.ts'
import { errorOfFailure } from '#shared/contract/errors.ts'
import { useClient } from '../transport/use-client.ts'

/** The installation of one pack, as its row shows it. */
export interface PackInstallation {
  /** null when it does not go on. */
  readonly running: ComputedRef<PackProgress | null>
  /** Why the last one failed, or did not even begin; null when nothing did. */
  readonly failure: ComputedRef<unknown>
  readonly install: () => Promise<void>
  readonly cancel: () => Promise<void>
}

/** @param offer null for a pack that cannot be installed */
export function usePackInstallation(offer: () => PackOffer | null): PackInstallation {
  const client = useClient()
  const refusal = shallowRef<unknown>(null)
  const progress = computed(() => offer()?.progress ?? null)

  async function ask(command: 'packs.install' | 'packs.cancelInstall'): Promise<void> {
    const name = offer()?.name
    if (name === undefined) return
    refusal.value = null
    try {
      await client.request(command, { name })
    } catch (error) {
      refusal.value = error
    }
  }

  return {
    running: computed(() => (progress.value?.state === 'failed' ? null : progress.value)),
    failure: computed(() => {
      const failed = progress.value?.failure
      return refusal.value ?? (failed ? errorOfFailure(failed) : null)
    }),
    install: () => ask('packs.install'),
    cancel: () => ask('packs.cancelInstall'),
  }
}
