import { createHash } from 'node:crypto'
import type { Measurement } from '#shared/contract/measurement.ts'
import type { MaskRcnnPack } from '#main/packs/find-packs.ts'
import { graphicsFacts } from './graphics-facts.ts'
import { machineName } from './system-facts.ts'

/** What `auto` may rely on: the measurement of a pack on this machine. */
export type FindMeasurement = (pack: MaskRcnnPack) => Measurement | null

/** Names a pack by its description, and so by the sha256 of its files. */
export function packKey({ description }: MaskRcnnPack): string {
  return createHash('sha256').update(JSON.stringify(description)).digest('hex')
}

/** @returns null when the pack, as it is now, was not measured on this machine */
export function measurementOf(
  measurements: readonly Measurement[],
  pack: MaskRcnnPack,
  machine: string,
): Measurement | null {
  const key = packKey(pack)
  return measurements.find((one) => one.packSha256 === key && one.machine === machine) ?? null
}

let known: Promise<string> | null = null

/** The name of this machine, asked of the system once. */
export function thisMachine(): Promise<string> {
  known ??= graphicsFacts(process.platform, process.env).then(machineName)
  return known
}

/** What was measured on this machine; without any measurement the system is not asked for its name. */
export async function findMeasured(measurements: readonly Measurement[]): Promise<FindMeasurement> {
  if (measurements.length === 0) return () => null
  const machine = await thisMachine()
  return (pack) => measurementOf(measurements, pack, machine)
}

const KEPT = 50

/** The list with a new one, which takes the place of an older one of the same pack and machine. */
export function withMeasurement(
  measurements: readonly Measurement[],
  measured: Measurement,
): Measurement[] {
  const others = measurements.filter(
    ({ packSha256, machine }) => packSha256 !== measured.packSha256 || machine !== measured.machine,
  )
  return [measured, ...others].slice(0, KEPT)
}
