import type { BenchRow } from './report-schema.ts'

/** By the pack's thresholds unless it says otherwise. */
const WORDS: Record<BenchRow['words'], string> = {
  names: 'names',
  defaults: "product's defaults",
  'other-words': 'other words',
  'novel-by-text': 'novel by text alone',
}

/** The models of a row in a few words: "maskrcnn2go-coco int8 + clip-vit-b16". */
export function modelsLabel({ models: { detector, precision, clip } }: BenchRow): string {
  return `${detector} ${precision}${clip === null ? '' : ` + ${clip.name}`}`
}

export const wordsLabel = ({ words }: BenchRow): string => WORDS[words]

/** Whether what a row scores means nothing, as its pack is made for tests; its times do. */
export const isMeaningless = ({ models }: BenchRow): boolean => models.clip?.isForTests === true

/** COCO's -1 means that there is nothing to find. */
export const metricText = (value: number | null | undefined): string =>
  value === null || value === undefined || value < 0 ? '–' : value.toFixed(3)
