import { z } from 'zod'
import type { MachineReport } from '../machine.ts'
import type { MeasureProgress } from '../measurement.ts'
import { answering, nothing } from './command.ts'

/** What this machine is to the models. */
export const machineCommands = {
  /** Tries the providers with the installed packs, which takes some seconds. */
  'machine.examine': answering<MachineReport>()(nothing),
  /**
   * Times the detector pack in every way, on photos of the open project; `measure.progress` tells how
   * it goes on and ends, and the settings keep the result. CONFLICT while images are labelled.
   */
  'machine.measure': answering<MeasureProgress>()(nothing),
  'machine.cancelMeasure': answering<{ readonly isCancelled: boolean }>()(z.strictObject({})),
} as const
