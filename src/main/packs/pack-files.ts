import { z } from 'zod'

/** Control and format characters: a terminal obeys them, and a person cannot see them. */
const UNSEEN = /\p{C}/u

/**
 * Whether a text names one entry of a folder, on every system, and one that is not hidden: no path, no
 * drive, no way up.
 */
const isEntryName = (text: string): boolean =>
  text !== '' && !text.startsWith('.') && !/[/\\:]/.test(text) && !UNSEEN.test(text)

/** A name that can stand for a pack: folders of its installation are called by it. */
export const isPackName = (text: string): boolean => text.length <= 100 && isEntryName(text)

/** What a pack calls itself. Whoever wrote its description is not trusted with a path. */
export const packNameSchema = z
  .string()
  .refine(isPackName, 'must be a name of at most 100 characters, without slashes and colons')

const isPathInside = (path: string): boolean =>
  path.length <= 300 && path.split('/').every(isEntryName)
const MUST_BE_INSIDE = 'must be a path inside of the pack, such as onnx/model.onnx'
/** A file of a pack as its description names it: what is outside of its folder is none of it. */
export const packPathSchema = z.string().refine(isPathInside, MUST_BE_INSIDE)

/** What `model.json` of any pack says of its files, by their path in the folder. */
export const packFilesSchema = z
  .record(
    z.string(),
    z.object({
      bytes: z.number().int().nonnegative(),
      sha256: z.string().regex(/^[0-9a-f]{64}$/),
    }),
  )
  .superRefine((files, context) => {
    const outside = Object.keys(files).filter((path) => !isPathInside(path))
    for (const path of outside) {
      context.addIssue({ code: 'custom', path: [path], message: MUST_BE_INSIDE })
    }
  })

export type PackFiles = Readonly<z.infer<typeof packFilesSchema>>
