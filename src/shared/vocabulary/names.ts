/**
 * The form in which names are compared: compatibility characters folded (full-width letters,
 * ligatures), lower case, and hyphens, underscores and any whitespace as one space.
 */
export function normaliseName(name: string): string {
  return name
    .normalize('NFKC')
    .toLowerCase()
    .replace(/[\u2018\u2019\u02BC]/g, "'")
    .replace(/[\s_\-\u2010-\u2015\u2212]+/gu, ' ')
    .trim()
}

/** Plurals that no rule makes; each pair both ways. */
const IRREGULAR: readonly (readonly [singular: string, plural: string])[] = [
  ['person', 'people'],
  ['man', 'men'],
  ['child', 'children'],
  ['mouse', 'mice'],
  ['louse', 'lice'],
  ['goose', 'geese'],
  ['foot', 'feet'],
  ['tooth', 'teeth'],
  ['ox', 'oxen'],
  ['die', 'dice'],
  ['cactus', 'cacti'],
  ['fungus', 'fungi'],
  ['octopus', 'octopi'],
  ['nucleus', 'nuclei'],
  ['bacterium', 'bacteria'],
  ['axis', 'axes'],
  ['larva', 'larvae'],
]
const SINGULAR_OF = new Map(IRREGULAR.map(([singular, plural]) => [plural, singular]))
const PLURAL_OF = new Map(IRREGULAR)

/** Words that end like a plural of these kinds and are none. */
const NO_PLURAL = new Set(
  (
    'bus gas lens iris canvas series species news chess glass grass cactus octopus walrus ' +
    'platypus hippopotamus hibiscus abacus campus circus virus tennis axis atlas compass'
  ).split(' '),
)

/** Nouns in -f and -fe whose plural is in -ves, alone or as the end of a compound. */
const F_STEM = '(^.*(?:kni|wi|lea|loa|hal|cal|shel|wol|scar|hoo|thie|shea|whar|dwar)|^li|^el|^sel)'
const F_PLURAL = new RegExp(`${F_STEM}ves$`)
const F_SINGULAR = new RegExp(`${F_STEM}fe?$`)

function singularWords(word: string): string[] {
  const irregular = SINGULAR_OF.get(word)
  if (irregular !== undefined) return [irregular]
  if (/.men$/.test(word)) return [word.replace(/men$/, 'man')]
  if (!/..s$/.test(word) || NO_PLURAL.has(word) || /(ss|us|sis)$/.test(word)) return []
  const withoutS = word.slice(0, -1)
  const withoutEs = word.slice(0, -2)
  if (/[^aeiou]ies$/.test(word)) return [`${word.slice(0, -3)}y`, withoutS]
  if (F_PLURAL.test(word)) {
    const stem = word.slice(0, -3)
    return [stem.endsWith('i') ? `${stem}fe` : `${stem}f`, withoutS]
  }
  if (/(ss|x|zz|ch|sh)es$/.test(word)) return [withoutEs, withoutS]
  if (NO_PLURAL.has(withoutEs) || /[zo]es$/.test(word)) return [withoutEs, withoutS]
  if (/[aeiou]ses$/.test(word)) return [withoutS, withoutEs]
  return [withoutS]
}

function pluralWords(word: string): string[] {
  const irregular = PLURAL_OF.get(word)
  if (irregular !== undefined) return [irregular]
  if (/.man$/.test(word)) return [word.replace(/man$/, 'men'), `${word}s`]
  if (/[^aeiou]y$/.test(word)) return [`${word.slice(0, -1)}ies`]
  if (/(s|x|z|ch|sh)$/.test(word)) return [`${word}es`]
  if (/[^aeiou]o$/.test(word)) return [`${word}es`, `${word}s`]
  if (F_SINGULAR.test(word)) return [word.replace(/fe?$/, 'ves'), `${word}s`]
  return [`${word}s`]
}

/** The name with its head noun changed: the last word, or the one before "of", "with", "in" … */
function withHead(name: string, forms: (word: string) => string[]): string[] {
  const normal = normaliseName(name)
  const found =
    /^(?<before>(?:.*? )?)(?<head>\S+)(?<after> (?:of|with|in|on|for|from|at) .*)$/.exec(normal)
      ?.groups ?? {
      before: normal.replace(/\S+$/, ''),
      head: /\S+$/.exec(normal)?.[0] ?? '',
      after: '',
    }
  return forms(found.head).map((word) => `${found.before}${word}${found.after}`)
}

/**
 * What an English plural may be the plural of, normalised, the likeliest first; empty when the name
 * looks singular. Candidates, not answers: "axes" gives "axis", "leaves" gives "leaf" and "leave".
 */
export function singularForms(name: string): string[] {
  return withHead(name, singularWords)
}

/** What the English plural of a name may be, normalised, the likeliest first. */
export function pluralForms(name: string): string[] {
  return withHead(name, pluralWords)
}

/** The normalised name, then what it may be the plural of, then what its plural may be. */
export function nameForms(name: string): string[] {
  return [...new Set([normaliseName(name), ...singularForms(name), ...pluralForms(name)])]
}
