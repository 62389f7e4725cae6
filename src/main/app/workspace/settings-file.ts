import { mkdir, readFile, rename } from 'node:fs/promises'
import { dirname } from 'node:path'
import { z } from 'zod'
import {
  DEFAULT_SETTINGS,
  settingsSchema,
  withSettings,
  type Settings,
  type SettingsChange,
} from '#shared/contract/settings.ts'
import { writeAtomically } from '#main/formats/atomic-file.ts'

/**
 * A person's settings, as a JSON file that may be edited by hand. What is wrong in it takes its
 * default, field by field, and the file as it was is kept beside it as `.bak`.
 */
export class SettingsFile {
  readonly #file: string
  readonly #report: (error: unknown) => void
  #settings: Settings = DEFAULT_SETTINGS
  /** Changes are made one after another: each is laid over what the one before has written. */
  #last: Promise<unknown> = Promise.resolve()

  /** @param report gets why the file could not be read or written: the settings then last as long as the process */
  constructor(file: string, report: (error: unknown) => void) {
    this.#file = file
    this.#report = report
  }

  /** As they were read or changed last. */
  get settings(): Settings {
    return this.#settings
  }

  /** Reads the file. Never throws. */
  async read(): Promise<Settings> {
    const text = await readFile(this.#file, 'utf8').catch((error: NodeJS.ErrnoException) => {
      if (error.code !== 'ENOENT') this.#report(error)
      return null
    })
    if (text === null) return this.#settings
    const { settings, isSound } = parseSettings(text)
    this.#settings = settings
    if (!isSound) await rename(this.#file, `${this.#file}.bak`).catch(this.#report)
    return settings
  }

  /** Over what is in the file now: another Lexmask may have written it since. */
  change(change: SettingsChange): Promise<Settings> {
    const changed = this.#last.then(async () => {
      this.#settings = withSettings(await this.read(), change)
      await this.#write().catch(this.#report)
      return this.#settings
    })
    this.#last = changed
    return changed
  }

  async #write(): Promise<void> {
    const text = `${JSON.stringify(this.#settings, null, 2)}\n`
    await mkdir(dirname(this.#file), { recursive: true })
    await writeAtomically(this.#file, (sink) => sink.write(text))
  }
}

/** Settings out of a text that anybody may have written, and whether all of it could be used. */
export function parseSettings(text: string): { settings: Settings; isSound: boolean } {
  let value: unknown
  try {
    value = JSON.parse(text)
  } catch {
    return { settings: DEFAULT_SETTINGS, isSound: false }
  }
  const { fields, isSound } = readFields(settingsSchema, value, DEFAULT_SETTINGS)
  return { settings: fields as Settings, isSound }
}

/** A field that is missing is one of a later version, and no fault. */
function readFields(
  schema: z.ZodObject,
  value: unknown,
  defaults: object,
): { fields: Record<string, unknown>; isSound: boolean } {
  const isObject = typeof value === 'object' && value !== null && !Array.isArray(value)
  const given = new Map(Object.entries(isObject ? value : {}))
  const fields: Record<string, unknown> = {}
  let isSound = isObject
  for (const [name, fallback] of Object.entries(defaults)) {
    fields[name] = fallback
    if (!given.has(name)) continue
    const field = schema.shape[name] as z.ZodType
    if (field instanceof z.ZodObject) {
      const inner = readFields(field, given.get(name), fallback as object)
      fields[name] = inner.fields
      isSound &&= inner.isSound
      continue
    }
    if (field instanceof z.ZodRecord) {
      const inner = readEntries(field, given.get(name))
      fields[name] = inner.entries
      isSound &&= inner.isSound
      continue
    }
    const parsed = z.safeParse(field, given.get(name))
    if (parsed.success) fields[name] = parsed.data
    else isSound = false
  }
  return { fields, isSound }
}

/** Of a record of lists, the items that can be used; a list of which nothing can be used is left out. */
function readEntries(
  schema: z.ZodRecord,
  value: unknown,
): { entries: Record<string, unknown>; isSound: boolean } {
  if (z.safeParse(schema, value).success) {
    return { entries: value as Record<string, unknown>, isSound: true }
  }
  const isObject = typeof value === 'object' && value !== null
  const usable = Object.entries(isObject ? value : {}).flatMap(([name, list]) => {
    const items = Array.isArray(list) ? list : []
    const sound = items.filter((item) => z.safeParse(schema, { [name]: [item] }).success)
    const isEntry = sound.length > 0 && z.safeParse(schema, { [name]: sound }).success
    return isEntry ? [[name, sound] as const] : []
  })
  return { entries: Object.fromEntries(usable), isSound: false }
}
