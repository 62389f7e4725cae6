import type { Provider, ProviderChoice } from '#shared/contract/providers.ts'

/** What really runs the model, and why nothing else does. */
export interface ProviderReport {
  readonly requested: ProviderChoice
  readonly used: Provider
  /** Part of the operators' time that the provider in use had, in 0..1, measured; null for the CPU. */
  readonly share: number | null
  readonly refused: readonly { readonly provider: Provider; readonly reason: string }[]
}

/** What `auto` tries on a platform, the likely fastest first; the CPU always stands last. */
export function providersToTry(
  choice: ProviderChoice,
  platform: NodeJS.Platform,
): readonly Provider[] {
  if (choice === 'cpu') return ['cpu']
  if (choice !== 'auto') return [choice, 'cpu']
  if (platform === 'win32') return ['cuda', 'dml', 'webgpu', 'cpu']
  if (platform === 'darwin') return ['coreml', 'webgpu', 'cpu']
  return ['cuda', 'webgpu', 'cpu']
}
