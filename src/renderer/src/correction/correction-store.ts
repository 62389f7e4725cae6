import { defineStore } from 'pinia'
import { shallowRef, watch } from 'vue'
import type { EditReceipt } from '#shared/contract/commands/annotations.ts'
import type { EncodedMask } from '#shared/contract/records.ts'
import { LexmaskError } from '#shared/contract/errors.ts'
import { maskFromPolygons } from '#shared/geometry/contours.ts'
import type { Ring } from '#shared/geometry/contours.ts'
import type { Point } from '#shared/geometry/point.ts'
import type { Size } from '#shared/geometry/size.ts'
import type { DrawnOn } from '../canvas/canvas-content.ts'
import { PLAIN_LOOK } from '../canvas/stage/paint-tool.ts'
import type { ToolLook, ToolPicture } from '../canvas/stage/paint-tool.ts'
import type { DrawnGesture, Line } from '../canvas/tools/gesture.ts'
import { startOf } from '../canvas/tools/lines.ts'
import type { PreviewShape } from '../canvas/tools/preview.ts'
import { useTranslation } from '../i18n/translation.ts'
import { useCurrentImageStore } from '../stores/current-image.ts'
import { useImagesStore } from '../stores/images.ts'
import { useSelectionStore } from '../stores/selection.ts'
import { useToastsStore } from '../stores/toasts.ts'
import { useVocabularyStore } from '../stores/vocabulary.ts'
import { useClient } from '../transport/use-client.ts'
import { useCorrectionOptions } from './correction-options.ts'
import type { BuiltEdit, EditContext, EditTarget } from './edit-context.ts'
import {
  boxMask,
  cutEdit,
  modeWithAlt,
  moveEdit,
  pointsOf,
  shapeEdit,
  strokeEdit,
  verticesEdit,
} from './gesture-edit.ts'
import { operationEdit } from './operations.ts'
import type { MaskDeed } from './operation-menu.ts'
import { densified, OutlineMemory } from './outlines.ts'
import { snapEdit } from './snap-edit.ts'
import { StrokeMemory } from './stroke-memory.ts'

/** The image that something is drawn on. */
export interface EditedImage {
  readonly imageId: number
  readonly size: Size
}

type Build = (context: EditContext) => BuiltEdit | Promise<BuiltEdit>

/**
 * What gestures and operations mean for the file: each is one command, one after another, and each
 * is made of the masks as the one before has left them.
 */
export const useCorrectionStore = defineStore('correction', () => {
  const client = useClient()
  const current = useCurrentImageStore()
  const selection = useSelectionStore()
  const images = useImagesStore()
  const vocabulary = useVocabularyStore()
  const options = useCorrectionOptions()
  const toasts = useToastsStore()
  const { t } = useTranslation()
  const outlines = new OutlineMemory()
  const strokes = new StrokeMemory()

  /** Drawn, and not in the file yet. */
  const unsaved = shallowRef<readonly ToolPicture[]>([])
  /** Grows when outlines are shown otherwise than before, although no mask was changed. */
  const outlineChanges = shallowRef(0)

  let turn: Promise<unknown> = Promise.resolve()

  function contextOf(imageId: number, size: Size, from: Source): EditContext {
    const isInSight = (one: (typeof from.annotations)[number]): boolean =>
      from.selectedIds.includes(one.id) ||
      (one.state !== 'rejected' &&
        !from.hiddenIds.has(one.id) &&
        vocabulary.isClassVisible(one.classId))
    const targets = from.annotations.filter(isInSight).flatMap((one): EditTarget[] => {
      const mask = from.masks.get(one.maskHash)
      const { id, classId, maskHash, bbox, area } = one
      return mask === undefined ? [] : [{ id, classId, maskHash, mask, bbox, area }]
    })
    return {
      imageId,
      size,
      targets,
      selectedIds: from.selectedIds,
      classId: options.activeClass?.id ?? null,
      overlap: options.overlap,
    }
  }

  function source() {
    const { annotations, masks, selectedIds, hiddenIds } = current
    return { annotations, masks, selectedIds, hiddenIds }
  }
  type Source = ReturnType<typeof source>

  /** Does one thing after the other; a failure is told and stops nothing that comes after. */
  function inTurn<Done>(work: () => Promise<Done>): Promise<Done | null> {
    const done = turn.then(work).catch(async (error: unknown) => {
      toasts.showError(error)
      if (isOutOfDate(error)) await current.reload()
      return null
    })
    turn = done
    return done
  }

  function commit(
    on: EditedImage,
    build: Build,
    shapes: readonly PreviewShape[] = [],
  ): Promise<EditReceipt | null> {
    return commitWith(on, build, shapes.length > 0 ? [{ shapes, look: lookNow() }] : [])
  }

  /** @param pictures what is shown until the edit is in the file */
  function commitWith(
    { imageId, size }: EditedImage,
    build: Build,
    pictures: readonly ToolPicture[],
  ): Promise<EditReceipt | null> {
    if (pictures.length > 0) unsaved.value = [...unsaved.value, ...pictures]
    const drawnFrom = source()
    return inTurn(async () => {
      try {
        const isShown = current.imageId === imageId
        const selectedBefore = current.selectedIds
        const built = await build(contextOf(imageId, size, isShown ? source() : drawnFrom))
        if (built.kind === 'refused') {
          if (built.why !== 'unchanged')
            toasts.show({ message: t(`correction.refused.${built.why}`) })
          return null
        }
        const receipt = await client.request('annotations.edit', built.edit)
        const [created] = built.edit.create ?? []
        if (created !== undefined) options.useClass(created.classId)
        await shown(imageId, receipt)
        // Who has chosen something else meanwhile goes on with that.
        if (current.imageId === imageId && String(current.selectedIds) === String(selectedBefore)) {
          selectMade(built.edit.step, receipt.createdIds)
        }
        return receipt
      } finally {
        if (pictures.length > 0) {
          unsaved.value = unsaved.value.filter((one) => !pictures.includes(one))
        }
      }
    })
  }

  /** A new annotation is selected, so that its class can be changed; of parts all of them are. */
  function selectMade(step: string, createdIds: readonly number[]): void {
    if (createdIds.length === 0) return
    current.select(createdIds, step.startsWith('Split') ? 'add' : 'replace')
  }

  /** Until the change is seen, or its image is not. */
  function shown(imageId: number, { changeId, revision }: EditReceipt): Promise<void> {
    if (changeId === null) return Promise.resolve()
    return new Promise((resolve) => {
      const stop = watch(
        [() => current.shownRevision, () => current.imageId],
        ([shownRevision, shownId]) => {
          if (shownId === imageId && shownRevision < revision) return
          resolve()
          queueMicrotask(() => stop())
        },
        { immediate: true, flush: 'sync' },
      )
    })
  }

  /** The colour of what is drawn: that of the mask that it becomes a part of, or of the new one. */
  function lookNow(): ToolLook {
    const { tool, shapeMode, brush } = options
    const isShape = tool === 'polygon' || tool === 'box'
    const makesNew = tool === 'box-prompt' || tool === 'points' || (isShape && shapeMode === 'new')
    const selected = makesNew ? undefined : current.selected.at(-1)
    const ofClass = selected ? vocabulary.classById.get(selected.classId) : options.activeClass
    return { colour: ofClass?.colour ?? PLAIN_LOOK.colour, brush }
  }

  /** A stroke under way: its mask is made while it grows. */
  function followStroke(line: Line, { size }: DrawnOn): void {
    strokes.follow(line, { brush: options.brush, size })
  }

  /** @param on the image that the gesture was drawn on */
  function perform(gesture: DrawnGesture, { pictureId, size }: DrawnOn): void {
    if (typeof pictureId !== 'number' || options.isReadOnly) return
    const on = { imageId: pictureId, size }
    switch (gesture.kind) {
      case 'polygon':
        return drawPolygon(on, gesture.ring, modeWithAlt(options.shapeMode, gesture.isAlt))
      case 'dropped':
        return offerDropped(on, gesture.ring)
      case 'box': {
        const { shapeMode: mode } = options
        const start = {
          x: (gesture.box[0] + gesture.box[2]) / 2,
          y: (gesture.box[1] + gesture.box[3]) / 2,
        }
        const build: Build = (context) =>
          shapeEdit(context, { mask: boxMask(gesture.box, size), start, step: 'Draw box' }, mode)
        return void commit(on, build, [gesture])
      }
      case 'stroke': {
        const mask = strokes.maskOf(gesture.line, { brush: options.brush, size })
        const painted = { mask, start: startOf(gesture.line) }
        const build: Build = (context) => strokeEdit(context, painted, gesture.isErasing)
        return void commit(on, build, [gesture])
      }
      case 'cut':
        return void commit(on, (context) => cutEdit(context, gesture.line), [gesture])
      case 'vertices':
        return moveOutline(on, gesture)
      case 'move':
        return moveSelected(on, gesture.by)
    }
  }

  function drawPolygon(
    on: EditedImage,
    ring: readonly number[],
    mode: typeof options.shapeMode,
  ): void {
    const build: Build = (context) => {
      const mask = maskFromPolygons([{ outer: ring, holes: [] }], on.size)
      return shapeEdit(context, { mask, start: pointsOf(ring)[0], step: 'Draw polygon' }, mode)
    }
    void commit(on, build, [{ kind: 'rings', rings: [ring] }])
  }

  /** Nothing that was drawn is lost by a key pressed too early or another image opened. */
  function offerDropped(on: EditedImage, ring: readonly number[]): void {
    toasts.show({
      message: t('correction.polygonDropped'),
      action: { label: t('correction.keepPolygon'), run: () => drawPolygon(on, ring, 'new') },
    })
  }

  function moveOutline(
    on: EditedImage,
    gesture: Extract<DrawnGesture, { kind: 'vertices' }>,
  ): void {
    const { annotationId, before, after } = gesture
    const rings = after.flatMap(({ outer, holes }) => [outer, ...holes])
    const build: Build = (context) => {
      const built = verticesEdit(context, annotationId, before, after)
      const counts = built.kind === 'edit' ? built.edit.update?.at(0)?.mask.counts : undefined
      if (counts !== undefined) outlines.keep(counts, after)
      return built
    }
    void commit(on, build, [{ kind: 'rings', rings }])
  }

  function moveSelected(on: EditedImage, by: Point): void {
    const ids = [...current.selectedIds]
    const pictures = current.selected.map(({ id, classId }): ToolPicture => {
      const shape = { kind: 'moved', rings: ringsOf(id), by, size: on.size } as const
      const colour = vocabulary.classById.get(classId)?.colour ?? PLAIN_LOOK.colour
      return { shapes: [shape], look: { ...lookNow(), colour } }
    })
    void commitWith(on, (context) => moveEdit(context, ids, by), pictures)
  }

  function ringsOf(annotationId: number): Ring[] {
    const polygons = outlineOf(annotationId)?.polygons ?? []
    return polygons.flatMap(({ outer, holes }) => [outer, ...holes])
  }

  function outlineOf(annotationId: number) {
    const record = current.annotations.find(({ id }) => id === annotationId)
    const mask = record && current.masks.get(record.maskHash)
    if (record === undefined || mask === undefined) return null
    return { annotationId, polygons: outlines.of({ ...record, mask }) }
  }

  /** More vertices on the outline of the selected mask, which stays as it is. */
  function densify(): void {
    for (const { id, maskHash } of current.selected) {
      const mask = current.masks.get(maskHash)
      const outline = outlineOf(id)
      if (mask !== undefined && outline !== null) {
        outlines.keep(mask.counts, densified(outline.polygons))
      }
    }
    outlineChanges.value++
  }

  /** With the selected annotations of the image on show. */
  async function doDeed(deed: MaskDeed): Promise<void> {
    const on = imageOnShow()
    const { amountPx } = options
    if (on === null) return
    if (deed === 'duplicate') await duplicate(on.imageId)
    else if (deed === 'snap') await snap(on)
    else await commit(on, (context) => operationEdit(deed, context, amountPx))
  }

  /** Their outlines are shown meanwhile, as a drawing that is on its way is. */
  async function snap(on: EditedImage): Promise<void> {
    const { imageId } = on
    const ask = async (mask: EncodedMask): Promise<EncodedMask> =>
      (await client.request('masks.snap', { imageId, mask })).mask
    const rings = current.selectedIds.flatMap(ringsOf)
    await commit(on, (context) => snapEdit(context, ask), [{ kind: 'rings', rings }])
  }

  async function duplicate(fromImageId: number): Promise<void> {
    const at = selection.currentPosition
    const toImageId = at < 0 ? undefined : images.imageIds[at + 1]
    if (toImageId === undefined) return void toasts.show({ message: t('correction.noNextImage') })
    const annotationIds = [...current.selectedIds]
    const receipt = await inTurn(() =>
      client.request('annotations.duplicate', { fromImageId, annotationIds, toImageId }),
    )
    if (receipt === null) return
    const name = images.summaryOf(toImageId)?.name ?? ''
    toasts.show({ message: t('correction.duplicated', { name }), tone: 'success' })
  }

  function imageOnShow(): EditedImage | null {
    const { image } = current
    if (image === null || image.width === null || image.height === null || options.isReadOnly)
      return null
    return { imageId: image.id, size: { width: image.width, height: image.height } }
  }

  return {
    unsaved,
    outlineChanges,
    commit,
    followStroke,
    perform,
    doDeed,
    outlineOf,
    densify,
    lookNow,
    /** When all that was drawn is in the file. */
    settled: () => turn.then(() => undefined),
  }
})

const isOutOfDate = (error: unknown): boolean =>
  error instanceof LexmaskError && ['CONFLICT', 'NOT_FOUND'].includes(error.code)
