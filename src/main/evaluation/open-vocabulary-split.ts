/**
 * The usual split of COCO for open vocabularies: 48 classes that a detector is trained on and 17 that it
 * is only asked for (Bansal et al., "Zero-Shot Object Detection", ECCV 2018, whose lists are
 * mscoco_seen_classes.json and mscoco_unseen_classes.json). 15 of COCO's 80 classes are in neither.
 */
// prettier-ignore
export const BASE_CLASSES: readonly string[] = [
  'person', 'bicycle', 'car', 'motorcycle', 'train', 'truck', 'boat', 'bench', 'bird', 'horse', 'sheep',
  'bear', 'zebra', 'giraffe', 'backpack', 'handbag', 'suitcase', 'frisbee', 'skis', 'kite', 'surfboard',
  'bottle', 'fork', 'spoon', 'bowl', 'banana', 'apple', 'sandwich', 'orange', 'broccoli', 'carrot',
  'pizza', 'donut', 'chair', 'bed', 'toilet', 'tv', 'laptop', 'mouse', 'remote', 'microwave', 'oven',
  'toaster', 'refrigerator', 'book', 'clock', 'vase', 'toothbrush',
]

// prettier-ignore
export const NOVEL_CLASSES: readonly string[] = [
  'airplane', 'bus', 'cat', 'dog', 'cow', 'elephant', 'umbrella', 'tie', 'snowboard', 'skateboard', 'cup',
  'knife', 'cake', 'couch', 'keyboard', 'sink', 'scissors',
]

export interface SplitCategories {
  /** Ids of categories. */
  readonly base: readonly number[]
  readonly novel: readonly number[]
}

/** Which categories of a dataset are base and novel, by their names; others are in neither. */
export function splitCategories(
  categories: readonly { readonly id: number; readonly name: string }[],
): SplitCategories {
  const idsOf = (names: readonly string[]): number[] => {
    const wanted = new Set(names)
    return categories
      .filter(({ name }) => wanted.has(name.normalize('NFC').trim().toLowerCase()))
      .map(({ id }) => id)
  }
  return { base: idsOf(BASE_CLASSES), novel: idsOf(NOVEL_CLASSES) }
}
