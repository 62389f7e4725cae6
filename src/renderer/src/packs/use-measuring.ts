import { computed, onScopeDispose, shallowRef, type ComputedRef, type ShallowRef } from 'vue'
import { errorOfFailure } from '#shared/contract/errors.ts'
import type { Measurement, MeasureProgress } from '#shared/contract/measurement.ts'
import { useSettingsStore } from '../stores/settings.ts'
import { useClient } from '../transport/use-client.ts'

/** Measuring this machine: how it goes on, and what came of it. */
export interface MeasuringState {
  /** null when none goes on. */
  readonly progress: ShallowRef<MeasureProgress | null>
  /** The newest one that is kept, of the chosen pack where there is one. */
  readonly kept: ComputedRef<Measurement | null>
  /** Why it did not begin, or did not come to an end. */
  readonly failure: ShallowRef<unknown>
  readonly begin: () => Promise<void>
  readonly cancel: () => Promise<void>
}

export function useMeasuring(): MeasuringState {
  const client = useClient()
  const settings = useSettingsStore()
  const progress = shallowRef<MeasureProgress | null>(null)
  const failure = shallowRef<unknown>(null)
  const kept = computed(() => {
    const { measurements, pack } = settings.settings
    return measurements.find((one) => one.pack === pack) ?? measurements.at(0) ?? null
  })

  async function ask(request: () => Promise<unknown>): Promise<void> {
    failure.value = null
    try {
      await request()
    } catch (error) {
      failure.value = error
    }
  }

  onScopeDispose(
    client.subscribe('measure.progress', (told) => {
      progress.value = told.state === 'running' ? told : null
      failure.value = told.failure && errorOfFailure(told.failure)
    }),
  )
  return {
    ...{ progress, kept, failure },
    begin: () =>
      ask(async () => {
        progress.value = null
        const begun = await client.request('machine.measure')
        // Its first step may have been told before the answer came.
        progress.value ??= begun
      }),
    cancel: () => ask(() => client.request('machine.cancelMeasure')),
  }
}
