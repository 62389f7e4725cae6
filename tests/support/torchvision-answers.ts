import { readFileSync } from 'node:fs'

/** What torchvision says, as tests/support/exports/known_answers.py wrote it down. */
export interface TorchvisionAnswers {
  readonly roiAlign: {
    readonly channels: number
    readonly height: number
    readonly width: number
    /** [channels, height, width] */
    readonly data: readonly number[]
    readonly boxes: readonly (readonly [number, number, number, number])[]
    readonly cells: number
    readonly answers: readonly {
      readonly samplingRatio: number
      /** [boxes, channels, cells, cells] */
      readonly regions: readonly number[]
    }[]
  }
  readonly regionProposals: {
    readonly input: { readonly width: number; readonly height: number }
    readonly image: { readonly width: number; readonly height: number }
    readonly preNmsTop: number
    readonly nmsIou: number
    readonly atMost: number
    readonly levels: readonly {
      readonly width: number
      readonly height: number
      readonly anchors: readonly (readonly number[])[]
      readonly logits: readonly number[]
      readonly deltas: readonly number[]
    }[]
    readonly boxes: readonly number[]
  }
}

export const readTorchvisionAnswers = (): TorchvisionAnswers =>
  JSON.parse(
    readFileSync(new URL('../fixtures/torchvision.json', import.meta.url), 'utf8'),
  ) as TorchvisionAnswers
