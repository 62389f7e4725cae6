import type { PhrasePick } from '#shared/contract/commands.ts'
import type { Formats } from '../i18n/format.ts'
import type { Translate } from '../i18n/translation.ts'

/** Why a phrase picked a region: "man → person 0.93, leftmost of 3". */
export function phraseReason(pick: PhrasePick, t: Translate, formats: Formats): string {
  const { word, detectorClass, score, of, spatial, near, said } = pick
  const what = detectorClass === null ? word : `${word} → ${detectorClass}`
  const places = spatial.map(({ kind, rank, isIt }) => {
    const place = t(`search.phrase.kind.${kind}`)
    const ranked =
      rank === 1 ? place : t('search.phrase.ranked', { place, rank: formats.count(rank) })
    return isIt ? ranked : t('search.phrase.notIt', { place: ranked })
  })
  const beside =
    near === null
      ? []
      : [t(near.isFound ? 'search.phrase.near' : 'search.phrase.nothingNear', { word: near.word })]
  const others =
    said === null
      ? []
      : [t(said.isJudged ? 'search.phrase.judged' : 'search.phrase.notJudged', { text: said.text })]
  const place = places.join(t('search.phrase.and'))
  const among =
    places.length === 0
      ? t('search.phrase.among', { count: of })
      : t('search.phrase.of', { place, count: of })
  return [`${what} ${formats.decimal(score, 2)}`, among, ...beside, ...others].join(
    t('search.phrase.comma'),
  )
}
