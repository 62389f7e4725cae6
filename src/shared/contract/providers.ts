import { z } from 'zod'

/** ONNX Runtime's execution providers that Lexmask knows, by the name that users type. */
export const PROVIDERS = ['cuda', 'webgpu', 'dml', 'coreml', 'cpu'] as const
export type Provider = (typeof PROVIDERS)[number]
export const PROVIDER_CHOICES = ['auto', ...PROVIDERS] as const
export type ProviderChoice = (typeof PROVIDER_CHOICES)[number]

export const REFUSAL_CODES = [
  'absent',
  'libraries-missing',
  'no-adapter',
  'left-to-cpu',
  'slower',
  'crashed',
  'timed-out',
  'failed',
] as const

/** Why a provider does not run a model, or a part of it. */
export const providerRefusalSchema = z.strictObject({
  provider: z.enum(PROVIDERS),
  code: z.enum(REFUSAL_CODES),
  /** What the runtime said, or the numbers behind the code; the same in all languages. */
  detail: z.string(),
})
export type ProviderRefusal = z.infer<typeof providerRefusalSchema>

export const SESSION_ROLES = [
  'detector',
  'backbone',
  'box-head',
  'mask-head',
  'clip-image',
  'clip-text',
  'sam-encoder',
  'sam-decoder',
] as const
/** What a graph does in a run. */
export type SessionRole = (typeof SESSION_ROLES)[number]

/** An opened graph, and what runs it. */
export const sessionReportSchema = z.strictObject({
  role: z.enum(SESSION_ROLES),
  file: z.string(),
  provider: z.enum(PROVIDERS),
  /** Why it is not on the provider of the other graphs; null where it is. */
  refusal: providerRefusalSchema.nullable(),
})
export type SessionReport = z.infer<typeof sessionReportSchema>

/** What really runs the models, and why nothing else does. */
export const providerReportSchema = z.strictObject({
  requested: z.enum(PROVIDER_CHOICES),
  used: z.enum(PROVIDERS),
  /** It was the fastest when this machine was measured, so that the others were not tried. */
  isMeasured: z.boolean(),
  /** Part of the operators' time that the provider in use had, in 0..1, measured; null for the CPU. */
  share: z.number().nullable(),
  refused: z.array(providerRefusalSchema).readonly(),
  /** In the order in which they were opened. */
  sessions: z.array(sessionReportSchema).readonly(),
})
export type ProviderReport = z.infer<typeof providerReportSchema>

/** A refusal worth telling; `role` names the graph where only one is concerned. */
export interface ProviderFallback extends ProviderRefusal {
  readonly role: SessionRole | null
}

/**
 * What does not run where it was meant to: nothing while `auto` merely found that the CPU serves best,
 * but a driver that brought the process down, a provider that was asked for by name, and graphs that
 * left the others.
 */
export function fallbacksOf({
  requested,
  used,
  isMeasured,
  refused,
  sessions,
}: ProviderReport): ProviderFallback[] {
  const isOther = requested !== 'auto' && requested !== used
  const ofAll = refused.filter(({ code }) => isOther || isMeasured || code === 'crashed')
  return [
    ...ofAll.map((refusal) => ({ ...refusal, role: null })),
    ...sessions.flatMap(({ role, refusal }) => (refusal ? [{ ...refusal, role }] : [])),
  ]
}

const REFUSAL_WORDS: Readonly<Record<ProviderRefusal['code'], (detail: string) => string>> = {
  absent: () => 'not part of ONNX Runtime on this system',
  'libraries-missing': (detail) =>
    `its libraries are not installed (${detail}); docs/providers.md says how`,
  'no-adapter': (detail) => `no graphics adapter was found (${detail})`,
  'left-to-cpu': (detail) => `loads, but ${detail} of the work stays on the CPU`,
  slower: (detail) => `slower than the CPU here (${detail})`,
  crashed: (detail) => `brought the inference process down (${detail})`,
  'timed-out': (detail) => `did not answer in ${detail}`,
  failed: (detail) => detail,
}

/** In English, for the command line; the window has its own words by the code. */
export function refusalWords({ code, detail }: Pick<ProviderRefusal, 'code' | 'detail'>): string {
  return REFUSAL_WORDS[code](detail)
}
