import { z } from 'zod'

/** What `model.json` of any pack says of its files, by their path in the folder. */
export const packFilesSchema = z.record(
  z.string(),
  z.object({
    bytes: z.number().int().nonnegative(),
    sha256: z.string().regex(/^[0-9a-f]{64}$/),
  }),
)

export type PackFiles = Readonly<z.infer<typeof packFilesSchema>>
