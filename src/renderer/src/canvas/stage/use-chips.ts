import { computed, onScopeDispose, ref, watch } from 'vue'
import type { ComputedRef } from 'vue'
import { placeLabels } from '../labels.ts'
import type { LabelWish } from '../labels.ts'
import type { CanvasItem } from '../shown-items.ts'
import type { View } from '../view-transform.ts'
import { chipText, ChipWidths } from './paint-chip.ts'
import type { Chip } from './paint-chip.ts'
import type { CanvasItems } from './use-items.ts'

/** While a zoom is under way chips keep their places: all of them moving would say nothing. */
const SETTLED_MS = 100

export interface ChipsInput {
  readonly content: CanvasItems
  readonly hasLabels: () => boolean
  readonly view: () => View | null
  readonly selected: () => ReadonlySet<number>
  readonly hovered: () => number | null
  /** What is added to the chip of a ghost under the pointer. */
  readonly ghostHint: () => string
}

/** The chips in sight: as many as have room, and that of the item under the pointer over them. */
export function useChips(input: ChipsInput): ComputedRef<readonly Chip[]> {
  const { content } = input
  const widths = new ChipWidths()
  const settledScale = ref(0)
  let settling = 0
  watch(
    () => input.view()?.scale ?? 0,
    (scale) => {
      clearTimeout(settling)
      if (settledScale.value === 0) settledScale.value = scale
      else settling = window.setTimeout(() => (settledScale.value = scale), SETTLED_MS)
    },
    { immediate: true },
  )
  onScopeDispose(() => clearTimeout(settling))

  const resting = computed(() => {
    if (settledScale.value === 0) return []
    const wishes = labelWishes(content, input.selected(), input.hasLabels(), widths)
    return placeLabels(wishes, settledScale.value).map((label): Chip => {
      const { shape } = content.items.value[label.item]
      const text = chipText(shape.name, shape.score)
      const isStrong = input.selected().has(shape.id)
      return { ...label, text, colour: shape.colour, isStrong }
    })
  })

  return computed(() => {
    const hovered = input.hovered()
    if (hovered === null) return resting.value
    const known = resting.value.find(({ item }) => item === hovered)
    const chip = hoverChip(content.items.value[hovered], hovered, known, input.ghostHint(), widths)
    return [...resting.value.filter((other) => other !== known), chip]
  })
}

function labelWishes(
  { items, looks }: CanvasItems,
  selected: ReadonlySet<number>,
  hasLabels: boolean,
  widths: ChipWidths,
): LabelWish[] {
  const wishes: LabelWish[] = []
  items.value.forEach(({ kind, shape }, item) => {
    const isWanted = kind === 'annotation' && selected.size === 1 && selected.has(shape.id)
    const look = looks.value[item]
    const isLabelled = hasLabels && (look === 'proposed' || look === 'accepted')
    if (!isLabelled && !(isWanted && look !== 'none')) return
    const widthPx = widths.of(chipText(shape.name, shape.score))
    wishes.push({ item, bbox: shape.bbox, widthPx, isWanted })
  })
  // Stable: among the others the larger still comes first.
  return wishes.sort((a, b) => Number(b.isWanted) - Number(a.isWanted))
}

const CHIP_ABOVE = { x: 0, y: -20 }

function hoverChip(
  { kind, shape }: CanvasItem,
  item: number,
  known: Chip | undefined,
  ghostHint: string,
  widths: ChipWidths,
): Chip {
  const label = chipText(shape.name, shape.score)
  const text = kind === 'ghost' ? `${label} · ${ghostHint}` : label
  return {
    item,
    anchor: known?.anchor ?? { x: shape.bbox[0], y: shape.bbox[1] },
    offset: known?.offset ?? CHIP_ABOVE,
    widthPx: widths.of(text),
    text,
    colour: shape.colour,
    isStrong: true,
  }
}
