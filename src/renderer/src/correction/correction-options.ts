import { defineStore } from 'pinia'
import { computed, shallowRef, watch } from 'vue'
import { MAX_BRUSH_DIAMETER } from '#shared/geometry/edit/brush.ts'
import type { BrushLook } from '../canvas/stage/paint-tool.ts'
import type { ToolName } from '../canvas/tools/tool-machine.ts'
import { useVocabularyStore } from '../stores/vocabulary.ts'
import { useWorkspaceStore } from '../stores/workspace.ts'
import type { Overlap } from './edit-context.ts'
import type { ShapeMode } from './gesture-edit.ts'

/** A notch of the wheel or a press of a key: fine for small brushes, quick for large ones. */
const BRUSH_STEP = 1.15

/** The brush a step larger or smaller; by a pixel at least. Image pixels. */
export function steppedDiameter(diameterPx: number, notches: 1 | -1): number {
  const stepped = Math.round(notches > 0 ? diameterPx * BRUSH_STEP : diameterPx / BRUSH_STEP)
  const moved = stepped === diameterPx ? diameterPx + notches : stepped
  return Math.min(MAX_BRUSH_DIAMETER, Math.max(1, moved))
}

/** The tool in hand and how it is set; of the window, over all images. */
export const useCorrectionOptions = defineStore('correction-options', () => {
  const vocabulary = useVocabularyStore()
  const workspace = useWorkspaceStore()

  const tool = shallowRef<ToolName>('select')
  const brush = shallowRef<BrushLook>({ shape: 'round', diameterPx: 24 })
  const shapeMode = shallowRef<ShapeMode>('new')
  const overlap = shallowRef<Overlap>('keep')
  /** Of growing, shrinking, smoothing and simplifying. Image pixels. */
  const amountPx = shallowRef(2)
  const chosenClassId = shallowRef<number | null>(null)

  /** The class that was chosen or used last; null before, and when it was removed. */
  const usedClassId = computed(() => {
    const id = chosenClassId.value
    return id !== null && vocabulary.classById.has(id) ? id : null
  })
  /** Of new annotations. */
  const activeClass = computed(
    () =>
      (usedClassId.value === null ? undefined : vocabulary.classById.get(usedClassId.value)) ??
      vocabulary.classes.at(0) ??
      null,
  )
  const isReadOnly = computed(() => workspace.project?.isReadOnly === true)

  // Another project has other classes, and begins with no tool in hand.
  watch(
    () => workspace.project?.path,
    () => {
      chosenClassId.value = null
      tool.value = 'select'
    },
  )

  return {
    tool,
    brush,
    shapeMode,
    overlap,
    amountPx,
    usedClassId,
    activeClass,
    isReadOnly,
    useClass: (classId: number): void => void (chosenClassId.value = classId),
    resizeBrush: (notches: 1 | -1): void => {
      const { shape, diameterPx } = brush.value
      brush.value = { shape, diameterPx: steppedDiameter(diameterPx, notches) }
    },
  }
})
