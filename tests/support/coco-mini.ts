import { existsSync, readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import type { CocoDataset, CocoDetection } from '#main/formats/coco-types.ts'

/** A file of the folder that lies beside the repository. */
export function sharedPath(...parts: string[]): string {
  return fileURLToPath(new URL(['../../../shared', ...parts].join('/'), import.meta.url))
}

export const hasShared = existsSync(sharedPath('data', 'reference', 'scores.json'))

export function readShared<T>(...parts: string[]): T {
  return JSON.parse(readFileSync(sharedPath(...parts), 'utf8')) as T
}

/** 79 photos of COCO val2017 with their 624 instances. */
export function readCocoMini(): CocoDataset {
  return readShared<CocoDataset>('data', 'coco-mini', 'instances.json')
}

/** What the bare Mask R-CNN found on these photos. */
export function readReferenceDetections(model: 'int8' | 'fp32'): CocoDetection[] {
  return readShared<CocoDetection[]>('data', 'reference', `detections.${model}.json`)
}
