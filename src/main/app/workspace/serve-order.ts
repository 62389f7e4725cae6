import { z } from 'zod'

/** What the command line asks of the process that serves a browser. */
export const serveOrderSchema = z.strictObject({
  /** Absolute. */
  project: z.string().nullable(),
  /** 0 takes a free one. */
  port: z.int().min(0).max(65_535),
  host: z.string().min(1),
  /** Folder of the packs; null looks in the usual ones. */
  models: z.string().nullable(),
})
export type ServeOrder = z.infer<typeof serveOrderSchema>
