import type { LexiconRelation } from './lexicon.ts'

/** The closest first. */
const CLOSENESS: readonly LexiconRelation[] = ['exact', 'synonym', 'kind', 'covers']

export const isCloserThan = (a: LexiconRelation, b: LexiconRelation): boolean =>
  CLOSENESS.indexOf(a) < CLOSENESS.indexOf(b)

/** Things that words stand for, by name (classes of the detector, or names with a text vector). */
export type Claims = ReadonlyMap<string, LexiconRelation>

/** A negative of one class, or of all. */
export interface NegativeClaims {
  readonly word: string
  /** null: against all classes. */
  readonly classIndex: number | null
  readonly claims: Claims
}

/** Why a class does not get something that its words stand for. */
export interface Yielded {
  readonly thing: string
  /** How the class's own word stands to it. */
  readonly relation: LexiconRelation
  /** Index of the class that gets it; null when a negative does. */
  readonly classIndex: number | null
  /** The negative; null when a class gets it. */
  readonly negative: string | null
  /** How the word that gets it stands to it. */
  readonly winner: LexiconRelation
}

export interface SettledClaims {
  /** What each class gets. */
  readonly classes: readonly Claims[]
  /** What each class's words stand for and it does not get. */
  readonly yielded: readonly (readonly Yielded[])[]
  /** What each negative takes away, in their order. */
  readonly negatives: readonly NegativeClaims[]
}

interface Claim {
  readonly classIndex: number
  readonly relation: LexiconRelation
  /** How many things the class covers; 0 where it stands closer. */
  readonly breadth: number
}

/**
 * Who gets what the words of several classes stand for, since an object that two classes are given
 * would be labelled by chance:
 *
 * - A negative takes a thing from classes that stand to it less closely, or as closely. Only a name
 *   and another word for it count: "toy car" as a negative does not take away all cars.
 * - Of several classes the closest gets it ("dog" before "poodle" before "animal"), of wider words
 *   the one that covers less ("fruit" before "food"), the first of equals. Where a region may have several classes (`allowsSeveral`) all get it, but for a mere
 *   kind beside a class's own name: that all dogs are poodles is a guess, that they are animals is
 *   true.
 */
export function settleClaims(
  classes: readonly Claims[],
  negatives: readonly NegativeClaims[],
  { allowsSeveral }: { readonly allowsSeveral: boolean },
): SettledClaims {
  const breadths = classes.map(
    (own) => [...own.values()].filter((relation) => relation === 'covers').length,
  )
  const kept = classes.map(() => new Set<string>())
  const yielded = classes.map((): Yielded[] => [])
  const effective = negatives.map(() => new Map<string, LexiconRelation>())
  const things = new Set([...classes, ...negatives.map(({ claims }) => claims)].flatMap(keysOf))
  for (const thing of things) {
    const claims = classes.flatMap((own, classIndex): Claim[] => {
      const relation = own.get(thing)
      if (relation === undefined) return []
      return [{ classIndex, relation, breadth: relation === 'covers' ? breadths[classIndex] : 0 }]
    })
    const against = negatives.map((negative) => {
      const relation = negative.claims.get(thing)
      return relation !== undefined && isName(relation) ? { ...negative, relation } : null
    })
    const rest = claims.filter(({ classIndex, relation }) => {
      const winner = against.find(
        (negative) =>
          negative !== null &&
          isAgainst(negative, classIndex) &&
          !isCloserThan(relation, negative.relation),
      )
      if (!winner) return true
      const { word, relation: by } = winner
      yielded[classIndex].push({ thing, relation, classIndex: null, negative: word, winner: by })
      return false
    })
    against.forEach((negative, index) => {
      // What is left is closer than the negative, which is then no argument.
      if (!negative || rest.some(({ classIndex }) => isAgainst(negative, classIndex))) return
      effective[index].set(thing, negative.relation)
    })
    for (const claim of rest) {
      const winner = winnerOver(claim, rest, allowsSeveral)
      const { classIndex, relation } = claim
      if (winner) {
        const { classIndex: to, relation: by } = winner
        yielded[classIndex].push({ thing, relation, classIndex: to, negative: null, winner: by })
      } else {
        kept[classIndex].add(thing)
      }
    }
  }
  const settled = negatives.map((negative, index) => ({ ...negative, claims: effective[index] }))
  // In the order in which the words stand to them.
  const inOrder = classes.map((own, at) => new Map([...own].filter(([key]) => kept[at].has(key))))
  return { classes: inOrder, yielded, negatives: settled }
}

const keysOf = (claims: Claims): string[] => [...claims.keys()]

const isName = (relation: LexiconRelation): boolean =>
  relation === 'exact' || relation === 'synonym'

const isAgainst = (negative: NegativeClaims, classIndex: number): boolean =>
  negative.classIndex === null || negative.classIndex === classIndex

const isBetter = (a: Claim, b: Claim): boolean =>
  a.relation === b.relation ? a.breadth < b.breadth : isCloserThan(a.relation, b.relation)

/** The claim to which one yields; null when it stands. */
function winnerOver(claim: Claim, all: readonly Claim[], allowsSeveral: boolean): Claim | null {
  const closest = all.reduce((a, b) => (isBetter(b, a) ? b : a))
  if (closest === claim) return null
  const isGuess = claim.relation === 'kind' && isName(closest.relation)
  return allowsSeveral && !isGuess ? null : closest
}

/** The closest relation of several words to each thing. */
export function mergeClaims(all: readonly Claims[]): Map<string, LexiconRelation> {
  const merged = new Map<string, LexiconRelation>()
  for (const [thing, relation] of all.flatMap((claims) => [...claims])) {
    const known = merged.get(thing)
    if (known === undefined || isCloserThan(relation, known)) merged.set(thing, relation)
  }
  return merged
}
