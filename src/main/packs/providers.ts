import type { Provider, ProviderChoice } from '#shared/contract/providers.ts'

/**
 * What is tried on a platform, the likely fastest first (docs/adr/0017-providers.md); the CPU always
 * stands last.
 *
 * @param measured the fastest when this machine was measured: `auto` takes it before all others
 */
export function providersToTry(
  choice: ProviderChoice,
  platform: NodeJS.Platform,
  measured: Provider | null = null,
): readonly Provider[] {
  if (choice === 'cpu') return ['cpu']
  if (choice !== 'auto') return [choice, 'cpu']
  if (measured !== null) return measured === 'cpu' ? ['cpu'] : [measured, 'cpu']
  if (platform === 'win32') return ['cuda', 'dml', 'webgpu', 'cpu']
  if (platform === 'darwin') return ['coreml', 'webgpu', 'cpu']
  return ['cuda', 'webgpu', 'cpu']
}
