const NAMES: Readonly<Record<string, string>> = {
  cuda: 'CUDA',
  webgpu: 'WebGPU',
  dml: 'DirectML',
  coreml: 'CoreML',
  cpu: 'CPU',
}

/** As its maker writes it; the same in all languages. */
export function providerName(provider: string): string {
  return NAMES[provider] ?? provider
}
