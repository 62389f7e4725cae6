/** Common initialisms that could be read as words, so that only a list tells them apart. */
const READ_BY_LETTER = new Set(
  'mri suv atm led usb ufo uav ups upc uk un hdmi rfid fbi sos hiv'.split(' '),
)

/** Letters whose English names begin with a vowel: "eff", "aitch", "ell", "em" … */
const VOWEL_NAMED_LETTER = /^[aefhilmnorsx]/

/** A silent h. */
const SILENT_H = /^(hour|honest|honou?r|heir)/

/** Vowels that sound as "you" or "w": unicorn, user, utensil, uranium, ukulele, ewe, euro, one. */
const CONSONANT_SOUND =
  /^(eu|ew|uni(?![mnr]|de)|us[aeiu]|ut[eio]|ur[aeio]|uk[ru]|ubi|uvu|ouija|once\b|one(s|sies?|self|time)?\b)/

/** "an" for eight, eighteen, eighty, eight hundred …, eleven; "a" for any other number. */
function numberBeginsWithVowel(digits: string): boolean {
  return digits.startsWith('8') || /^1[18](\d{3})*$/.test(digits)
}

/** How an English word may begin; other capitals are read letter by letter. */
const WORD_BEGINNING =
  /^(b[lr]?|c[hlr]?|d[hrw]?|f[lr]?|g[hlnr]?|h|j|k[hnr]?|ll?|m|n|p[hlrst]?|qu|rh?|s(ch?|cr|h[r]?|k|l|m|n|ph?|pl|pr|q|t|tr|w)?|t[hrsw]?|v|w[hr]?|z)?[aeiouy]/

function isReadByLetter(word: string): boolean {
  const lower = word.toLowerCase()
  if (word.length === 1 || READ_BY_LETTER.has(lower) || !/[aeiouy]/.test(lower)) return true
  return word === word.toUpperCase() && !WORD_BEGINNING.test(lower)
}

/**
 * "a" or "an" by the first sound of a name: an hour, a unicorn, an MRI scanner, a UFO, an x-ray,
 * an 8-ball. Names in other scripts get "a".
 */
export function indefiniteArticle(name: string): 'a' | 'an' {
  // Without accents: "éclair" begins as "eclair".
  const plain = name.normalize('NFKD').replace(/\p{M}/gu, '')
  const word = /[A-Za-z]+\.?|\d+(,\d{3})*/.exec(plain)?.[0] ?? ''
  return beginsWithVowelSound(word) ? 'an' : 'a'
}

function beginsWithVowelSound(word: string): boolean {
  if (/^\d/.test(word)) return numberBeginsWithVowel(word.replaceAll(',', ''))
  const lower = word.toLowerCase()
  // "St." and "Mr." are shortened words.
  if (!lower.endsWith('.') && isReadByLetter(word)) return VOWEL_NAMED_LETTER.test(lower)
  if (SILENT_H.test(lower)) return true
  if (CONSONANT_SOUND.test(lower)) return false
  return /^[aeiou]/.test(lower) || /^y[^aeiou]/.test(lower)
}
