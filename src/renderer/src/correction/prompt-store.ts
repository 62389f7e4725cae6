import { defineStore } from 'pinia'
import { shallowRef, watch } from 'vue'
import type { CommandOutput } from '#shared/contract/commands.ts'
import type { EncodedMask } from '#shared/contract/records.ts'
import type { Box } from '#shared/geometry/box.ts'
import type { Size } from '#shared/geometry/size.ts'
import type { DrawnOn } from '../canvas/canvas-content.ts'
import type { PromptGesture, PromptPoint } from '../canvas/tools/gesture.ts'
import { useTranslation } from '../i18n/translation.ts'
import { useSelectionStore } from '../stores/selection.ts'
import { useToastsStore } from '../stores/toasts.ts'
import { useVocabularyStore } from '../stores/vocabulary.ts'
import { useWorkspaceStore } from '../stores/workspace.ts'
import { useClient } from '../transport/use-client.ts'
import { useCorrectionOptions } from './correction-options.ts'
import { useCorrectionStore } from './correction-store.ts'
import type { EditedImage } from './correction-store.ts'
import type { BuiltEdit, EditContext } from './edit-context.ts'
import { creation } from './gesture-edit.ts'
import { ringsOfMask } from './outlines.ts'

/** A mask that a model made and that nobody has agreed to yet, or that has no class yet. */
export interface PromptedMask extends EditedImage {
  readonly mask: EncodedMask
  readonly step: 'Box to mask' | 'Points to mask'
}

/** Masks that a model makes of boxes and points; meanwhile one can go on. */
export const usePromptStore = defineStore('prompts', () => {
  const client = useClient()
  const workspace = useWorkspaceStore()
  const selection = useSelectionStore()
  const vocabulary = useVocabularyStore()
  const options = useCorrectionOptions()
  const corrections = useCorrectionStore()
  const toasts = useToastsStore()
  const { t } = useTranslation()

  /** What the installed packs can answer; null until it is known. */
  const tools = shallowRef<CommandOutput<'prompts.available'> | null>(null)
  /** Boxes in which a model is at work. */
  const waiting = shallowRef<readonly { readonly imageId: number; readonly box: Box }[]>([])
  /** What the model says to the points so far. */
  const suggested = shallowRef<PromptedMask | null>(null)
  /** Waits until a class is chosen. */
  const unnamed = shallowRef<PromptedMask | null>(null)
  let prompts = 0
  let answering: Promise<void> = Promise.resolve()

  async function refresh(): Promise<void> {
    tools.value = await client.request('prompts.available').catch(() => null)
  }

  function perform(gesture: PromptGesture, { pictureId, size }: DrawnOn): void {
    if (typeof pictureId !== 'number' || options.isReadOnly) return
    const on = { imageId: pictureId, size }
    switch (gesture.kind) {
      case 'box-prompt':
        return void askAboutBox(on, gesture.box)
      case 'point-prompt':
        answering = askAboutPoints(on, gesture.points)
        return
      case 'accept-points':
        return void acceptPoints()
    }
  }

  async function askAboutBox(on: EditedImage, box: Box): Promise<void> {
    const clipped = clippedBox(box, on.size)
    if (clipped === null) return void toasts.show({ message: t('correction.refused.emptyShape') })
    const shown = { imageId: on.imageId, box: clipped }
    waiting.value = [...waiting.value, shown]
    try {
      const [x1, y1, x2, y2] = clipped
      const { mask, suggestions } = await client.request('masks.fromBox', {
        imageId: on.imageId,
        box: [x1, y1, x2 - x1, y2 - y1],
      })
      const known = suggestions.find(({ classId }) => classId !== null)
      keep({ ...on, mask, step: 'Box to mask' }, known?.classId ?? options.usedClassId)
    } catch (error) {
      toasts.showError(error)
    } finally {
      waiting.value = waiting.value.filter((one) => one !== shown)
    }
  }

  async function askAboutPoints(on: EditedImage, points: readonly PromptPoint[]): Promise<void> {
    const prompt = ++prompts
    if (points.length === 0) {
      suggested.value = null
      return
    }
    try {
      const { mask } = await client.request('masks.fromPoints', {
        imageId: on.imageId,
        points: [...points],
      })
      if (prompt === prompts) suggested.value = { ...on, mask, step: 'Points to mask' }
    } catch (error) {
      if (prompt === prompts) toasts.showError(error)
    }
  }

  async function acceptPoints(): Promise<void> {
    // The answer to the last click may still be on its way.
    await answering
    const made = suggested.value
    suggested.value = null
    if (made !== null) keep(made, options.activeClass?.id ?? null)
  }

  /** Becomes an annotation; where the class is open it waits until one is chosen. */
  function keep(made: PromptedMask, classId: number | null): void {
    const { step, mask } = made
    const isOpen = classId === null && vocabulary.classes.length > 1
    if (isOpen) unnamed.value = made
    else {
      const build = creationOf(step, mask, classId)
      void corrections.commit(made, build, [{ kind: 'rings', rings: ringsOfMask(mask) }])
    }
  }

  /** @param classId null gives the mask up */
  function name(classId: number | null): void {
    const made = unnamed.value
    unnamed.value = null
    if (made !== null && classId !== null) keep(made, classId)
  }

  // Settings name the pack and the folder that is looked through.
  watch(
    () => [workspace.project?.path, workspace.state?.settings],
    () => void refresh(),
    { immediate: true },
  )
  client.subscribe('pack.progress', ({ state }) => {
    if (state === 'done') void refresh()
  })
  watch(
    () => selection.currentImageId,
    () => {
      suggested.value = null
      unnamed.value = null
    },
  )

  return { tools, waiting, suggested, unnamed, perform, name }
})

const creationOf =
  (step: PromptedMask['step'], mask: EncodedMask, classId: number | null) =>
  (context: EditContext): BuiltEdit =>
    creation(context, step, mask, classId ?? undefined)

/** The part of a box in the image; null where there is none. */
function clippedBox([x1, y1, x2, y2]: Box, { width, height }: Size): Box | null {
  const box: Box = [Math.max(0, x1), Math.max(0, y1), Math.min(width, x2), Math.min(height, y2)]
  return box[2] - box[0] >= 1 && box[3] - box[1] >= 1 ? box : null
}
