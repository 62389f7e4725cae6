import { indefiniteArticle } from './article.ts'

export const TEMPLATE_SETS = ['single', 'ensemble14', 'ensemble80'] as const
export type TemplateSet = (typeof TEMPLATE_SETS)[number]

/**
 * `{}` is the name, `{article}` is "a" or "an" by its first sound. Average over many wordings says
 * more about the thing than about the sentence (Radford et al. 2021, 3.1.4; Gu et al. 2022).
 */
const TEMPLATES: Readonly<Record<TemplateSet, readonly string[]>> = {
  single: ['a photo of {article} {}.'],
  ensemble14: [
    'a photo of {article} {}.',
    'a photo of the {}.',
    'a photo of one {}.',
    'a picture of {article} {} in the scene.',
    'a picture of the {} in the scene.',
    'a picture of one {} in the scene.',
    'the scene shows {article} {}.',
    'the scene shows the {}.',
    'a view of the scene with {article} {} in it.',
    'a view of the scene with the {} in it.',
    'one {} can be seen in the scene.',
    'a photo of a small {} in the scene.',
    'a photo of a medium-sized {} in the scene.',
    'a photo of a large {} in the scene.',
  ],
  ensemble80: [
    // The plain picture
    'a photo of {article} {}.',
    'a photo of the {}.',
    'a photo of one {}.',
    'a photo of my {}.',
    'a photo of many {}.',
    'a photograph of {article} {}.',
    'a picture of {article} {}.',
    'a picture of the {}.',
    'an image of {article} {}.',
    'an image of the {}.',
    'a snapshot of {article} {}.',
    'a scene with {article} {}.',
    'a scene with the {} in it.',
    'there is {article} {} in the scene.',
    'there is {article} {} in the picture.',
    'this is {article} {}.',
    // The quality of the picture
    'a good photo of {article} {}.',
    'a good photo of the {}.',
    'a bad photo of {article} {}.',
    'a bad photo of the {}.',
    'a blurry photo of {article} {}.',
    'a blurry photo of the {}.',
    'a sharp photo of {article} {}.',
    'a grainy photo of {article} {}.',
    'a noisy photo of the {}.',
    'a low resolution photo of {article} {}.',
    'a low resolution photo of the {}.',
    'a high resolution photo of {article} {}.',
    'a compressed image of {article} {}.',
    'a compressed image of the {}.',
    'a pixelated photo of {article} {}.',
    'a professional photo of {article} {}.',
    'an amateur photo of {article} {}.',
    // Light and colour
    'a bright photo of {article} {}.',
    'a bright photo of the {}.',
    'a dark photo of {article} {}.',
    'a dark photo of the {}.',
    'a black and white photo of {article} {}.',
    'a black and white photo of the {}.',
    'a colourful photo of {article} {}.',
    'an overexposed photo of {article} {}.',
    'a photo of {article} {} at night.',
    'a photo of {article} {} in daylight.',
    'a photo of {article} {} in the rain.',
    'a photo of {article} {} indoors.',
    'a photo of {article} {} outdoors.',
    // How much of it is seen, and from where
    'a close-up photo of {article} {}.',
    'a close-up photo of the {}.',
    'a cropped photo of {article} {}.',
    'a cropped photo of the {}.',
    'a photo of part of {article} {}.',
    'a photo of {article} {} that is partly hidden.',
    'a photo of {article} {} behind something.',
    'a photo of {article} {} that is hard to see.',
    'a photo of {article} {} seen from above.',
    'a photo of {article} {} seen from the side.',
    'a photo of {article} {} seen from behind.',
    'a photo of {article} {} far away.',
    'a photo of {article} {} in the background.',
    'a photo of {article} {} in the foreground.',
    // The thing itself
    'a photo of a small {}.',
    'a photo of the small {}.',
    'a photo of a medium {}.',
    'a photo of a large {}.',
    'a photo of the large {}.',
    'a photo of a clean {}.',
    'a photo of a dirty {}.',
    'a photo of a new {}.',
    'a photo of an old {}.',
    'a photo of a nice {}.',
    'a photo of a strange {}.',
    'a photo of a typical {}.',
    // Not a photo
    'a drawing of {article} {}.',
    'a sketch of {article} {}.',
    'a painting of {article} {}.',
    'a cartoon of {article} {}.',
    'a rendering of {article} {}.',
    'a sculpture of {article} {}.',
    'a toy {}.',
    'a video frame of {article} {}.',
  ],
}

/** A name that brings its own article ("the man on the left") would have two in a template. */
const LEADING_ARTICLE = /^(?:an?|the|one)\s+(?=\S)/i

function fill(template: string, name: string): string {
  const article = indefiniteArticle(name)
  // A function, because "$&" in a name would mean something in a replacement text.
  return template.replaceAll('{article}', article).replaceAll('{}', () => name)
}

/** The sentences that stand for a name, without repetition. */
export function promptsForName(name: string, set: TemplateSet): string[] {
  const bare = name.replace(LEADING_ARTICLE, '')
  return TEMPLATES[set].map((template) => fill(template, bare))
}

/** One word of a vocabulary with the sentences that stand for it. */
export interface PromptedWord {
  readonly word: string
  readonly prompts: readonly string[]
}

/**
 * A class's name and synonyms with their sentences. Own prompts replace the templates: one with
 * `{}` serves every name, one without it serves the class's name alone. A synonym that no prompt
 * mentions is left out.
 */
export function promptsForClass(
  {
    name,
    synonyms,
    prompts,
  }: {
    readonly name: string
    readonly synonyms: readonly string[]
    readonly prompts: readonly string[]
  },
  set: TemplateSet,
): PromptedWord[] {
  if (prompts.length === 0) {
    return [name, ...synonyms].map((word) => ({ word, prompts: promptsForName(word, set) }))
  }
  const forAnyName = prompts.filter((prompt) => prompt.includes('{}'))
  const own = { word: name, prompts: prompts.map((prompt) => fill(prompt, name)) }
  if (forAnyName.length === 0) return [own]
  return [
    own,
    ...synonyms.map((word) => ({ word, prompts: forAnyName.map((prompt) => fill(prompt, word)) })),
  ]
}
