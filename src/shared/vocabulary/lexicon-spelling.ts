/**
 * The same noun spelled in Britain and in America. A list, since rules ("-our" is "-or") would make
 * "four" of "for"; WordNet has most of the nouns that the lexicon holds in both forms already.
 */
const SPELLINGS: readonly (readonly [british: string, american: string])[] = [
  ['aeroplane', 'airplane'],
  ['aluminium', 'aluminum'],
  ['armour', 'armor'],
  ['armoured', 'armored'],
  ['axe', 'ax'],
  ['calibre', 'caliber'],
  ['carcase', 'carcass'],
  ['catalogue', 'catalog'],
  ['centre', 'center'],
  ['cheque', 'check'],
  ['chequered', 'checkered'],
  ['chilli', 'chili'],
  ['colour', 'color'],
  ['coloured', 'colored'],
  ['cosy', 'cozy'],
  ['disc', 'disk'],
  ['doughnut', 'donut'],
  ['draught', 'draft'],
  ['drier', 'dryer'],
  ['fibre', 'fiber'],
  ['flavour', 'flavor'],
  ['grey', 'gray'],
  ['harbour', 'harbor'],
  ['jewellery', 'jewelry'],
  ['kerb', 'curb'],
  ['labour', 'labor'],
  ['labourer', 'laborer'],
  ['licence', 'license'],
  ['litre', 'liter'],
  ['metre', 'meter'],
  ['mould', 'mold'],
  ['moustache', 'mustache'],
  ['neighbour', 'neighbor'],
  ['omelette', 'omelet'],
  ['parlour', 'parlor'],
  ['plough', 'plow'],
  ['programme', 'program'],
  ['pyjama', 'pajama'],
  ['pyjamas', 'pajamas'],
  ['racquet', 'racket'],
  ['sabre', 'saber'],
  ['sceptre', 'scepter'],
  ['storey', 'story'],
  ['sulphur', 'sulfur'],
  ['theatre', 'theater'],
  ['traveller', 'traveler'],
  ['travelling', 'traveling'],
  ['tricolour', 'tricolor'],
  ['tyre', 'tire'],
  ['waggon', 'wagon'],
  ['whisky', 'whiskey'],
  ['woollen', 'woolen'],
  ['yoghurt', 'yogurt'],
]
const OTHER_SPELLING = new Map(SPELLINGS.flatMap(([a, b]) => [[a, b] as const, [b, a] as const]))

/** @param name normalised; the same with its words spelled the other way, or null when none has one */
export function otherSpelling(name: string): string | null {
  const other = name
    .split(' ')
    .map((word) => OTHER_SPELLING.get(word) ?? word)
    .join(' ')
  return other === name ? null : other
}
