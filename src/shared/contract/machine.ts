import { z } from 'zod'
import { measurementSchema } from './measurement.ts'
import {
  PROVIDER_CHOICES,
  providerRefusalSchema,
  providerReportSchema,
  PROVIDERS,
} from './providers.ts'

const findingSchema = z.strictObject({
  topic: z.enum([
    'system',
    'runtime',
    'graphics',
    'provider',
    'session',
    'pack',
    'folder',
    'disk',
    'language',
    'window',
    'measurement',
  ]),
  /** With a `problem` nothing can be labelled; a `note` is worth a look. */
  level: z.enum(['fine', 'note', 'problem']),
  fact: z.string(),
  meaning: z.string(),
  /** null when there is nothing to do. */
  advice: z.string().nullable(),
})
/** One line of a doctor's report, in English. */
export type Finding = z.infer<typeof findingSchema>

const systemSchema = z.strictObject({
  platform: z.string(),
  /** As the system calls itself. */
  name: z.string(),
  architecture: z.string(),
  processor: z.string(),
  cores: z.int(),
  memoryBytes: z.number(),
  freeMemoryBytes: z.number(),
  lexmask: z.string(),
  node: z.string(),
  electron: z.string().nullable(),
  locale: z.string(),
})
export type SystemFacts = z.infer<typeof systemSchema>

const graphicsSchema = z.strictObject({
  adapters: z.array(z.strictObject({ name: z.string(), driver: z.string().nullable() })),
  /** Of Linux, where WebGPU needs them; null elsewhere. */
  vulkan: z.strictObject({ hasLoader: z.boolean(), drivers: z.array(z.string()) }).nullable(),
})
export type GraphicsFacts = z.infer<typeof graphicsSchema>

const sandboxSchema = z.strictObject({
  isAvailable: z.boolean(),
  why: z.enum(['system', 'root', 'namespaces-off', 'apparmor']),
})
/** Whether Electron can lock its window in; Linux has conditions. */
export type SandboxFacts = z.infer<typeof sandboxSchema>

/** What a provider of this platform came to, tried with the detector. */
const providerStateSchema = z.strictObject({
  provider: z.enum(PROVIDERS),
  /** Whether a run would use it as the settings are. */
  isUsed: z.boolean(),
  /** Part of the operators' time that it had when it was tried; null when it was not, or does not run. */
  share: z.number().nullable(),
  /** null for one that runs. */
  refusal: providerRefusalSchema.nullable(),
})
export type ProviderState = z.infer<typeof providerStateSchema>

/** All that was found out about a machine. */
export const machineReportSchema = z.strictObject({
  system: systemSchema,
  /** The inference engine; null when its process does not start. */
  runtime: z
    .strictObject({
      version: z.string(),
      backends: z.array(z.strictObject({ name: z.string(), isBundled: z.boolean() })).readonly(),
    })
    .nullable(),
  graphics: graphicsSchema,
  /** Processor and graphics, in words: measurements of another one do not count here. */
  machine: z.string(),
  asked: z.enum(PROVIDER_CHOICES),
  providers: z.array(providerStateSchema),
  /** What a run would use, as it was tried; null when no model could be opened. */
  trial: z.strictObject({ pack: z.string(), report: providerReportSchema }).nullable(),
  /** Why no model could be opened. */
  failure: z.string().nullable(),
  packs: z.array(
    z.strictObject({
      kind: z.string(),
      name: z.string(),
      folder: z.string(),
      precisions: z.array(z.string()).readonly(),
    }),
  ),
  refusedPacks: z.array(z.strictObject({ folder: z.string(), reason: z.string() })).readonly(),
  packFolders: z.array(z.strictObject({ folder: z.string(), isThere: z.boolean() })),
  disks: z.array(
    z.strictObject({
      use: z.enum(['project', 'packs', 'pictures', 'settings', 'temporary']),
      folder: z.string(),
      /** null when the system does not tell. */
      freeBytes: z.number().nullable(),
    }),
  ),
  sandbox: sandboxSchema,
  /** Of the detector pack on this machine. */
  measurement: measurementSchema.nullable(),
  findings: z.array(findingSchema),
})
export type MachineReport = z.infer<typeof machineReportSchema>
