import type { ProviderFallback, ProviderRefusal } from '#shared/contract/providers.ts'
import { useTranslation } from '../i18n/translation.ts'
import { providerName } from './provider-names.ts'

/** What became of a provider, in the words of the window. */
export interface ProviderTexts {
  /** "slower than the CPU here (56 ms, CPU 12 ms)" */
  readonly refusal: (refusal: Pick<ProviderRefusal, 'code' | 'detail'>) => string
  /** "Not on CUDA: its libraries are not installed (…)." */
  readonly fallback: (fallback: ProviderFallback) => string
}

export function useProviderTexts(): ProviderTexts {
  const { t } = useTranslation()
  const refusal: ProviderTexts['refusal'] = ({ code, detail }) =>
    t(`providers.refusal.${code}`, { detail })
  return {
    refusal,
    fallback: ({ provider, role, ...why }) => {
      const values = { provider: providerName(provider), why: refusal(why) }
      return role === null
        ? t('providers.notOn', values)
        : t('providers.roleNotOn', { ...values, role: t(`providers.role.${role}`) })
    },
  }
}
