import { LexmaskError } from '#shared/contract/errors.ts'
import { oracleLabels } from '#main/evaluation/oracle-rows.ts'
import { evaluateDetections, type Evaluation } from '#main/evaluation/evaluate-detections.ts'
import { EvaluationError } from '#main/evaluation/evaluation-error.ts'
import type { CocoDataset, CocoDetection } from '#main/formats/coco-types.ts'
import { readCocoDataset, readCocoFile, type CocoFile } from '#main/formats/read-coco.ts'
import { badMaskIn } from '#main/formats/bad-mask.ts'
import { GeometryError } from '#shared/geometry/geometry-error.ts'
import type { XywhBox } from '#shared/geometry/box.ts'

export interface FileEvaluation {
  readonly iouType: 'bbox' | 'segm'
  readonly evaluation: Evaluation
  /** The same detections with the right classes: what is left is localisation alone. */
  readonly oracleLabels: Evaluation | null
}

/** What of the detections has no counterpart in the ground truth, and so was not counted. */
export interface Unmatched {
  readonly images: readonly string[]
  /** Classes; none when classes are not compared. */
  readonly classes: readonly string[]
}

export interface EvaluationOptions {
  readonly iouTypes: readonly ('bbox' | 'segm')[]
  readonly useCategories: boolean
  readonly withOracle: boolean
  /** Of detections that Lexmask exported: those of the masks, or those that the detector drew. */
  readonly boxes: 'mask' | 'detector'
}

/**
 * COCO metrics of one file against another. Detections are a results list, or a dataset with scores
 * as Lexmask exports; its images are matched by file name and its categories by name, since every
 * dataset numbers them in its own way.
 *
 * @throws LexmaskError FILE_NOT_FOUND, FILE_UNREADABLE, FORMAT_INVALID; the last also for detections
 *   without a box of the detector, when these are to be compared
 */
export async function evaluateFiles(
  groundTruthFile: string,
  detectionFile: string,
  { iouTypes, useCategories, withOracle, boxes }: EvaluationOptions,
): Promise<{ results: FileEvaluation[]; unmatched: Unmatched }> {
  const groundTruth = await readCocoDataset(groundTruthFile)
  const detected = withBoxes(await readCocoFile(detectionFile), boxes, detectionFile)
  const { detections, unmatched } =
    detected.kind === 'detections'
      ? listedDetections(detected.detections, groundTruth)
      : matchedDetections(detected.dataset, groundTruth, detectionFile, useCategories)
  try {
    const results = iouTypes.map((iouType) => {
      const input = { groundTruth, detections, iouType, useCategories }
      const evaluation = evaluateDetections(input)
      if (!withOracle || !useCategories) return { iouType, evaluation, oracleLabels: null }
      const relabelled = { ...input, detections: oracleLabels(input) }
      return { iouType, evaluation, oracleLabels: evaluateDetections(relabelled) }
    })
    return { results, unmatched }
  } catch (error) {
    if (error instanceof GeometryError) {
      const truth: CocoFile = { kind: 'dataset', dataset: groundTruth }
      const { images } = groundTruth
      throw (
        badMaskIn(groundTruthFile, truth, images) ??
        badMaskIn(detectionFile, detected, images) ??
        error
      )
    }
    if (!(error instanceof EvaluationError)) throw error
    throw new LexmaskError('FORMAT_INVALID', `${detectionFile}: ${error.message}`, {
      file: detectionFile,
      code: error.code,
    })
  }
}

/** The file with the boxes that are to be compared in the place of its own. */
function withBoxes(file: CocoFile, boxes: EvaluationOptions['boxes'], name: string): CocoFile {
  if (boxes === 'mask') return file
  const refuse = (what: string): LexmaskError =>
    new LexmaskError('FORMAT_INVALID', `${name} ${what}`, { file: name })
  if (file.kind === 'detections') {
    throw refuse('is a results list, which has one box each. Leave out --boxes detector.')
  }
  const annotations = file.dataset.annotations.map((annotation) => {
    const bbox = boxOf(annotation.lexmask?.box)
    if (bbox) return { ...annotation, bbox }
    throw refuse(
      `has no "lexmask.box" in annotation ${annotation.id}: the detector's box is only known of what ` +
        'a run proposed, and was exported with this version. Export again, or leave out --boxes detector.',
    )
  })
  return { kind: 'dataset', dataset: { ...file.dataset, annotations } }
}

/** Whatever the file has there, as a box; null when it is none. */
function boxOf(value: unknown): XywhBox | null {
  const isBox =
    Array.isArray(value) && value.length === 4 && value.every((side) => Number.isFinite(side))
  return isBox ? (value as unknown as XywhBox) : null
}

interface Matched {
  readonly detections: readonly CocoDetection[]
  readonly unmatched: Unmatched
}

/** A results list is of the ground truth's own numbers; a photo that it does not have is refused. */
function listedDetections(detections: readonly CocoDetection[], groundTruth: CocoDataset): Matched {
  const known = new Set(groundTruth.categories.map(({ id }) => id))
  const used = new Set(detections.map(({ category_id }) => category_id))
  const unknown = [...used].filter((id) => !known.has(id))
  return { detections, unmatched: { images: [], classes: unknown.map((id) => `category ${id}`) } }
}

function matchedDetections(
  detected: CocoDataset,
  groundTruth: CocoDataset,
  file: string,
  useCategories: boolean,
): Matched {
  const imageIds = new Map(groundTruth.images.map(({ file_name, id }) => [file_name, id]))
  const fold = (name: string): string => name.normalize('NFC').trim().toLowerCase()
  const categoryIds = new Map(groundTruth.categories.map(({ name, id }) => [fold(name), id]))
  const imageOf = new Map(detected.images.map(({ id, file_name }) => [id, imageIds.get(file_name)]))
  // Without classes any one will do; a detection of none would not be compared.
  const anyId = useCategories ? undefined : groundTruth.categories[0]?.id
  const categoryOf = new Map(
    detected.categories.map(({ id, name }) => [id, categoryIds.get(fold(name)) ?? anyId]),
  )
  if (detected.images.length > 0 && [...imageOf.values()].every((id) => id === undefined)) {
    throw new LexmaskError(
      'FORMAT_INVALID',
      `${file} has none of the photos of the ground truth: no file name is in both. ` +
        'Give the annotations of the same photos.',
      { file },
    )
  }
  const detections = detected.annotations.flatMap((annotation) => {
    const image_id = imageOf.get(annotation.image_id)
    const category_id = categoryOf.get(annotation.category_id)
    if (image_id === undefined || category_id === undefined) return []
    // Drawn by a person: there is no doubt in it.
    const score = annotation.score ?? 1
    return [
      {
        image_id,
        category_id,
        score,
        bbox: annotation.bbox,
        segmentation: annotation.segmentation,
      },
    ]
  })
  const used = new Set(detected.annotations.map(({ category_id }) => category_id))
  return {
    detections,
    unmatched: {
      images: detected.images
        .filter(({ id }) => imageOf.get(id) === undefined)
        .map(({ file_name }) => file_name),
      classes: detected.categories
        .filter(({ id }) => used.has(id) && categoryOf.get(id) === undefined)
        .map(({ name }) => name),
    },
  }
}
