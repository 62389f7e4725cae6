import { existsSync } from 'node:fs'
import type { MachineReport } from '#shared/contract/machine.ts'
import type { Measurement } from '#shared/contract/measurement.ts'
import { findPacks, type FoundPacks } from '#main/packs/find-packs.ts'
import type { PackRoot } from '#main/packs/pack-roots.ts'
import { summarisePack } from '../packs/workspace-packs.ts'
import type { InferenceOptions } from '../models/inference-service.ts'
import { findingsOf } from './findings.ts'
import { graphicsFacts } from '../machine/graphics-facts.ts'
import { measurementOf } from '../machine/measured.ts'
import { freeBytesAt, machineName, sandboxFacts, systemFacts } from '../machine/system-facts.ts'
import { askRuntime, TRIAL_LIMIT_MS, tryModels, tryProviders } from './try-models.ts'

export interface MachineOptions {
  /** Version of the product. */
  readonly lexmask: string
  readonly packRoots: readonly PackRoot[]
  readonly inference: InferenceOptions
  /** Where files are written. */
  readonly folders: readonly Omit<MachineReport['disks'][number], 'freeBytes'>[]
  readonly measurements: readonly Measurement[]
  /** For each process that tries a model. */
  readonly limitMs?: number
}

/** Everything about this machine that decides whether and how models run. Never throws. */
export async function examineMachine(options: MachineOptions): Promise<MachineReport> {
  const { inference, limitMs = TRIAL_LIMIT_MS } = options
  const { platform, env } = process
  const [runtime, graphics, found, sandbox, disks] = await Promise.all([
    askRuntime(inference.launch, limitMs),
    graphicsFacts(platform, env),
    packsIn(options.packRoots),
    sandboxFacts(platform),
    Promise.all(
      options.folders.map(async (one) => ({ ...one, freeBytes: await freeBytesAt(one.folder) })),
    ),
  ])
  const tried = await tryModels(inference, found, limitMs)
  const providers = await tryProviders(inference, found, tried, limitMs)
  const machine = machineName(graphics)
  const { packs, refused, searched } = found
  const detector = found.packs.find(({ name }) => name === tried.trial?.pack)
  const facts = {
    system: systemFacts(options.lexmask),
    runtime: runtime && { version: runtime.version, backends: runtime.backends },
    ...{ graphics, machine, providers, sandbox, disks },
    asked: inference.provider,
    ...tried,
    packs: packs.map((pack) => {
      const { kind, name, folder, precisions } = summarisePack(pack)
      return { kind, name, folder, precisions }
    }),
    refusedPacks: refused,
    packFolders: searched.map((folder) => ({ folder, isThere: existsSync(folder) })),
    measurement:
      detector?.kind === 'mask-rcnn'
        ? measurementOf(options.measurements, detector, machine)
        : null,
  }
  return { ...facts, findings: findingsOf(facts) }
}

/** A folder that is named and is not there is told like one without packs. */
async function packsIn(roots: readonly PackRoot[]): Promise<FoundPacks> {
  return findPacks(roots.map(({ folder }) => ({ folder, required: false })))
}
