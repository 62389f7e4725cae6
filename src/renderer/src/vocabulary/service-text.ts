import type { ClassService } from '#shared/vocabulary/service-report.ts'
import type { ServiceWay } from '#shared/vocabulary/word-server.ts'
import type { MessageKey, Translate } from '../i18n/translation.ts'

const KEYS: Readonly<Record<ServiceWay, MessageKey>> = {
  exact: 'vocabulary.served.exact',
  synonym: 'vocabulary.served.synonym',
  kind: 'vocabulary.served.kind',
  covers: 'vocabulary.served.covers',
  'region-text': 'vocabulary.served.regionText',
  clip: 'vocabulary.served.clip',
  unserved: 'vocabulary.served.unserved',
}

/** What a run will do with a class, in the language of the window. */
export function serviceText({ way, word, labelled }: ClassService, t: Translate): string {
  return t(KEYS[way], { word, things: labelled.join(', ') })
}
