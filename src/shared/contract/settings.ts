import { z } from 'zod'
import { measurementSchema } from './measurement.ts'
import { PROVIDER_CHOICES } from './providers.ts'

const viewSchema = z.strictObject({
  maskOpacity: z.number().min(0).max(1),
  hasOutlines: z.boolean(),
  hasBoxes: z.boolean(),
  hasLabels: z.boolean(),
  /** Candidates under the threshold, faintly. */
  hasGhosts: z.boolean(),
  /** Each pixel in the colour of its best mask's class, instead of masks with lines. */
  isSemantic: z.boolean(),
  /** Side of a thumbnail in the grid, CSS pixels. */
  thumbnailPx: z.int().min(64).max(320),
  leftPanelPx: z.int().min(160).max(800),
  rightPanelPx: z.int().min(200).max(800),
  /** Height of the vocabulary above the annotations. */
  vocabularyPx: z.int().min(120).max(900),
})
export type ViewSettings = z.infer<typeof viewSchema>

/** `Mod+Shift+Z`, `?`, `ArrowLeft`, `Alt+1–9`: as the window writes a key press. */
const keysSchema = z.string().regex(/^(Mod\+)?(Alt\+)?(Shift\+)?(1–9|[^\sa-z]|[A-Z][A-Za-z0-9]+)$/u)

/** What a person set, for all projects. */
export const settingsSchema = z.strictObject({
  locale: z.enum(['system', 'en', 'zh-CN']),
  theme: z.enum(['system', 'dark', 'light']),
  provider: z.enum(PROVIDER_CHOICES),
  /** Of the detector; null takes the fastest as it was measured, else int8 where the pack has it. */
  precision: z.string().min(1).max(20).nullable(),
  /** 0 leaves the number to the engine. */
  threads: z.int().min(0).max(256),
  /** Name of a Mask R-CNN pack; null takes the first. */
  pack: z.string().min(1).nullable(),
  /** Looked through before the usual folders. */
  packFolder: z.string().min(1).nullable(),
  /** The person's name beside what is judged; null takes that of the system's account. */
  reviewerName: z.string().trim().min(1).max(100).nullable(),
  /** Instead of the host that the list of packs names: its address, with the same paths behind it. */
  packMirror: z.url({ protocol: /^https?$/ }).nullable(),
  /** For downloads of packs; null takes the environment's. */
  packProxy: z.url({ protocol: /^https?$/ }).nullable(),
  /** A list of packs instead of Lexmask's own: a file. */
  packManifest: z.string().min(1).nullable(),
  /** The first-run guide was finished or put away. */
  isGuideDone: z.boolean(),
  /**
   * Keys by the id of an action, as far as they differ from the window's table; none for an action
   * whose keys were taken away. Ids that this version does not have are kept.
   */
  shortcuts: z.record(z.string().min(1).max(100), z.array(keysSchema).max(12)),
  /** How fast packs are on machines of this person, the newest first. */
  measurements: z.array(measurementSchema).max(50).readonly(),
  view: viewSchema,
})
export type Settings = z.infer<typeof settingsSchema>

/** What is left out stays. */
export const settingsChangeSchema = settingsSchema.partial().extend({
  view: viewSchema.partial().optional(),
})
export type SettingsChange = z.infer<typeof settingsChangeSchema>

export const DEFAULT_SETTINGS: Settings = {
  locale: 'system',
  theme: 'system',
  provider: 'auto',
  precision: null,
  threads: 0,
  pack: null,
  packFolder: null,
  reviewerName: null,
  packMirror: null,
  packProxy: null,
  packManifest: null,
  isGuideDone: false,
  shortcuts: {},
  measurements: [],
  view: {
    maskOpacity: 0.45,
    hasOutlines: true,
    hasBoxes: false,
    hasLabels: true,
    hasGhosts: false,
    isSemantic: false,
    thumbnailPx: 128,
    leftPanelPx: 288,
    rightPanelPx: 320,
    vocabularyPx: 340,
  },
}

/** The settings after a change. */
export function withSettings(settings: Settings, { view, ...rest }: SettingsChange): Settings {
  return { ...settings, ...given(rest), view: { ...settings.view, ...given(view ?? {}) } }
}

type Given<Part> = { [Name in keyof Part]?: Exclude<Part[Name], undefined> }

/** `undefined` is no value: it would put out the one that is there. */
function given<Part extends object>(part: Part): Given<Part> {
  return Object.fromEntries(
    Object.entries(part).filter(([, value]) => value !== undefined),
  ) as Given<Part>
}
