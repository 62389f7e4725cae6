import { onScopeDispose, shallowRef, type ShallowRef } from 'vue'
import type { PackOffer, PackOffers } from '#shared/contract/commands.ts'
import { useClient } from '../transport/use-client.ts'

/** What can be installed, with the progress of what is being installed. */
export interface OfferedPacks {
  readonly offers: ShallowRef<PackOffers | null>
  /** Why the list of packs could not be had. */
  readonly failure: ShallowRef<unknown>
  readonly look: () => Promise<void>
}

/** @param onInstalled something has been put in place */
export function usePackOffers(onInstalled: () => void): OfferedPacks {
  const client = useClient()
  const offers = shallowRef<PackOffers | null>(null)
  const failure = shallowRef<unknown>(null)

  async function look(): Promise<void> {
    try {
      offers.value = await client.request('packs.available')
      failure.value = null
    } catch (error) {
      failure.value = error
    }
  }

  const leave = client.subscribe('pack.progress', (progress) => {
    const { pack: name, state } = progress
    if (state === 'done') {
      void look()
      onInstalled()
      return
    }
    if (offers.value === null) return
    const shown = state === 'cancelled' ? null : progress
    const packs = offers.value.packs.map((offer): PackOffer =>
      offer.name === name ? { ...offer, progress: shown } : offer,
    )
    offers.value = { ...offers.value, packs }
  })
  // A mirror that was just named in the settings is saved a moment later.
  let asked = ''
  const leaveSettings = client.subscribe('workspace.changed', ({ settings }) => {
    const { packMirror, packManifest, packFolder } = settings
    const asks = JSON.stringify([packMirror, packManifest, packFolder])
    if (asks !== asked) void look()
    asked = asks
  })
  onScopeDispose(() => {
    leave()
    leaveSettings()
  })
  return { offers, failure, look }
}
