/** ONNX Runtime's execution providers that Lexmask knows, by the name that users type. */
export const PROVIDERS = ['cuda', 'webgpu', 'dml', 'coreml', 'cpu'] as const
export type Provider = (typeof PROVIDERS)[number]
export const PROVIDER_CHOICES = ['auto', ...PROVIDERS] as const
export type ProviderChoice = (typeof PROVIDER_CHOICES)[number]
